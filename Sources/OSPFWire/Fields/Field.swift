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
    /// Text: an ID, a number in hexadecimal.
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
    case .address(let address): address.description
    case .prefix(let prefix): prefix.description
    case .linkType(let type): type.name
    case .octets(let octets): Hexadecimal.text(octets)
    case .number, .named, .flag, .bits, .texts, .group, .groups: nil
    }
  }
}

/// Fields in the order of the packet.
public struct Fields: Hashable, Sendable {
  /// The fields.
  public private(set) var all: [Field] = []

  /// No fields.
  public init() {}

  /// Adds a field behind the others.
  public mutating func add(_ name: FieldName, _ value: Field.Value) { all.append(Field(name: name, value: value)) }

  /// Adds a field that holds the fields of each element.
  public mutating func add<Element>(_ name: FieldName, each elements: [Element], _ fields: (Element, inout Fields) -> Void) {
    let groups = elements.map { element in
      var group = Fields()
      fields(element, &group)
      return group
    }
    add(name, .groups(groups))
  }

  /// Adds other fields behind these.
  public mutating func append(_ fields: Fields) { all += fields.all }
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
