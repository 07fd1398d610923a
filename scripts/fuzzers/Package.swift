// swift-tools-version: 6.2
import PackageDescription

/// What `scripts/fuzz` builds: a package of its own, so that building and testing the product builds none of it. All of it links only under
/// `--sanitize=fuzzer`, whose runtime brings `main`; the targets alone are not optimized, so that a broken promise is printed with its words.
let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

func product(_ name: String) -> Target.Dependency { .product(name: name, package: "anycast-ospfd") }

func fuzzTarget(_ name: String, _ products: String..., libraries: [Target.Dependency] = []) -> Target {
  .executableTarget(
    name: name, dependencies: products.map(product) + libraries,
    swiftSettings: strict + [.unsafeFlags(["-parse-as-library", "-Onone"])])
}

let package = Package(
  name: "fuzzers",
  dependencies: [
    .package(name: "anycast-ospfd", path: "../.."),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  ],
  targets: [
    fuzzTarget("FuzzPacket", "OSPFWire"),
    fuzzTarget("FuzzLSA", "OSPFWire"),
    fuzzTarget("FuzzConfiguration", "Configuration", "OSPFProtocol", "OSPFWire"),
    fuzzTarget("FuzzCapture", "CaptureAnalysis", "OSPFWire", "PacketCapture"),
    fuzzTarget("FuzzRouter", "OSPFProtocol", "OSPFWire"),
    fuzzTarget("FuzzBFD", "BFDProtocol", "OSPFProtocol", "OSPFWire"),
    fuzzTarget("FuzzProbe", "ProbeWire", libraries: [.product(name: "Crypto", package: "swift-crypto")]),
    fuzzTarget(
      "FuzzControl", "ControlAPI",
      libraries: [.product(name: "Logging", package: "swift-log"), .product(name: "NIOPosix", package: "swift-nio")]),
  ]
)
