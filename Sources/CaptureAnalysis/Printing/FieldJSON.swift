import FoundationEssentials
import OSPFWire

/// Fields as a JSON object. Where bits have names, the object has the names under the field's key, and the number under the key with
/// `Bits` behind it.
extension Fields: Encodable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for field in all {
      let key = Key(stringValue: field.name.key)
      switch field.value {
      case .number(let number, _): try container.encode(number, forKey: key)
      case .named(let number, let name):
        try container.encode(number, forKey: key)
        try container.encode(name, forKey: Key(stringValue: field.name.key + "Name"))
      case .flag(let flag): try container.encode(flag, forKey: key)
      case .text, .identifier, .hexadecimal, .address, .prefix, .linkType, .octets:
        try container.encodeIfPresent(field.value.text, forKey: key)
      case .bits(let number, let names):
        try container.encode(names, forKey: key)
        try container.encode(number, forKey: Key(stringValue: field.name.key + "Bits"))
      case .texts(let texts): try container.encode(texts, forKey: key)
      case .group(let fields): try container.encode(fields, forKey: key)
      case .groups(let groups): try container.encode(groups, forKey: key)
      }
    }
  }

  /// One line: sorted keys, so that the same packet gives the same line, and no escaped slashes, so that prefixes can be read.
  public var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}
