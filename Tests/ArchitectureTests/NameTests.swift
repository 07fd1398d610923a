import Testing

@Suite("A name has one meaning")
struct NameTests {
  /// Names of types that several modules declare, and why that misleads nobody.
  private static let shared = [
    "Main": "the command of each program, which nobody else names"
  ]

  /// The types that a source declares at its top level for others, by the lines that begin at the margin.
  private static func types(_ source: String) -> [String] {
    let kinds: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
    return source.split(separator: "\n").compactMap { line in
      guard let first = line.utf8.first, first == UInt8(ascii: "@") || first >= UInt8(ascii: "a") else { return nil }
      let words = line.split { $0 == " " || $0 == ":" || $0 == "<" || $0 == "{" }
      guard let kind = words.firstIndex(where: kinds.contains), kind + 1 < words.count,
        words[..<kind].allSatisfy({ $0 != "private" && $0 != "fileprivate" && $0 != "extension" && $0 != "import" })
      else { return nil }
      return words[kind + 1].filter { $0 != "`" }
    }
  }

  @Test("No two modules declare a type of the same name")
  func types() throws {
    var modules: [String: Set<String>] = [:]
    for module in try Checkout.modules() {
      for file in try Checkout.swiftFiles(of: module) {
        for type in Self.types(file.source) { modules[type, default: []].insert(module) }
      }
    }
    #expect(modules.count > 500, "the declarations are not found")
    let repeated = modules.filter { $0.value.count > 1 }
    #expect(repeated.filter { Self.shared[$0.key] == nil }.mapValues { $0.sorted() } == [:])
    #expect(Set(Self.shared.keys).subtracting(repeated.keys) == [], "this exception is none any more")
  }

  @Test("No two files of the sources have the same name")
  func files() throws {
    let paths = try Checkout.modules().flatMap { try Checkout.swiftFiles(of: $0).map(\.name) }
    let named = Dictionary(grouping: paths) { $0.split(separator: "/").last ?? "" }
    #expect(named.values.filter { $0.count > 1 } == [])
  }

  @Test(
    "The finder of declarations sees what it must",
    arguments: [
      ("public struct Field: Hashable {", ["Field"]), ("@MainActor final class A<T> {", ["A"]), ("enum `Type` {", ["Type"]),
      ("package indirect enum Tree {", ["Tree"]), ("typealias Clock = ContinuousClock", ["Clock"]), ("actor Loop {", ["Loop"]),
      ("private struct Field {", []), ("fileprivate enum Field {", []), ("  struct Inner {", []), ("extension Field {", []),
      ("import struct Foundation.Data", []), ("/// A struct Field", []), ("let field = 1", []),
    ])
  func finder(source: String, types: [String]) {
    #expect(Self.types(source) == types)
  }
}
