/// One thing that a packet or an LSA says.
public struct Field: Hashable, Sendable {
  /// What it is called.
  public var name: FieldName
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
    /// A number in hexadecimal, with at least as many digits as `digits` says.
    case hexadecimal(UInt64, digits: Int)
    /// An ID or a mask, in dotted-decimal notation.
    case identifier(UInt32)
    case text(String)
    case address(IPAddress)
    case prefix(IPPrefix)
    case linkType(RouterLink.LinkType)
    /// Octets, shown in hexadecimal.
    case octets([UInt8])
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

/// What a field is called, once for people and once for programs.
public struct FieldName: Hashable, Sendable {
  /// In the RFC's words: `Router Priority`.
  public let words: String
  /// The key in JSON, in lowerCamelCase, with the unit where there is one: `helloIntervalSeconds`.
  public let key: String

  public init(_ words: String, _ key: String) {
    self.words = words
    self.key = key
  }
}

extension Field.Value {
  /// The text of a value that is one by nature: an address in its notation, octets in hexadecimal. Nil for the others.
  public var text: String? {
    switch self {
    case .text(let text): text
    case .hexadecimal(let number, let digits): Hexadecimal.text(number, digits: digits)
    case .identifier(let identifier): IPv4Address(rawValue: identifier).description
    case .address(let address): address.description
    case .prefix(let prefix): prefix.description
    case .linkType(let type): type.name
    case .octets(let octets): Hexadecimal.text(octets)
    case .number, .named, .flag, .bits, .texts, .group, .groups: nil
    }
  }
}

/// Takes what a packet or an LSA says, field by field in its order: to keep it (``Fields``), or to write it out at once.
public protocol FieldReceiver {
  /// Takes a field.
  mutating func add(_ name: FieldName, _ value: Field.Value)
  /// Takes a field that holds other fields.
  mutating func add(_ name: FieldName, group fields: (inout Self) -> Void)
  /// Takes a field that holds the fields of each element.
  mutating func add<Element>(_ name: FieldName, each elements: [Element], _ fields: (Element, inout Self) -> Void)
}

/// Fields in the order of the packet.
public struct Fields: FieldReceiver, Hashable, Sendable {
  /// The fields.
  public private(set) var all: [Field] = []

  /// No fields.
  public init() {}

  public mutating func add(_ name: FieldName, _ value: Field.Value) { all.append(Field(name: name, value: value)) }

  public mutating func add(_ name: FieldName, group fields: (inout Fields) -> Void) {
    var group = Fields()
    fields(&group)
    add(name, .group(group))
  }

  public mutating func add<Element>(_ name: FieldName, each elements: [Element], _ fields: (Element, inout Fields) -> Void) {
    let groups = elements.map { element in
      var group = Fields()
      fields(element, &group)
      return group
    }
    add(name, .groups(groups))
  }
}

extension Fields {
  /// The value of the field with a key; nil when there is none.
  public subscript(key: String) -> Field.Value? { all.first { $0.name.key == key }?.value }

  /// The value of a field; nil when there is none.
  public subscript(name: FieldName) -> Field.Value? { self[name.key] }

  /// The number in a field, whether or not it has a name, or its bits.
  public func number(_ name: FieldName) -> UInt64? {
    switch self[name] {
    case .number(let number, _)?, .named(let number, _)?, .bits(let number, _)?: number
    default: nil
    }
  }

  /// The text of a field that is one by nature.
  public func text(_ name: FieldName) -> String? { self[name]?.text }

  /// The texts in a field; none where it is missing.
  public func texts(_ name: FieldName) -> [String] {
    if case .texts(let texts)? = self[name] { texts } else { [] }
  }

  /// The fields of each element of a list; none where it is missing.
  public func groups(_ name: FieldName) -> [Fields] {
    if case .groups(let groups)? = self[name] { groups } else { [] }
  }
}
