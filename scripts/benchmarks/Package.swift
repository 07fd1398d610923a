// swift-tools-version: 6.2
import PackageDescription

/// What `scripts/bench-wire` and `scripts/bench-fleet` build: a package of its own, so that building and testing the product builds none of it.
let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

func product(_ name: String) -> Target.Dependency { .product(name: name, package: "anycast-ospfd") }

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "anycast-ospfd", path: "../..")],
  targets: [
    .executableTarget(name: "BenchWire", dependencies: [product("OSPFWire")], swiftSettings: strict),
    .executableTarget(
      name: "BenchFleet", dependencies: [product("OSPFProtocol"), product("OSPFWire")], swiftSettings: strict),
  ]
)
