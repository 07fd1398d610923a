/// The Link State Request packet (RFC 2328 section A.3.4): the LSAs that the sender wants.
public struct LinkStateRequest: Hashable, Sendable {
  /// What is requested.
  public var requests: [LSAKey]

  /// Makes a request.
  public init(requests: [LSAKey]) { self.requests = requests }

  /// The octets of one request.
  public static let entrySize = 12

  static func decode(_ body: RawSpan) throws(WireError) -> LinkStateRequest {
    try body.requireEntries(ofSize: entrySize, from: 0, "list of requests")
    var requests: [LSAKey] = []
    requests.reserveCapacity(body.byteCount / entrySize)
    for offset in stride(from: 0, to: body.byteCount, by: entrySize) {
      guard let type = UInt16(exactly: body.uint32(at: offset)) else {
        throw .value(what: "LS type", UInt64(body.uint32(at: offset)))
      }
      requests.append(
        LSAKey(
          lsType: LSType(rawValue: type), linkStateID: LinkStateID(rawValue: body.uint32(at: offset + 4)),
          advertisingRouter: RouterID(rawValue: body.uint32(at: offset + 8))))
    }
    return LinkStateRequest(requests: requests)
  }

  func encode(into writer: inout WireWriter) {
    for request in requests {
      writer.uint32(UInt32(request.lsType.rawValue))
      writer.uint32(request.linkStateID.rawValue)
      writer.uint32(request.advertisingRouter.rawValue)
    }
  }
}
