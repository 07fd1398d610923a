import OSPFWire

/// Fields as lines for people: what is single stands in one line, what comes several times has a line each below it, indented.
///
/// A field is written when it comes, and nothing is kept: the captures that are read are large.
struct FieldLines: FieldReceiver {
  /// What has been written.
  private(set) var output: TextBuffer
  /// The indentation of the next line, and of those after it.
  private var margin: (next: Int, others: Int)
  private var isInLine = false

  /// Writes behind a text, each line behind a line feed and indented by `indentation` spaces and two more for each level.
  init(after text: consuming TextBuffer, indentation: Int) {
    output = text
    margin = (indentation, indentation)
  }

  mutating func add(_ name: FieldName, _ value: Field.Value) {
    switch value {
    case .group(let group): add(name, group: { $0.add(group) })
    case .groups(let groups): add(name, each: groups) { $1.add($0) }
    case .number, .named, .flag, .text, .identifier, .hexadecimal, .address, .prefix, .linkType, .octets, .bits, .texts:
      if isInLine { output.append(", ") } else { beginLine() }
      isInLine = true
      output.append(name.words)
      output.append(octet: UInt8(ascii: " "))
      write(value)
    }
  }

  mutating func add(_ name: FieldName, group fields: (inout FieldLines) -> Void) {
    beginLine()
    output.append(name.words)
    output.append(":")
    indented(first: 2, others: 2, fields)
  }

  /// The first line of each of several groups stands out to the left.
  mutating func add<Element>(_ name: FieldName, each elements: [Element], _ fields: (Element, inout FieldLines) -> Void) {
    beginLine()
    output.append(name.words)
    output.append(elements.isEmpty ? ": none" : ":")
    for element in elements { indented(first: 2, others: 4) { fields(element, &$0) } }
  }

  private mutating func add(_ fields: Fields) {
    for field in fields.all { add(field.name, field.value) }
  }

  private mutating func indented(first: Int, others: Int, _ fields: (inout FieldLines) -> Void) {
    let margin = self.margin.others
    self.margin = (margin + first, margin + others)
    isInLine = false
    fields(&self)
    self.margin = (margin, margin)
    isInLine = false
  }

  private mutating func beginLine() {
    output.append(octet: UInt8(ascii: "\n"))
    output.append(octets: repeatElement(UInt8(ascii: " "), count: margin.next))
    margin.next = margin.others
  }

  /// What stands behind the name of a field.
  private mutating func write(_ value: Field.Value) {
    switch value {
    case .number(let number, let unit):
      output.append(number)
      if !unit.isEmpty { output.append(" ", unit) }
    case .named(let number, let name): output.append(number, " (", name, ")")
    case .flag(let flag): output.append(flag ? "yes" : "no")
    case .text(let words): output.append(words)
    case .identifier(let identifier): output.append(IPv4Address(rawValue: identifier))
    case .hexadecimal(let number, let digits): output.append(hexadecimal: number, digits)
    case .address(let address): output.append(address)
    case .prefix(let prefix): output.append(prefix)
    case .linkType(let type): output.append(type.name)
    case .octets(let octets): output.append(hexadecimal: octets)
    case .bits(let number, let names):
      output.append(hexadecimal: number, 2)
      guard !names.isEmpty else { return }
      output.append(" (")
      output.append(words: names)
      output.append(")")
    case .texts(let texts):
      if texts.isEmpty { output.append("none") } else { output.append(words: texts) }
    // They have lines of their own.
    case .group, .groups: break
    }
  }
}

extension TextBuffer {
  /// A number with `0x` in front of it.
  fileprivate mutating func append(hexadecimal number: UInt64, _ digits: Int) {
    append("0x")
    append(hexadecimal: number, digits: digits)
  }

  /// Words with spaces between them.
  fileprivate mutating func append(words: [String]) {
    for (position, word) in words.enumerated() {
      if position > 0 { append(octet: UInt8(ascii: " ")) }
      append(word)
    }
  }
}
