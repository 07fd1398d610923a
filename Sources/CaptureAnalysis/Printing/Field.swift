/// One thing that a packet says, once for people and once for programs.
public struct Field: Hashable, Sendable {
  /// The name in the RFC's words: `Router Priority`.
  public var name: String
  /// The key in JSON, in lowerCamelCase, with the unit where there is one: `helloIntervalSeconds`.
  public var key: String
  /// What it says.
  public var value: Value

  /// What a field can hold.
  public enum Value: Hashable, Sendable {
    /// A number; `unit` stands behind it in text.
    case number(UInt64, unit: String = "")
    /// A number that stands for something: text shows both, JSON the name under the key with `Name` behind it.
    case named(UInt64, String)
    /// Yes or no.
    case flag(Bool)
    /// Text: an address, an ID, a number in hexadecimal.
    case text(String)
    /// A number whose bits have names: text shows both, JSON the names.
    case bits(UInt64, names: [String])
    /// Several texts.
    case texts([String])
    /// Fields that belong together.
    case group(Fields)
    /// Several of them, in the order of the packet.
    case groups([Fields])
  }
}

/// Fields in the order of the packet.
public struct Fields: Hashable, Sendable {
  /// The fields.
  public private(set) var all: [Field] = []

  /// No fields.
  public init() {}

  /// The value of the field with a key; nil when there is none.
  public subscript(key: String) -> Field.Value? { all.first { $0.key == key }?.value }

  mutating func number(_ name: String, _ key: String, _ value: some UnsignedInteger, unit: String = "") {
    all.append(Field(name: name, key: key, value: .number(UInt64(value), unit: unit)))
  }

  mutating func named(_ name: String, _ key: String, _ value: some UnsignedInteger, _ meaning: String) {
    all.append(Field(name: name, key: key, value: .named(UInt64(value), meaning)))
  }

  mutating func flag(_ name: String, _ key: String, _ value: Bool) {
    all.append(Field(name: name, key: key, value: .flag(value)))
  }

  mutating func text(_ name: String, _ key: String, _ value: some CustomStringConvertible) {
    all.append(Field(name: name, key: key, value: .text(value.description)))
  }

  /// `digits` hexadecimal digits.
  mutating func hexadecimal(_ name: String, _ key: String, _ value: some UnsignedInteger, digits: Int) {
    all.append(Field(name: name, key: key, value: .text(Hexadecimal.text(UInt64(value), digits: digits))))
  }

  mutating func octets(_ name: String, _ key: String, _ value: some Sequence<UInt8>) {
    all.append(Field(name: name, key: key, value: .text(Hexadecimal.text(value))))
  }

  mutating func bits(_ name: String, _ key: String, _ value: some UnsignedInteger, _ names: [String]) {
    all.append(Field(name: name, key: key, value: .bits(UInt64(value), names: names)))
  }

  mutating func texts(_ name: String, _ key: String, _ values: [String]) {
    all.append(Field(name: name, key: key, value: .texts(values)))
  }

  mutating func group(_ name: String, _ key: String, _ make: (inout Fields) -> Void) {
    var fields = Fields()
    make(&fields)
    all.append(Field(name: name, key: key, value: .group(fields)))
  }

  mutating func groups<Element>(
    _ name: String, _ key: String, _ elements: [Element], _ make: (Element, inout Fields) -> Void
  ) {
    let groups = elements.map { element in
      var fields = Fields()
      make(element, &fields)
      return fields
    }
    all.append(Field(name: name, key: key, value: .groups(groups)))
  }

  mutating func append(_ fields: Fields) { all += fields.all }
}

/// Numbers and octets in hexadecimal.
enum Hexadecimal {
  /// `0x` and at least `digits` digits.
  static func text(_ value: UInt64, digits: Int) -> String {
    let count = max(digits, (67 - value.leadingZeroBitCount) / 4)
    var text = "0x"
    for position in (0..<count).reversed() { text += self.digits[Int(value >> (4 * position) & 15)] }
    return text
  }

  /// Two digits for each octet, without a prefix.
  static func text(_ octets: some Sequence<UInt8>) -> String {
    var text = ""
    for octet in octets {
      text += digits[Int(octet >> 4)]
      text += digits[Int(octet & 15)]
    }
    return text
  }

  private static let digits = (0..<16).map { String($0, radix: 16) }
}
