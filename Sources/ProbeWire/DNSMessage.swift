import CLinux

/// A query with one question, in the wire format that glibc's resolver makes.
public struct DNSQuery: Sendable {
  /// The message.
  public let bytes: [UInt8]
  /// The ID that the answer must bear.
  public let identifier: UInt16
  /// The type of record asked for.
  public let type: UInt16

  /// A query with a random ID; nil when `name` is no domain name. With `dnssec` it asks for an answer that the server has
  /// validated: the AD and the DO bit are set.
  public init?(name: String, type: UInt16, dnssec: Bool = false) {
    self.init(name: name, type: type, dnssec: dnssec, identifier: .random(in: .min ... .max))
  }

  public init?(name: String, type: UInt16, dnssec: Bool, identifier: UInt16) {
    var buffer = [UInt8](repeating: 0, count: 512)
    let length = dns_message_make_query(name, type, identifier, dnssec ? 1 : 0, &buffer, buffer.count)
    guard length > 0 else { return nil }
    bytes = Array(buffer.prefix(Int(length)))
    self.identifier = identifier
    self.type = type
  }
}

/// An answer to a query, as far as a check looks at it.
public struct DNSAnswer: Sendable, Hashable {
  /// How many records of an answer are looked at.
  public static let recordLimit = 256

  /// Whether the answer was cut to fit into a datagram.
  public let isTruncated: Bool
  /// Whether the server says that it has validated the answer: AD (RFC 4035 section 3.2.3).
  public let isAuthenticData: Bool
  /// RCODE
  public let responseCode: UInt8
  /// The data of the answer's records that are of the type asked for, and of the name, or of one that its CNAME records lead to.
  public let records: [[UInt8]]

  /// Reads an answer. A message that is malformed, is no answer, or answers something else than what was asked is refused.
  public init(_ message: [UInt8], to query: DNSQuery) throws(MessageRefusal) {
    var summary = dns_message_summary()
    guard dns_message_summarize(message, message.count, &summary) == 0 else { throw MessageRefusal("a malformed DNS message") }
    guard summary.is_response == 1 else { throw MessageRefusal("a DNS message that is no answer") }
    guard summary.identifier == query.identifier else { throw MessageRefusal("a DNS answer with another ID") }
    guard dns_message_same_question(message, message.count, query.bytes, query.bytes.count) == 1 else {
      throw MessageRefusal("a DNS answer to another question")
    }
    records = try Self.records(of: message, count: Int(summary.answer_count), type: query.type)
    isTruncated = summary.is_truncated == 1
    isAuthenticData = summary.is_authentic_data == 1
    responseCode = summary.response_code
  }

  private static func records(of message: [UInt8], count: Int, type: UInt16) throws(MessageRefusal) -> [[UInt8]] {
    var data = [UInt8](repeating: 0, count: 512)
    var records: [[UInt8]] = []
    for index in 0..<min(count, recordLimit) {
      let length = dns_message_answer(message, message.count, CInt(index), type, &data, data.count)
      guard length != -1 else { throw MessageRefusal("a malformed DNS message") }
      if length >= 0 { records.append(Array(data.prefix(min(Int(length), data.count)))) }
    }
    return records
  }
}
