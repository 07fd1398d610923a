/// Any JSON, for what other programs print: asking for what is not there gives nothing.
enum JSONValue: Decodable, Hashable {
  case text(String)
  /// A number or a truth value, as its text.
  case number(String)
  case array([JSONValue])
  case object([String: JSONValue])
  case null

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let number = try? container.decode(Int64.self) {
      self = .number(String(number))
    } else if let truth = try? container.decode(Bool.self) {
      self = .number(String(truth))
    } else if let elements = try? container.decode([JSONValue].self) {
      self = .array(elements)
    } else if let number = try? container.decode(Double.self) {
      self = .number(String(number))
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  subscript(key: String) -> JSONValue {
    if case .object(let members) = self { members[key] ?? .null } else { .null }
  }

  var elements: [JSONValue] {
    if case .array(let elements) = self { elements } else { [] }
  }

  /// The text of a text or a number; empty for anything else.
  var text: String {
    switch self {
    case .text(let text), .number(let text): text
    case .array, .object, .null: ""
    }
  }
}
