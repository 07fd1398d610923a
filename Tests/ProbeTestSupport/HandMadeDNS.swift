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

  private static func octets(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
}
