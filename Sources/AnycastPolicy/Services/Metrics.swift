import OSPFProtocol
import OSPFWire

extension Advertisement.Kind {
  /// The metric, of either kind.
  public var metric: UInt32 {
    switch self {
    case .external(let metric, _, _): metric
    case .stub(let metric): UInt32(metric)
    }
  }

  /// The largest metric that is still reachable: LSInfinity - 1 (RFC 2328 appendix B), or the 16 bits of a stub link.
  public var largestMetric: UInt32 {
    switch self {
    case .external: 0xFF_FFFE
    case .stub: UInt32(UInt16.max)
    }
  }

  /// The same with another metric, as far as the field can hold it.
  func with(metric: UInt32) -> Advertisement.Kind {
    switch self {
    case .external(_, let type, let tag): .external(metric: min(metric, largestMetric), type: type, tag: tag)
    case .stub: .stub(metric: UInt16(clamping: metric))
    }
  }

  /// The same, less preferred where the metric is greater than its own.
  func raised(to metric: UInt32) -> Advertisement.Kind { with(metric: max(metric, self.metric)) }
}

extension ServiceConfiguration {
  /// How an address is advertised while all is well: as the service says, with the address's own metric where it has one.
  public func advertise(_ address: ServiceAddress) -> Advertisement.Kind {
    addressMetrics[address.address].map { advertise.with(metric: $0) } ?? advertise
  }
}
