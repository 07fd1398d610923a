import FoundationEssentials

/// An event of a recording: an entry of a systemd Journal Export Block of a pcapng file.
public struct JournalEntry: Hashable, Sendable {
  /// The time since 1970-01-01 00:00:00 UTC.
  public var timestamp: Duration
  public var message: String

  /// The entries of a file, in its order. libpcap passes over such blocks. None where the file is none of pcapng, or of another byte
  /// order than what this project writes.
  public static func read(path: String) -> [JournalEntry] {
    guard path != "-", let contents = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return [] }
    return read(Array(contents))
  }

  static func read(_ file: [UInt8]) -> [JournalEntry] {
    guard number(file, at: 0) == 0x0A0D_0D0A, number(file, at: 8) == 0x1A2B_3C4D else { return [] }
    var entries: [JournalEntry] = []
    var position = 0
    while let type = number(file, at: position), let length = number(file, at: position + 4), length >= 12, length % 4 == 0,
      length <= file.count - position
    {
      if type == 9, let entry = JournalEntry(file[(position + 8)..<(position + length - 4)]) { entries.append(entry) }
      position += length
    }
    return entries
  }

  /// The Journal Export Format: a field in each line. Fields with a length of their own are passed over with the entry.
  private init?(_ octets: ArraySlice<UInt8>) {
    var fields: [Substring: Substring] = [:]
    let text = String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { fields[parts[0]] = parts[1] }
    }
    guard let microseconds = fields["__REALTIME_TIMESTAMP"].flatMap({ Int64($0) }), let message = fields["MESSAGE"] else {
      return nil
    }
    timestamp = .microseconds(microseconds)
    self.message = String(message)
  }

  private static func number(_ file: [UInt8], at position: Int) -> Int? {
    guard position >= 0, position + 4 <= file.count else { return nil }
    return (0..<4).reduce(0) { $0 | Int(file[position + $1]) << (8 * $1) }
  }
}
