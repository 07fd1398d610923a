// swift-tools-version: 6.2
import PackageDescription

/// What `scripts/mutate` builds: a package of its own, so that the product knows nothing of swift-syntax. The toolchain brings one
/// that is built and fits its compiler; `scripts/mutate` says where it is, and where there is none swift-syntax is built.
let toolchain = Context.environment["MUTATOR_SYNTAX_LIBRARIES"]
let libraries = ["SwiftSyntax", "SwiftParser", "SwiftOperators"]

let package = Package(
  name: "mutator",
  dependencies: toolchain == nil ? [.package(url: "https://github.com/swiftlang/swift-syntax", from: "603.0.1")] : [],
  targets: [
    .executableTarget(
      name: "mutator", dependencies: toolchain == nil ? libraries.map { .product(name: $0, package: "swift-syntax") } : [],
      path: "Sources/Mutator",
      swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
        + (toolchain.map { [.unsafeFlags(["-I", $0])] } ?? []),
      linkerSettings: toolchain.map { path in
        [.unsafeFlags(["-L", path, "-Xlinker", "-rpath", "-Xlinker", path])] + libraries.map { .linkedLibrary($0) }
      })
  ]
)
