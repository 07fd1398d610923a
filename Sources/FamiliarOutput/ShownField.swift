/// One thing that is shown of an LSA: in text behind a label, in JSON under a key.
struct ShownField {
  var label: String
  var key: String
  var json: JSON
  /// What stands in the text, where that is not what the JSON has.
  var text: String?

  init(_ label: String, _ key: String, _ json: JSON, text: String? = nil) {
    self.label = label
    self.key = key
    self.json = json
    self.text = text
  }

  init(_ label: String, _ key: String, _ number: UInt64?) { self.init(label, key, .number(Int(number ?? 0))) }

  init(_ label: String, _ key: String, _ text: String?) { self.init(label, key, .text(text ?? "")) }

  /// `Metric: 20`
  var words: String {
    if let text { return "\(label): \(text)" }
    return switch json {
    case .text(let text): "\(label): \(text)"
    case .number(let number): "\(label): \(number)"
    case .truth, .array, .object: label
    }
  }
}

/// What is shown of an LSA, in its order, of which the text and the JSON are made.
enum ShownPart {
  /// Fields that share a line.
  case line([ShownField])
  /// A line for each of several texts, and an array of them.
  case texts(label: String, key: String, [String])
  /// The lines of each element of a list, and an array of objects.
  case list(key: String, [[ShownPart]])
  /// What only the JSON has.
  case member(key: String, JSON)

  static func line(_ fields: ShownField...) -> ShownPart { .line(fields) }
}

extension [ShownPart] {
  /// The lines of the text.
  func lines(indentation: String) -> [String] {
    flatMap { part -> [String] in
      switch part {
      case .line(let fields): [indentation + fields.map(\.words).joined(separator: " ")]
      case .texts(let label, _, let texts): texts.map { "\(indentation)\(label): \($0)" }
      case .list(_, let elements): elements.flatMap { $0.lines(indentation: indentation) }
      case .member: []
      }
    }
  }

  /// The members of the object.
  var json: JSON {
    var json: JSON = [:]
    for part in self {
      switch part {
      case .line(let fields): for field in fields { json.set(field.key, field.json) }
      case .texts(_, let key, let texts): json.set(key, .array(texts.map(JSON.text)))
      case .list(let key, let elements): json.set(key, .array(elements.map(\.json)))
      case .member(let key, let value): json.set(key, value)
      }
    }
    return json
  }
}
