/// The body of an OSPFv2 summary-LSA, type 3 (a network) or 4 (an AS boundary router), RFC 2328 section A.4.4.
public struct SummaryLSA: Hashable, Sendable {
  /// The network's mask; not meaningful in type 4.
  public var networkMask: IPv4Address
  /// The metric, and behind it those of other types of service. Never empty.
  public var metrics: [TOSMetric24]

  /// A type of service with a 24-bit metric.
  public struct TOSMetric24: Hashable, Sendable {
    /// The type of service, 0 in the first.
    public var tos: UInt8
    /// The metric, 24 bits.
    public var metric: UInt32

    public init(tos: UInt8 = 0, metric: UInt32) {
      self.tos = tos
      self.metric = metric
    }
  }

  public init(networkMask: IPv4Address, metrics: [TOSMetric24]) {
    self.networkMask = networkMask
    self.metrics = metrics
  }

  /// Throws where the lengths contradict each other.
  static func examine(_ body: RawSpan) throws(WireError) {
    try body.require(8, "summary-LSA")
    try body.requireEntries(ofSize: 4, from: 4, "metrics of the summary-LSA")
  }

  /// Reads the octets after the LSA header.
  public static func decode(_ body: RawSpan) throws(WireError) -> SummaryLSA {
    try examine(body)
    let metrics = stride(from: 4, to: body.byteCount, by: 4).map {
      TOSMetric24(tos: body.uint8(at: $0), metric: body.uint24(at: $0 + 1))
    }
    return SummaryLSA(networkMask: IPv4Address(rawValue: body.uint32(at: 0)), metrics: metrics)
  }

  /// Appends the octets after the LSA header.
  public func encode(into writer: inout WireWriter) {
    writer.uint32(networkMask.rawValue)
    for metric in metrics {
      writer.uint8(metric.tos)
      writer.uint24(metric.metric)
    }
  }
}
