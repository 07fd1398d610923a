/// An event of a recording: an entry of a systemd Journal Export Block of a pcapng file.
public struct JournalEntry: Hashable, Sendable {
  /// The time since 1970-01-01 00:00:00 UTC.
  public var timestamp: Duration
  public var message: String
  /// All its fields.
  public var fields: [String: String]

  /// The Journal Export Format: a field in each line. Fields with a length of their own are passed over with the entry.
  init?(_ octets: ArraySlice<UInt8>) {
    var fields: [String: String] = [:]
    let text = String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
    }
    guard let microseconds = fields["__REALTIME_TIMESTAMP"].flatMap({ Int64($0) }), let message = fields["MESSAGE"] else {
      return nil
    }
    timestamp = fields["REALTIME_NANOSECONDS"].flatMap { Int64($0) }.map { .nanoseconds($0) } ?? .microseconds(microseconds)
    self.message = message
    self.fields = fields
  }
}
