/// Writes DNS messages by hand, right ones and wrong ones.
public enum HandMadeDNS {
  /// An answer to `query` with records of the given type.
  public static func answer(
    to query: [UInt8], type: UInt16 = 1, records: [[UInt8]] = [], responseCode: UInt8 = 0, isTruncated: Bool = false,
    isAuthenticData: Bool = false
  ) -> [UInt8] {
    var message = query
    message[2] = 0x81 | (isTruncated ? 0x02 : 0)
    message[3] = 0x80 | (isAuthenticData ? 0x20 : 0) | responseCode
    message[6] = UInt8(truncatingIfNeeded: records.count >> 8)
    message[7] = UInt8(truncatingIfNeeded: records.count)
    // The answers stand between the question and an OPT record.
    let additional = message[11] == 1 ? Array(message.suffix(11)) : []
    message.removeLast(additional.count)
    for record in records {
      message += [0xC0, 0x0C] + octets(type) + [0, 1, 0, 0, 0, 60] + octets(UInt16(record.count)) + record
    }
    return message + additional
  }

  /// Appends a record of any owner to an answer of `answer(to:)` without an OPT record.
  public static func append(_ record: [UInt8], owner: [UInt8], type: UInt16, to message: inout [UInt8]) {
    let count = (UInt16(message[6]) << 8 | UInt16(message[7])) + 1
    message.replaceSubrange(6..<8, with: octets(count))
    message += owner + octets(type) + [0, 1, 0, 0, 0, 60] + octets(UInt16(record.count)) + record
  }

  /// A name as it is written without compression.
  public static func name(_ name: String) -> [UInt8] {
    name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
  }

  private static func octets(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
}
