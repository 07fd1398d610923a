import FoundationEssentials

/// Any JSON.
enum JSONTree: Decodable, Hashable {
  /// A text, a number or a truth value, as its text.
  case value(String)
  case array([JSONTree])
  case object([String: JSONTree])

  init(_ text: String) throws { self = try JSONDecoder().decode(JSONTree.self, from: Data(text.utf8)) }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .value(text)
    } else if let number = try? container.decode(Int64.self) {
      self = .value(String(number))
    } else if let truth = try? container.decode(Bool.self) {
      self = .value(String(truth))
    } else if let elements = try? container.decode([JSONTree].self) {
      self = .array(elements)
    } else {
      self = .object(try container.decode([String: JSONTree].self))
    }
  }

  /// What is different, each with its path. `mayDiffer` tells of a key whether its value may be another one.
  func differences(from other: JSONTree, _ mayDiffer: (String) -> Bool) -> [String] {
    differences(from: other, path: [], mayDiffer)
  }

  private func differences(from other: JSONTree, path: [String], _ mayDiffer: (String) -> Bool) -> [String] {
    let place = path.joined(separator: ".")
    switch (self, other) {
    case (.object(let ours), .object(let theirs)):
      return Set(ours.keys).union(theirs.keys).sorted().flatMap { key -> [String] in
        let path = path + [key]
        switch (ours[key], theirs[key]) {
        case (nil, _): return ["\(path.joined(separator: ".")) is missing"]
        case (_, nil): return ["\(path.joined(separator: ".")) is new"]
        case (let own?, let other?): return own.differences(from: other, path: path, mayDiffer)
        }
      }
    case (.array(let ours), .array(let theirs)):
      guard ours.count == theirs.count else { return ["\(place) has \(ours.count) elements and not \(theirs.count)"] }
      return zip(ours, theirs).enumerated().flatMap { number, pair in
        pair.0.differences(from: pair.1, path: path + ["\(number)"], mayDiffer)
      }
    case (.value(let own), .value(let other)):
      return own == other || mayDiffer(path.last ?? "") ? [] : ["\(place) is \(own) and not \(other)"]
    default: return ["\(place) is of another kind"]
    }
  }
}
