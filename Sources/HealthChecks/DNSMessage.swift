import CLinux

/// A query with one question, in the wire format that glibc's resolver makes.
struct DNSQuery: Sendable {
  /// The message.
  let bytes: [UInt8]
  /// The ID that the answer must bear.
  let identifier: UInt16
  /// The type of record asked for.
  let type: UInt16

  /// Makes a query with a random ID; nil when `name` is no domain name.
  init?(name: String, type: UInt16) {
    var buffer = [UInt8](repeating: 0, count: 512)
    let identifier = UInt16.random(in: .min ... .max)
    let length = dns_message_make_query(name, type, identifier, &buffer, buffer.count)
    guard length > 0 else { return nil }
    bytes = Array(buffer.prefix(Int(length)))
    self.identifier = identifier
    self.type = type
  }
}

/// An answer to a query, as far as a check looks at it.
struct DNSAnswer: Sendable, Hashable {
  /// How many records of an answer are looked at.
  static let recordLimit = 256

  /// Whether the answer was cut to fit into a datagram.
  let isTruncated: Bool
  /// RCODE
  let responseCode: UInt8
  /// The data of the answer's records that are of the type asked for.
  let records: [[UInt8]]

  /// Reads an answer. Nil when the message is malformed, is no answer, or answers something else than what was asked: a check
  /// keeps waiting for the right one then, because anybody can send anything to its port.
  init?(_ message: [UInt8], to query: DNSQuery) {
    var summary = dns_message_summary()
    guard dns_message_summarize(message, message.count, &summary) == 0, summary.is_response == 1,
      summary.identifier == query.identifier,
      dns_message_same_question(message, message.count, query.bytes, query.bytes.count) == 1
    else { return nil }
    guard let records = Self.records(of: message, count: Int(summary.answer_count), type: query.type) else { return nil }
    isTruncated = summary.is_truncated == 1
    responseCode = summary.response_code
    self.records = records
  }

  private static func records(of message: [UInt8], count: Int, type: UInt16) -> [[UInt8]]? {
    var data = [UInt8](repeating: 0, count: 512)
    var records: [[UInt8]] = []
    for index in 0..<min(count, recordLimit) {
      let length = dns_message_answer(message, message.count, CInt(index), type, &data, data.count)
      guard length != -1 else { return nil }
      if length >= 0 { records.append(Array(data.prefix(min(Int(length), data.count)))) }
    }
    return records
  }
}
