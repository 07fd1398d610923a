/// Something that happened: a line of `GET /v1/events`.
public struct EventReport: Codable, Hashable, Sendable {
  /// When.
  public var time: Timestamp
  /// How much it matters: `debug`, `info`, `notice`, `warning`, `error`, `critical`.
  public var level: EventLevel
  /// What kind of event it is: `neighborStateChanged`, `serviceStateChanged`, `packetRefused`.
  public var kind: EventKind
  /// The event in a sentence.
  public var message: String
  /// The version of OSPF that it concerns.
  public var `protocol`: ProtocolName?
  /// The address family of the OSPF instance that it concerns.
  public var addressFamily: AddressFamilyName?
  /// The device that it concerns.
  public var interface: String?
  /// The router that it concerns.
  public var routerID: String?
  /// The address that it concerns: a neighbor's, a sender's, a service's.
  public var address: String?
  /// The service that it concerns.
  public var service: String?
  /// The prefix that it concerns.
  public var prefix: String?
  /// The state before.
  public var from: String?
  /// The state after.
  public var to: String?
  /// Why it happened.
  public var reason: String?

  public init(
    time: Timestamp, level: EventLevel, kind: EventKind, message: String, protocol: ProtocolName? = nil,
    addressFamily: AddressFamilyName? = nil, interface: String? = nil, routerID: String? = nil, address: String? = nil,
    service: String? = nil,
    prefix: String? = nil, from: String? = nil, to: String? = nil, reason: String? = nil
  ) {
    self.time = time
    self.level = level
    self.kind = kind
    self.message = message
    self.protocol = `protocol`
    self.addressFamily = addressFamily
    self.interface = interface
    self.routerID = routerID
    self.address = address
    self.service = service
    self.prefix = prefix
    self.from = from
    self.to = to
    self.reason = reason
  }
}
