/// Fields as lines for people: what is single stands in one line, what comes several times has a line each below it, indented.
extension Fields {
  /// The lines, each indented by `indentation` spaces and two more for each level.
  public func lines(indentation: Int = 0) -> [String] {
    let margin = String(repeating: " ", count: indentation)
    var lines: [String] = []
    var single: [String] = []
    func finishLine() {
      if !single.isEmpty { lines.append(margin + single.joined(separator: ", ")) }
      single = []
    }
    for field in all {
      switch field.value {
      case .group(let fields):
        finishLine()
        lines.append("\(margin)\(field.name):")
        lines += fields.lines(indentation: indentation + 2)
      case .groups(let groups):
        finishLine()
        lines.append("\(margin)\(field.name)\(groups.isEmpty ? ": none" : ":")")
        for group in groups {
          let inner = group.lines(indentation: indentation + 2)
          lines += inner.prefix(1) + inner.dropFirst().map { "  " + $0 }
        }
      case .number, .named, .flag, .text, .bits, .texts: single.append("\(field.name) \(field.value.text)")
      }
    }
    finishLine()
    return lines
  }
}

extension Field.Value {
  /// A single value in words; empty for groups.
  fileprivate var text: String {
    switch self {
    case .number(let number, ""): "\(number)"
    case .number(let number, let unit): "\(number) \(unit)"
    case .named(let number, let name): "\(number) (\(name))"
    case .flag(let flag): flag ? "yes" : "no"
    case .text(let text): text
    case .bits(let number, let names):
      Hexadecimal.text(number, digits: 2) + (names.isEmpty ? "" : " (\(names.joined(separator: " ")))")
    case .texts(let texts): texts.isEmpty ? "none" : texts.joined(separator: " ")
    case .group, .groups: ""
    }
  }
}
