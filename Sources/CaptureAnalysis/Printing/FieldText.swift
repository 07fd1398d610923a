import OSPFWire

/// Fields as lines for people: what is single stands in one line, what comes several times has a line each below it, indented.
///
/// Everything is appended to one text: the captures that are read are large, and most of what is said of a packet are a few characters.
extension Fields {
  /// Appends the lines to a text, each behind a line feed and indented by `indentation` spaces and two more for each level.
  public func appendLines(to text: inout String, indentation: Int) {
    appendLines(to: &text, first: indentation, others: indentation)
  }

  /// The first line of each of several groups stands out to the left.
  fileprivate func appendLines(to text: inout String, first: Int, others: Int) {
    var margin = first
    var isInLine = false
    for field in all {
      switch field.value {
      case .group, .groups:
        isInLine = false
        text.beginLine(margin)
        text += field.name.words
      case .number, .named, .flag, .text, .address, .prefix, .linkType, .octets, .bits, .texts:
        if isInLine { text += ", " } else { text.beginLine(margin) }
        isInLine = true
        text += field.name.words
        text += " "
      }
      margin = others
      field.value.append(to: &text, margin: others)
    }
  }
}

extension Field.Value {
  /// A single value stands behind its field's name; groups have lines of their own below it.
  fileprivate func append(to text: inout String, margin: Int) {
    switch self {
    case .number(let number, let unit):
      text += String(number)
      if !unit.isEmpty { text += " " }
      text += unit
    case .named(let number, let name):
      text += String(number)
      text += " ("
      text += name
      text += ")"
    case .flag(let flag): text += flag ? "yes" : "no"
    case .text, .address, .prefix, .linkType, .octets: text += self.text ?? ""
    case .bits(let number, let names):
      text += Hexadecimal.text(number, digits: 2)
      if !names.isEmpty { text.append(names, between: " (", and: ")") }
    case .texts(let texts):
      if texts.isEmpty { text += "none" } else { text.append(texts, between: "", and: "") }
    case .group(let fields):
      text += ":"
      fields.appendLines(to: &text, indentation: margin + 2)
    case .groups(let groups):
      text += groups.isEmpty ? ": none" : ":"
      for group in groups { group.appendLines(to: &text, first: margin + 2, others: margin + 4) }
    }
  }
}

extension String {
  fileprivate mutating func beginLine(_ margin: Int) {
    self += Self.lineBeginnings[min(margin, Self.lineBeginnings.count - 1)]
  }

  /// By margin; deeper than any packet is.
  private static let lineBeginnings = (0...32).map { "\n" + String(repeating: " ", count: $0) }

  /// Words with spaces between them.
  fileprivate mutating func append(_ words: [String], between opening: String, and closing: String) {
    self += opening
    for (position, word) in words.enumerated() {
      if position > 0 { self += " " }
      self += word
    }
    self += closing
  }
}
