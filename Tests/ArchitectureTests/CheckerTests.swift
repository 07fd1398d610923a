import Testing

@Suite("The checker sees what it must")
struct CheckerTests {
  private func importedModules(_ source: String) -> [String] { SwiftTokens(source).imports.map(\.module) }

  @Test(
    "Every way to write an import of Foundation is seen",
    arguments: [
      "import Foundation",
      "  import   Foundation // for Data",
      "@testable import Foundation",
      "@testable\nimport Foundation",
      "@_exported import Foundation",
      "@preconcurrency @_implementationOnly import Foundation",
      "@_spi(Testing) internal import Foundation",
      "internal import Foundation",
      "public import Foundation",
      "package import Foundation",
      "private import Foundation",
      "fileprivate import Foundation",
      "import struct Foundation.Data",
      "import class Foundation.NSLock",
      "import func Foundation.exp",
      "import enum Foundation.ComparisonResult",
      "import protocol Foundation.DataProtocol",
      "import typealias Foundation.TimeInterval",
      "import var Foundation.NSNotFound",
      "import Foundation.NSData",
      "import `Foundation`",
      "let a = 1; import Foundation",
      "/* a /* nested */ comment */ import Foundation",
      "#if canImport(Foundation)\nimport Foundation\n#endif",
      "let s = \"a \\\" b\"\nimport Foundation",
      "let s = #\"a \" b\"#\nimport Foundation",
      "let s = \"\"\"\n \" \"\" text\n\"\"\"\nimport Foundation",
      "let s = \"\\(f(\"x\"))\"; import Foundation",
    ])
  func seesImport(source: String) {
    #expect(importedModules(source) == ["Foundation"])
    #expect(!ModuleRules().violations(in: "OSPFWire", files: [("F.swift", source)]).isEmpty)
  }

  @Test(
    "What only looks like an import is none",
    arguments: [
      "// import Foundation",
      "/// import Foundation",
      "/* import Foundation */",
      "/* /* */ import Foundation */",
      "let s = \"import Foundation\"",
      "let s = #\"\"import Foundation\"#",
      "let s = \"\"\"\nimport Foundation\n\"\"\"",
      "route.import.Foundation()",
      "f(import: Foundation)",
      "let `import` = Foundation.self",
      "let important = Foundation.self",
    ])
  func seesNoImport(source: String) {
    #expect(importedModules(source) == [])
  }

  @Test(
    "An import that crosses a wall is refused",
    arguments: [
      ("OSPFWire", "OSPFProtocol"), ("OSPFWire", "NIOCore"), ("OSPFWire", "Glibc"), ("OSPFWire", "FoundationEssentials"),
      ("OSPFProtocol", "AnycastPolicy"), ("OSPFProtocol", "Dispatch"), ("OSPFProtocol", "Logging"),
      ("AnycastPolicy", "Configuration"), ("AnycastPolicy", "Synchronization"), ("Configuration", "FoundationEssentials"),
      ("Configuration", "LinuxNetwork"), ("HealthChecks", "LinuxNetwork"), ("HealthChecks", "Foundation"),
      ("LinuxNetwork", "Configuration"), ("ControlAPI", "OSPFProtocol"), ("PacketCapture", "NIOCore"),
      ("anycast-ospfd", "PacketCapture"), ("anycast-ospfd", "Foundation"), ("anycastctl", "LinuxNetwork"),
      ("anycastctl", "Configuration"),
    ])
  func refuses(module: String, imported: String) {
    let violations = ModuleRules().violations(in: module, files: [("F.swift", "\nimport \(imported)\n")])
    #expect(violations == [.init(file: "F.swift", line: 2, rule: "\(module) may not import \(imported)")])
    #expect(!ModuleRules().violations(inDependencies: [imported], of: module).isEmpty)
  }

  @Test("A module that nobody has made a rule for is refused")
  func refusesUnknownModule() {
    #expect(ModuleRules().violations(in: "Misc", files: []).count == 1)
    #expect(ModuleRules().violations(inDependencies: [], of: "Misc").count == 1)
  }

  @Test(
    "Unsafe memory is seen in code, and not in comments and text",
    arguments: [
      ("let p: UnsafeMutablePointer<Int>", true), ("a.withUnsafeBytes { $0 }", true), ("unsafe f()", true),
      ("var p: OpaquePointer?", true), ("UnsafeRawBufferPointer(p)", true), ("unsafeBitCast(a, to: Int.self)", true),
      ("let s = \"\\(p.withUnsafeBytes { $0.count })\"", true), ("span.unsafeLoad(as: UInt32.self)", true),
      ("// UnsafePointer", false), ("let s = \"UnsafePointer\"", false), ("let isUnsafe = true", false),
    ])
  func unsafeMemory(source: String, isSeen: Bool) {
    #expect(SwiftTokens(source).unsafeWords.isEmpty == !isSeen)
    let violations = ModuleRules().violations(in: "AnycastPolicy", files: [("F.swift", source)])
    #expect(violations.isEmpty == !isSeen)
  }

  @Test("One file of OSPFWire may load from raw spans, a second one may not")
  func oneUnsafeFileInOSPFWire() {
    let rules = ModuleRules()
    let file = (name: "A.swift", source: "unsafe load()")
    #expect(rules.violations(in: "OSPFWire", files: [file]) == [])
    #expect(rules.violations(in: "OSPFWire", files: [file, ("B.swift", file.source)]).map(\.file) == ["B.swift"])
  }
}
