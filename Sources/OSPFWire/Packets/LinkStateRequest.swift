/// The Link State Request packet (RFC 2328 section A.3.4, RFC 5340 section A.3.4): the LSAs that the sender wants.
public struct LinkStateRequest: Hashable, Sendable {
  /// What is requested.
  public var requests: [LSAKey]
  /// The 16 bits before each type, sent as zero; as many as there are requests, or none where all are zero. OSPFv3 reserves them; in
  /// OSPFv2 they are the upper half of a type that no LSA has.
  public var reserved: [UInt16] = []

  public init(requests: [LSAKey]) { self.requests = requests }

  /// The octets of one request.
  public static let entrySize = 12

  static func decode(_ body: RawSpan) throws(WireError) -> LinkStateRequest {
    try body.requireEntries(ofSize: entrySize, from: 0, "list of requests")
    var request = LinkStateRequest(requests: [])
    var reserved: [UInt16] = []
    request.requests.reserveCapacity(body.byteCount / entrySize)
    for offset in stride(from: 0, to: body.byteCount, by: entrySize) {
      reserved.append(body.uint16(at: offset))
      request.requests.append(
        LSAKey(
          lsType: LSType(rawValue: body.uint16(at: offset + 2)), linkStateID: LinkStateID(rawValue: body.uint32(at: offset + 4)),
          advertisingRouter: RouterID(rawValue: body.uint32(at: offset + 8))))
    }
    if reserved.contains(where: { $0 != 0 }) { request.reserved = reserved }
    return request
  }

  func encode(into writer: inout WireWriter) {
    for (position, request) in requests.enumerated() {
      writer.uint16(position < reserved.count ? reserved[position] : 0)
      writer.uint16(request.lsType.rawValue)
      writer.uint32(request.linkStateID.rawValue)
      writer.uint32(request.advertisingRouter.rawValue)
    }
  }
}
