/// Numbers and octets in hexadecimal.
public enum Hexadecimal {
  /// `0x` and at least `digits` digits.
  public static func text(_ value: UInt64, digits: Int) -> String {
    let count = max(digits, (67 - value.leadingZeroBitCount) / 4)
    var text = Array("0x".utf8)
    for position in (0..<count).reversed() { text.append(Self.digits[Int(value >> (4 * position) & 15)]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Two digits for each octet, without a prefix.
  public static func text(_ octets: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(2 * octets.count)
    for octet in octets {
      text.append(digits[Int(octet >> 4)])
      text.append(digits[Int(octet & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let digits = Array("0123456789abcdef".utf8)
}
