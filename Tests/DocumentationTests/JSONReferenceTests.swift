import ControlAPI
import FoundationEssentials
import Testing

@Suite("The reference of the JSON")
struct JSONReferenceTests {
  private static let path = "Sources/anycast-ospfd/anycast-ospfd.docc/JSONReference.md"
  private static let heading = "## Models\n\n"

  @Test("It has every key of every model, with its documentation comment; UPDATE_DOCUMENTATION=1 writes it")
  func models() throws {
    let text = Checkout.read(Self.path)
    let start = try #require(text.firstRange(of: Self.heading)).upperBound
    let expected = Models.read().rendered
    if text[start...] != expected, ProcessInfo.processInfo.environment["UPDATE_DOCUMENTATION"] == "1" {
      try (text[..<start] + expected).write(toFile: Checkout.root + "/" + Self.path, atomically: true, encoding: .utf8)
    } else {
      #expect(text[start...] == expected)
    }
  }
}

/// The models of ControlAPI as its sources declare them.
struct Models {
  struct Model {
    var name: String
    var documentation: String
    var keys: [(name: String, type: String, documentation: String)] = []
  }

  private static let sources = Checkout.sources.filter { $0.hasPrefix("Sources/ControlAPI/") && $0.hasSuffix(".swift") }

  /// The names of all models, nested ones included.
  private static let names: Set<String> = Set(
    sources.flatMap { file in
      Checkout.read(file).matches(of: #/public struct (\w+): [^{]*Codable/#).map { String($0.1) }
    })

  private(set) var models: [Model] = []

  /// Reads every file of the module.
  static func read() -> Models {
    var models = Models()
    for file in sources { models.read(Checkout.read(file)) }
    return models
  }

  private mutating func read(_ source: String) {
    var documentation: [Substring] = []
    // The declarations that the line stands in: an index into `models`, or nil for what is no model.
    var open: [(model: Int?, indentation: Int)] = []
    for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
      let content = line.drop { $0 == " " }
      let indentation = line.count - content.count
      if content.hasPrefix("///") {
        documentation.append(content.dropFirst(3).drop { $0 == " " })
        continue
      }
      defer { documentation = [] }
      if content == "}", let last = open.last, indentation <= last.indentation { open.removeLast() }
      let text = documentation.joined(separator: " ")
      if let declaration = content.firstMatch(of: #/^(public )?(?:final )?(struct|enum|class|extension|actor) (\w+)(.*)$/#),
        !content.hasSuffix("}")
      {
        let isModel = declaration.1 != nil && declaration.2 == "struct" && declaration.4.contains("Codable")
        if isModel { models.append(Model(name: String(declaration.3), documentation: text)) }
        open.append((isModel ? models.count - 1 : nil, indentation))
      } else if let index = open.last?.model,
        let key = content.firstMatch(of: #/^public (?:var|let) `?(\w+)`?(?:: ([^={]+?))?(?: = (.+))?$/#)
      {
        models[index].keys.append((String(key.1), typeName(key.2, default: key.3), text))
      }
    }
  }

  private func typeName(_ type: Substring?, default value: Substring?) -> String {
    guard let type else {
      guard let value else { return "string" }
      if value == "true" || value == "false" { return "boolean" }
      if value.first?.isNumber == true { return "number" }
      return value.hasPrefix("\"") ? "string" : String(value.prefix { $0 != "(" })
    }
    return type.hasSuffix("?") ? "\(typeName(type.dropLast())), may be absent" : typeName(type)
  }

  private func typeName(_ type: Substring) -> String {
    if type.hasPrefix("["), type.hasSuffix("]") {
      let element = type.dropFirst().dropLast()
      if let colon = element.firstIndex(of: ":") {
        return "object of \(typeName(element[element.index(after: colon)...].drop { $0 == " " }))"
      }
      return "list of \(typeName(element))"
    }
    switch type {
    case "String": return "string"
    case "Int", "UInt8", "UInt16", "UInt32", "UInt64", "Double": return "number"
    case "Bool": return "boolean"
    case "Timestamp": return "time"
    // An enumeration is a string; its documentation comment has the words.
    default: return Self.names.contains(String(type)) ? String(type) : "string"
    }
  }

  /// The models as a part of the page, in the order of their names.
  var rendered: String {
    models.filter { !$0.keys.isEmpty }.sorted { $0.name < $1.name }.map { model in
      var lines = ["### \(model.name)", ""]
      if !model.documentation.isEmpty { lines += [plain(model.documentation), ""] }
      lines += ["| key | type | meaning |", "|---|---|---|"]
      for key in model.keys { lines.append("| `\(key.name)` | \(key.type) | \(plain(key.documentation)) |") }
      return lines.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }

  /// The models as schemas of OpenAPI, in the order of their names.
  var schemas: String {
    models.filter { !$0.keys.isEmpty }.sorted { $0.name < $1.name }.map { model in
      var lines = ["    \(model.name):"]
      if !model.documentation.isEmpty { lines.append("      description: \(Self.quoted(plain(model.documentation)))") }
      lines.append("      type: object")
      // What is asked for may leave out what has a default; what is answered has every key that is not said to be absent.
      let required = model.keys.filter {
        !$0.type.hasSuffix(Self.mayBeAbsent) && !Self.mayBeLeftOut.contains("\(model.name).\($0.name)")
      }
      if !required.isEmpty { lines.append("      required: [\(required.map(\.name).joined(separator: ", "))]") }
      lines.append("      properties:")
      for key in model.keys {
        lines.append("        \(key.name):")
        if !key.documentation.isEmpty { lines.append("          description: \(Self.quoted(plain(key.documentation)))") }
        lines += Self.schema(key.type.hasSuffix(Self.mayBeAbsent) ? String(key.type.dropLast(Self.mayBeAbsent.count)) : key.type)
          .map { "          \($0)" }
      }
      return lines.joined(separator: "\n") + "\n"
    }.joined()
  }

  private static let mayBeAbsent = ", may be absent"
  private static let mayBeLeftOut: Set = ["ReloadRequest.dryRun", "ReloadRequest.force"]

  private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

  private static func schema(_ type: String) -> [String] {
    if type.hasPrefix("list of ") { return ["type: array", "items:"] + schema(String(type.dropFirst(8))).map { "  \($0)" } }
    if type.hasPrefix("object of ") {
      return ["type: object", "additionalProperties:"] + schema(String(type.dropFirst(10))).map { "  \($0)" }
    }
    switch type {
    case "string", "number", "boolean": return ["type: \(type)"]
    case "time": return ["type: string", "format: date-time"]
    default: return ["$ref: '#/components/schemas/\(type)'"]
    }
  }

  private func plain(_ documentation: String) -> String {
    documentation.replacing("``", with: "`").replacing("|", with: "\\|")
  }
}
