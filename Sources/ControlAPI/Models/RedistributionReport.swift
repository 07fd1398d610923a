/// One route that `redistribute` or `default-information` is about, at one instant: an element of `GET /v1/redistribution`.
public struct RedistributionReport: Codable, Hashable, Sendable {
  /// The version of OSPF.
  public var `protocol`: ProtocolName
  /// The family of the prefixes that the instance is for.
  public var addressFamily: AddressFamilyName
  /// The route's destination.
  public var prefix: String
  /// Where the route comes from: `connected`, `kernel`, `static`; nil for a default route that is made here.
  public var source: String?
  /// The device that it leaves through, nil when it leads nowhere.
  public var interface: String?
  /// Whether it is advertised.
  public var advertised: Bool
  /// The metric with which it is advertised, nil while it is not.
  public var metric: UInt32?
  /// The metric's type, 1 or 2, nil while it is not advertised.
  public var metricType: Int?
  /// The external route tag, nil while it is not advertised.
  public var tag: UInt32?
  /// Whether every adjacent neighbor has acknowledged the advertisement.
  public var acknowledged: Bool
  /// Which rule keeps it from being advertised, nil while it is.
  public var withheldReason: String?
  /// Whether the prefix is advertised all the same, as the network of an OSPF interface or the address of a service. Nil while it is
  /// redistributed.
  public var advertisedAnyway: Bool?

  public init(
    protocol: ProtocolName, addressFamily: AddressFamilyName, prefix: String, source: String?, interface: String?,
    advertised: Bool, metric: UInt32? = nil, metricType: Int? = nil, tag: UInt32? = nil, acknowledged: Bool = false,
    withheldReason: String? = nil
  ) {
    self.protocol = `protocol`
    self.addressFamily = addressFamily
    self.prefix = prefix
    self.source = source
    self.interface = interface
    self.advertised = advertised
    self.metric = metric
    self.metricType = metricType
    self.tag = tag
    self.acknowledged = acknowledged
    self.withheldReason = withheldReason
  }
}
