/// Writes NTP packets by hand.
public enum HandMadeNTP {
  /// A server's answer to `request`.
  public static func answer(
    to request: [UInt8], leapIndicator: UInt8 = 0, mode: UInt8 = 4, stratum: UInt8 = 2, referenceID: [UInt8] = [192, 0, 2, 1]
  ) -> [UInt8] {
    let time: [UInt8] = [0xEC, 1, 2, 3, 4, 5, 6, 7]
    let head = [leapIndicator << 6 | 4 << 3 | mode, stratum, 6, 0xE7]
    return head + [UInt8](repeating: 0, count: 8) + referenceID + time + request[40..<48] + time + time
  }
}
