/// Who may import whom, and what a module may do with memory.
struct ModuleRules {
  /// What a module may be.
  struct Module {
    /// The modules of this package that it may import.
    var siblings: Set<String>
    /// The modules of other packages, and of the platform, that it may import.
    var libraries: Set<String>
    /// The C shims have neither Swift files nor an article.
    var isSwift = true
    /// How many of its files may handle unsafe memory; nil means any number.
    var filesWithUnsafeMemory: Int? = 0
  }

  struct Violation: Equatable, CustomStringConvertible {
    var file: String
    var line: Int
    var rule: String

    var description: String { "\(file):\(line): \(rule)" }
  }

  private static let nio: Set = ["NIOCore", "NIOPosix", "Logging"]
  private static let platform: Set = ["FoundationEssentials", "Glibc", "Musl", "Dispatch", "Synchronization"]

  let modules: [String: Module] = [
    "OSPFWire": Module(siblings: [], libraries: ["Crypto"], filesWithUnsafeMemory: 1),
    "OSPFProtocol": Module(siblings: ["OSPFWire"], libraries: ["HeapModule", "OrderedCollections"]),
    "BFDProtocol": Module(siblings: ["OSPFProtocol", "OSPFWire"], libraries: ["Crypto"]),
    "AnycastPolicy": Module(siblings: ["OSPFProtocol", "OSPFWire"], libraries: []),
    "FlightRecords": Module(siblings: ["OSPFProtocol", "OSPFWire"], libraries: []),
    "Redistribution": Module(siblings: ["OSPFProtocol", "OSPFWire"], libraries: []),
    "Configuration": Module(siblings: ["AnycastPolicy", "OSPFProtocol", "OSPFWire", "Redistribution"], libraries: []),
    "QuaggaImport": Module(
      siblings: ["AnycastPolicy", "Configuration", "OSPFProtocol", "OSPFWire", "Redistribution"], libraries: []),
    "FirstConfiguration": Module(siblings: ["OSPFProtocol", "OSPFWire"], libraries: []),
    "AnycastNode": Module(
      siblings: ["AnycastPolicy", "BFDProtocol", "Configuration", "FlightRecords", "OSPFProtocol", "OSPFWire", "Redistribution"],
      libraries: []),
    "ProbeWire": Module(siblings: ["OSPFWire", "CLinux"], libraries: ["Crypto"]),
    "HealthChecks": Module(
      siblings: ["AnycastPolicy", "Configuration", "OSPFProtocol", "OSPFWire", "ProbeWire", "CLinux"],
      libraries: nio.union(platform).union(["Subprocess", "NIOHTTP1", "NIOSSL"])),
    "LinuxNetwork": Module(
      siblings: ["BFDProtocol", "OSPFProtocol", "OSPFWire", "CLinux"], libraries: nio.union(platform), filesWithUnsafeMemory: nil),
    "ControlAPI": Module(
      siblings: ["CLinux"], libraries: nio.union(platform).union(["NIOHTTP1"]), filesWithUnsafeMemory: 1),
    "FamiliarOutput": Module(siblings: ["Configuration", "ControlAPI", "OSPFWire"], libraries: []),
    "Diagnosis": Module(siblings: ["ControlAPI", "OSPFWire", "ProbeWire"], libraries: ["FoundationEssentials"]),
    "PacketCapture": Module(
      siblings: ["OSPFProtocol", "OSPFWire", "CLinux", "CPcap"], libraries: platform, filesWithUnsafeMemory: nil),
    "CaptureAnalysis": Module(
      siblings: ["FlightRecords", "OSPFProtocol", "OSPFWire", "PacketCapture"], libraries: ["FoundationEssentials"]),
    "anycast-ospfd": Module(
      siblings: [
        "AnycastNode", "AnycastPolicy", "BFDProtocol", "CLinux", "Configuration", "ControlAPI", "FirstConfiguration",
        "FlightRecords", "HealthChecks", "LinuxNetwork", "OSPFProtocol", "OSPFWire", "QuaggaImport", "Redistribution",
      ],
      libraries: nio.union(platform).union(["ArgumentParser", "Crypto"])),
    "anycastctl": Module(
      siblings: [
        "CaptureAnalysis", "ControlAPI", "Diagnosis", "FamiliarOutput", "PacketCapture", "OSPFProtocol", "OSPFWire", "CLinux",
      ],
      libraries: nio.union(platform).union(["ArgumentParser", "Subprocess"])),
    "CLinux": Module(siblings: [], libraries: [], isSwift: false),
    "CPcap": Module(siblings: [], libraries: [], isSwift: false),
  ]

  /// Libraries that the manifest names only because the module's code imports them; the others belong to the platform.
  var platformLibraries: Set<String> { Self.platform }

  /// What the Swift files of one module do that the rules forbid. `files` maps a name to its source.
  func violations(in module: String, files: [(name: String, source: String)]) -> [Violation] {
    guard let rules = modules[module] else {
      return [Violation(file: module, line: 1, rule: "\(module) has no rule that says what it may import")]
    }
    let allowed = rules.siblings.union(rules.libraries).union(["Swift"])
    var violations: [Violation] = []
    var filesWithUnsafeMemory = 0
    for file in files {
      let tokens = SwiftTokens(file.source)
      violations += tokens.imports.filter { !allowed.contains($0.module) }.map {
        Violation(file: file.name, line: $0.line, rule: "\(module) may not import \($0.module)")
      }
      guard let unsafe = tokens.unsafeWords.first, let limit = rules.filesWithUnsafeMemory else { continue }
      filesWithUnsafeMemory += 1
      guard filesWithUnsafeMemory > limit else { continue }
      violations.append(
        Violation(
          file: file.name, line: unsafe.line,
          rule: "\(unsafe.text): \(limit) files of \(module) may handle unsafe memory"))
    }
    return violations
  }

  /// Where the dependencies of a target in the manifest are not those that the rules allow.
  func violations(inDependencies dependencies: Set<String>, of module: String) -> [Violation] {
    guard let rules = modules[module] else {
      return [Violation(file: "Package.swift", line: 1, rule: "\(module) has no rule that says what it may import")]
    }
    return dependencies.subtracting(rules.siblings).subtracting(rules.libraries).sorted().map {
      Violation(file: "Package.swift", line: 1, rule: "\(module) may not depend on \($0)")
    }
  }
}
