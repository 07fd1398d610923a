// swift-tools-version: 6.2
import PackageDescription

/// What `scripts/mutate --smoke` mutates: a copy of it, into which MutantSwitch is written.
let package = Package(
  name: "Sample",
  targets: [
    .target(name: "MutantSwitch"),
    .executableTarget(name: "Sample", dependencies: ["MutantSwitch"], swiftSettings: [.swiftLanguageMode(.v6)]),
  ]
)
