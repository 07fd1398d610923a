/// Numbers and octets in hexadecimal.
public enum Hexadecimal {
  /// `0x` and at least `digits` digits.
  public static func text(_ value: UInt64, digits: Int) -> String {
    var text = TextBuffer(capacity: 18)
    text.append("0x")
    text.append(hexadecimal: value, digits: digits)
    return String(decoding: text.octets, as: UTF8.self)
  }

  /// Two digits for each octet, without a prefix.
  public static func text(_ octets: [UInt8]) -> String {
    var text = TextBuffer(capacity: 2 * octets.count)
    text.append(hexadecimal: octets)
    return String(decoding: text.octets, as: UTF8.self)
  }
}
