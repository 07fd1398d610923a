/// JSON whose members keep their order, as those that FRR prints do.
public enum JSON: Hashable, Sendable {
  case text(String)
  case number(Int)
  case truth(Bool)
  case array([JSON])
  case object([Member])

  /// A key and its value.
  public struct Member: Hashable, Sendable {
    public var key: String
    public var value: JSON
  }

  /// Appends a member to an object, or replaces the one with the same key. A missing value leaves the key away.
  mutating func set(_ key: String, _ value: JSON?) {
    guard case .object(var members) = self, let value else { return }
    if let position = members.firstIndex(where: { $0.key == key }) {
      members[position].value = value
    } else {
      members.append(Member(key: key, value: value))
    }
    self = .object(members)
  }

  /// Sets the members of another object.
  mutating func merge(_ other: JSON) {
    guard case .object(let members) = other else { return }
    for member in members { set(member.key, member.value) }
  }

  /// Appends an element to an array that is a member of an object, and makes the array where it is missing.
  mutating func append(_ element: JSON, to key: String) {
    guard case .object(let members) = self else { return }
    let former = members.first { $0.key == key }?.value
    guard case .array(let elements)? = former ?? .array([]) else { return }
    set(key, .array(elements + [element]))
  }

  /// The text, indented by two spaces, as FRR prints it.
  public var rendered: String { text(indentation: "") }

  private func text(indentation: String) -> String {
    let inner = indentation + "  "
    switch self {
    case .text(let text): return Self.quoted(text)
    case .number(let number): return String(number)
    case .truth(let truth): return String(truth)
    case .array(let elements):
      return Self.block("[", elements.map { inner + $0.text(indentation: inner) }, indentation + "]")
    case .object(let members):
      let lines = members.map { "\(inner)\(Self.quoted($0.key)):\($0.value.text(indentation: inner))" }
      return Self.block("{", lines, indentation + "}")
    }
  }

  private static func block(_ opening: String, _ lines: [String], _ closing: String) -> String {
    "\(opening)\n\(lines.joined(separator: ",\n"))\(lines.isEmpty ? "" : "\n")\(closing)"
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\0"..<" ": quoted += "\\u00" + String(scalar.value, radix: 16).leading(2, fill: "0")
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .truth(value) }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(key: $0, value: $1) })
  }
}
