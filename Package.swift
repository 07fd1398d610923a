// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors everywhere. The pure modules are also compiled with strict memory safety, so that an unsafe pointer
/// in them does not compile unless the line says `unsafe`, and optimized in a build for tests too, because thousands of seeds run
/// them in virtual time.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
]
let optimized: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]
let pure: [SwiftSetting] = optimized + [.strictMemorySafety()]
/// For what runs seldom, and is most of the program: small rather than fast.
let small: [SwiftSetting] = [.unsafeFlags(["-Osize"], .when(configuration: .release))]

let collections: [Target.Dependency] = [
  .product(name: "HeapModule", package: "swift-collections"),
  .product(name: "OrderedCollections", package: "swift-collections"),
]
let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
]
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")

/// The commit that `--version` names: scripts/package/build says it. A build from a checkout by hand names none, because SwiftPM
/// keeps what a manifest has said, and would name an old one.
let commit: [CSetting] =
  Context.environment["ANYCAST_OSPFD_COMMIT"].map { [.define("ANYCAST_OSPFD_COMMIT", to: "\"\($0)\"")] } ?? []

let package = Package(
  name: "anycast-ospfd",
  products: [
    .executable(name: "anycast-ospfd", targets: ["anycast-ospfd"]),
    .executable(name: "anycastctl", targets: ["anycastctl"]),
    // What the targets of scripts/fuzzers are built on.
    .library(name: "BFDProtocol", targets: ["BFDProtocol"]),
    .library(name: "CaptureAnalysis", targets: ["CaptureAnalysis"]),
    .library(name: "Configuration", targets: ["Configuration"]),
    .library(name: "ControlAPI", targets: ["ControlAPI"]),
    .library(name: "OSPFProtocol", targets: ["OSPFProtocol"]),
    .library(name: "OSPFWire", targets: ["OSPFWire"]),
    .library(name: "PacketCapture", targets: ["PacketCapture"]),
    .library(name: "ProbeWire", targets: ["ProbeWire"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
  ],
  targets: [
    .target(
      name: "OSPFWire", dependencies: [.product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: pure + [.enableExperimentalFeature("Lifetimes")]),
    .target(name: "OSPFProtocol", dependencies: ["OSPFWire"] + collections, swiftSettings: pure),
    .target(name: "BFDProtocol", dependencies: ["OSPFProtocol", "OSPFWire", crypto], swiftSettings: pure),
    .target(name: "AnycastPolicy", dependencies: ["OSPFProtocol", "OSPFWire"], swiftSettings: pure + small),
    .target(name: "FlightRecords", dependencies: ["OSPFProtocol", "OSPFWire"], swiftSettings: pure + small),
    .target(name: "Redistribution", dependencies: ["OSPFProtocol", "OSPFWire"], swiftSettings: pure),
    .target(
      name: "Configuration", dependencies: ["AnycastPolicy", "OSPFProtocol", "OSPFWire", "Redistribution"],
      swiftSettings: pure + small),
    .target(
      name: "QuaggaImport", dependencies: ["AnycastPolicy", "Configuration", "OSPFProtocol", "OSPFWire", "Redistribution"],
      swiftSettings: pure + small),
    .target(name: "FirstConfiguration", dependencies: ["OSPFProtocol", "OSPFWire"], swiftSettings: pure + small),
    .target(
      name: "AnycastNode",
      dependencies: [
        "AnycastPolicy", "BFDProtocol", "Configuration", "FlightRecords", "OSPFProtocol", "OSPFWire", "Redistribution",
      ],
      swiftSettings: pure + small),
    .target(name: "ProbeWire", dependencies: ["OSPFWire", "CLinux", crypto], swiftSettings: strict),
    .target(
      name: "HealthChecks",
      dependencies: [
        "AnycastPolicy", "CLinux", "Configuration", "OSPFProtocol", "OSPFWire", "ProbeWire", subprocess, nioHTTP, nioSSL,
      ] + nio,
      swiftSettings: strict + small),
    .target(
      name: "LinuxNetwork", dependencies: ["BFDProtocol", "OSPFProtocol", "OSPFWire", "CLinux", logging] + nio,
      swiftSettings: strict),
    .target(name: "ControlAPI", dependencies: ["CLinux", nioHTTP, logging] + nio, swiftSettings: strict + small),
    .target(name: "FamiliarOutput", dependencies: ["Configuration", "ControlAPI", "OSPFWire"], swiftSettings: strict + small),
    .target(name: "Diagnosis", dependencies: ["ControlAPI", "OSPFWire", "ProbeWire"], swiftSettings: strict + small),
    .target(name: "PacketCapture", dependencies: ["OSPFProtocol", "OSPFWire", "CLinux", "CPcap"], swiftSettings: strict),
    .target(
      name: "CaptureAnalysis", dependencies: ["FlightRecords", "OSPFProtocol", "OSPFWire", "PacketCapture"],
      swiftSettings: pure),
    .executableTarget(
      name: "anycast-ospfd",
      dependencies: [
        "AnycastNode", "AnycastPolicy", "BFDProtocol", "CLinux", "Configuration", "ControlAPI", "FirstConfiguration",
        "FlightRecords", "HealthChecks", "LinuxNetwork", "OSPFProtocol", "OSPFWire", "QuaggaImport", "Redistribution",
        argumentParser, crypto, logging,
      ] + nio,
      swiftSettings: strict + small),
    .executableTarget(
      name: "anycastctl",
      dependencies: [
        "CaptureAnalysis", "CLinux", "ControlAPI", "Diagnosis", "FamiliarOutput", "PacketCapture", "OSPFProtocol", "OSPFWire",
        argumentParser, subprocess,
      ] + nio,
      swiftSettings: strict + small),
    .target(name: "CLinux", cSettings: commit, linkerSettings: [.linkedLibrary("resolv")]),
    .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),

    .target(
      name: "OSPFTestSupport", dependencies: ["OSPFProtocol", "OSPFWire"] + collections, path: "Tests/OSPFTestSupport",
      swiftSettings: optimized),
    .testTarget(name: "OSPFWireTests", dependencies: ["OSPFProtocol", "OSPFWire", "OSPFTestSupport"], swiftSettings: strict),
    .testTarget(name: "OSPFProtocolTests", dependencies: ["OSPFProtocol", "OSPFTestSupport"], swiftSettings: strict),
    .testTarget(
      name: "BFDProtocolTests", dependencies: ["BFDProtocol", "OSPFProtocol", "OSPFWire", "OSPFTestSupport"],
      swiftSettings: strict),
    .testTarget(name: "AnycastPolicyTests", dependencies: ["AnycastPolicy", "OSPFProtocol"], swiftSettings: strict),
    .target(
      name: "NodeSimulation",
      dependencies: [
        "AnycastNode", "AnycastPolicy", "BFDProtocol", "Configuration", "FlightRecords", "OSPFProtocol", "OSPFTestSupport",
        "OSPFWire",
      ] + collections, path: "Tests/NodeSimulation", swiftSettings: optimized),
    .executableTarget(name: "node-soak", dependencies: ["NodeSimulation"], path: "Tests/NodeSoak", swiftSettings: strict),
    .executableTarget(
      name: "fixed-replays", dependencies: ["OSPFProtocol", "OSPFTestSupport", "OSPFWire", "ProbeWire"],
      path: "Tests/FixedReplays", exclude: ["instructions.tsv"], swiftSettings: optimized),
    .testTarget(
      name: "NodeSimulationTests",
      dependencies: ["NodeSimulation", "AnycastPolicy", "OSPFProtocol", "OSPFTestSupport", "OSPFWire"], swiftSettings: strict),
    .testTarget(
      name: "AnycastNodeTests",
      dependencies: [
        "AnycastNode", "AnycastPolicy", "BFDProtocol", "Configuration", "FlightRecords", "OSPFProtocol", "OSPFTestSupport",
        "OSPFWire",
      ],
      swiftSettings: strict),
    .target(
      name: "ConfigurationTestSupport",
      dependencies: ["AnycastPolicy", "Configuration", "OSPFProtocol", "OSPFWire", "Redistribution"],
      path: "Tests/ConfigurationTestSupport", swiftSettings: strict),
    .testTarget(name: "ConfigurationTests", dependencies: ["ConfigurationTestSupport", "QuaggaImport"], swiftSettings: strict),
    .testTarget(name: "RedistributionTests", dependencies: ["ConfigurationTestSupport"], swiftSettings: strict),
    .testTarget(name: "QuaggaImportTests", dependencies: ["ConfigurationTestSupport", "QuaggaImport"], swiftSettings: strict),
    .testTarget(
      name: "FirstConfigurationTests", dependencies: ["FirstConfiguration", "Configuration", "OSPFProtocol", "OSPFWire"],
      swiftSettings: strict),
    .testTarget(
      name: "DocumentationTests", dependencies: ["anycast-ospfd", "anycastctl", "Configuration", "ControlAPI", argumentParser],
      swiftSettings: strict),
    .target(name: "ProbeTestSupport", dependencies: [crypto], path: "Tests/ProbeTestSupport", swiftSettings: strict),
    .testTarget(
      name: "ProbeWireTests", dependencies: ["ProbeWire", "ProbeTestSupport", "OSPFProtocol", "OSPFWire"], swiftSettings: strict),
    .testTarget(
      name: "HealthChecksTests",
      dependencies: ["HealthChecks", "ProbeTestSupport", nioSSL, .product(name: "NIOEmbedded", package: "swift-nio")],
      swiftSettings: strict),
    .testTarget(
      name: "LinuxNetworkTests", dependencies: ["LinuxNetwork", "BFDProtocol", "CLinux", "OSPFProtocol", "OSPFWire"] + nio,
      swiftSettings: strict),
    .target(name: "LogTestSupport", dependencies: [logging], path: "Tests/LogTestSupport", swiftSettings: strict),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "anycast-ospfd", "AnycastNode", "AnycastPolicy", "Configuration", "ControlAPI", "LogTestSupport", "OSPFProtocol",
        "OSPFWire", logging,
      ] + nio,
      swiftSettings: strict),
    .testTarget(
      name: "ControlToolTests",
      dependencies: [
        "anycastctl", "CaptureAnalysis", "ControlAPI", "Diagnosis", "FamiliarOutput", "OSPFWire", argumentParser,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "FamiliarOutputTests", dependencies: ["FamiliarOutput", "ControlAPI", "OSPFWire"], exclude: ["Recorded"],
      swiftSettings: strict),
    .testTarget(
      name: "ControlAPITests",
      dependencies: ["ControlAPI", "LogTestSupport", "OSPFProtocol", logging, nioHTTP, subprocess] + nio,
      swiftSettings: strict),
    .testTarget(name: "DiagnosisTests", dependencies: ["Diagnosis", "ControlAPI", "OSPFWire"], swiftSettings: strict),
    .testTarget(
      name: "PacketCaptureTests",
      dependencies: ["AnycastNode", "CPcap", "FlightRecords", "OSPFProtocol", "OSPFWire", "PacketCapture"],
      swiftSettings: strict),
    .testTarget(
      name: "CaptureAnalysisTests", dependencies: ["CaptureAnalysis", "OSPFTestSupport", "PacketCapture"],
      swiftSettings: strict),
    .testTarget(
      name: "ConformanceTests", dependencies: ["OSPFProtocol", "OSPFWire", "OSPFTestSupport"], exclude: ["rules.tsv"],
      swiftSettings: strict),
    .testTarget(
      name: "ReplayTests",
      dependencies: [
        "CaptureAnalysis", "NodeSimulation", "OSPFProtocol", "OSPFWire", "OSPFTestSupport", "PacketCapture", subprocess,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SimulationTests", dependencies: ["OSPFProtocol", "OSPFWire", "OSPFTestSupport"], swiftSettings: strict),
    // Built with the tests, so that they go on compiling; scripts/bench-wire and scripts/bench-fleet build and run them optimized.
    .executableTarget(
      name: "bench-wire", dependencies: ["OSPFWire"], path: "scripts/benchmarks/BenchWire", swiftSettings: strict),
    .executableTarget(
      name: "bench-fleet", dependencies: ["OSPFProtocol", "OSPFWire"], path: "scripts/benchmarks/BenchFleet",
      swiftSettings: strict),
    .target(name: "LabHarness", dependencies: [subprocess], path: "Tests/LabHarness", swiftSettings: strict),
    .executableTarget(name: "lab", dependencies: ["LabHarness"], path: "Tests/Lab", swiftSettings: strict),
    .testTarget(
      name: "LabTests",
      dependencies: ["CLinux", "ControlAPI", "Diagnosis", "LabHarness", "OSPFWire", "PacketCapture", subprocess],
      swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", dependencies: [subprocess], swiftSettings: strict),
  ]
)
