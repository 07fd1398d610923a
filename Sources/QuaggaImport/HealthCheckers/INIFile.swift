/// A file of sections and options, as Python's configparser reads it.
struct INIFile {
  struct Option {
    var name: String
    var value: String
    var line: Int
  }

  struct Section {
    var name: String
    var line: Int
    var options: [Option] = []

    subscript(name: String) -> Option? { options.last { $0.name == name } }
  }

  private(set) var sections: [Section] = []

  /// Nil for what has no section, or a line that is none of this form.
  init?(_ lines: [String]) {
    for (index, line) in lines.enumerated() {
      let text = Self.trimmed(line)
      if text.isEmpty || text.hasPrefix("#") || text.hasPrefix(";") { continue }
      if text.hasPrefix("["), text.hasSuffix("]") {
        sections.append(Section(name: String(text.dropFirst().dropLast()), line: index + 1))
        continue
      }
      guard !sections.isEmpty else { return nil }
      let last = sections.count - 1
      if line.first?.isWhitespace ?? false, let option = sections[last].options.indices.last {
        // The value goes on.
        sections[last].options[option].value += " \(text)"
        continue
      }
      guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
      let name = Self.trimmed(String(text[..<separator])).lowercased()
      sections[last].options.append(
        Option(name: name, value: Self.trimmed(String(text[text.index(after: separator)...])), line: index + 1))
    }
    if sections.isEmpty { return nil }
  }

  static func trimmed(_ text: String) -> String {
    String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  /// A service of anycast_healthchecker has a prefix and a command.
  var isOfAnycastHealthchecker: Bool {
    sections.contains { $0["ip_prefix"] != nil }
      || (sections.contains { $0.name == "daemon" } && sections.contains { $0["check_cmd"] != nil })
  }
}
