/// The Link State Acknowledgment packet (RFC 2328 section A.3.6): the headers of the LSAs that are acknowledged.
public struct LinkStateAcknowledgment: Hashable, Sendable {
  /// What is acknowledged.
  public var lsaHeaders: [LSAHeader]

  public init(lsaHeaders: [LSAHeader]) { self.lsaHeaders = lsaHeaders }

  static func decode(_ body: RawSpan, version: OSPFVersion) throws(WireError) -> LinkStateAcknowledgment {
    var headers: [LSAHeader] = []
    try LSAHeader.decodeList(body, from: 0, version: version, into: &headers)
    return LinkStateAcknowledgment(lsaHeaders: headers)
  }

  func encode(into writer: inout WireWriter, version: OSPFVersion) {
    for header in lsaHeaders { header.encode(into: &writer, version: version) }
  }
}
