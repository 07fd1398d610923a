import OSPFWire

/// Fields from the values of a packet. What is added has its name in the RFC's words first, and then its key in JSON.
extension FieldReceiver {
  mutating func number(_ words: String, _ key: String, _ value: some UnsignedInteger, unit: String = "") {
    add(FieldName(words, key), .number(UInt64(value), unit: unit))
  }

  mutating func flag(_ words: String, _ key: String, _ value: Bool) { add(FieldName(words, key), .flag(value)) }

  mutating func text(_ words: String, _ key: String, _ value: some CustomStringConvertible) {
    add(FieldName(words, key), .text(value.description))
  }

  mutating func identifier(_ words: String, _ key: String, _ value: some RawRepresentable<UInt32>) {
    add(FieldName(words, key), .identifier(value.rawValue))
  }

  mutating func address(_ words: String, _ key: String, _ value: IPAddress) { add(FieldName(words, key), .address(value)) }

  /// `digits` hexadecimal digits.
  mutating func hexadecimal(_ words: String, _ key: String, _ value: some UnsignedInteger, digits: Int) {
    add(FieldName(words, key), .hexadecimal(UInt64(value), digits: digits))
  }

  mutating func octets(_ words: String, _ key: String, _ value: some Sequence<UInt8>) {
    add(FieldName(words, key), .octets(Array(value)))
  }

  mutating func bits(_ words: String, _ key: String, _ value: some UnsignedInteger, _ names: [String]) {
    add(FieldName(words, key), .bits(UInt64(value), names: names))
  }

  mutating func texts(_ words: String, _ key: String, _ values: [String]) { add(FieldName(words, key), .texts(values)) }

  mutating func group(_ words: String, _ key: String, _ fields: (inout Self) -> Void) {
    add(FieldName(words, key), group: fields)
  }

  mutating func groups<Element>(
    _ words: String, _ key: String, _ elements: [Element], _ fields: (Element, inout Self) -> Void
  ) {
    add(FieldName(words, key), each: elements, fields)
  }
}
