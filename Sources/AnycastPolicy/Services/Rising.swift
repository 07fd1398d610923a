import OSPFProtocol
import OSPFWire

/// The first moments of an advertisement, in which it has the rise metric. They begin anew whenever the prefix was withdrawn, whatever
/// for: what comes back may have been started anew.
extension Policy {
  /// The rise metric of an address; nil when it has none or the time for it is over.
  func riseMetric(of address: ServiceAddress, service: ServiceConfiguration, at now: Instant) -> UInt32? {
    guard let rise = service.rise else { return nil }
    guard let since = prefixes.advertisedSince(address.prefix, for: service.name) else { return rise.metric }
    return now - since < rise.duration ? rise.metric : nil
  }

  /// When an address gets its own metric.
  func nextRiseDeadline(after now: Instant) -> Instant? {
    services.compactMap { service -> Instant? in
      guard let rise = service.configuration.rise else { return nil }
      return service.configuration.addresses.compactMap { address in
        prefixes.advertisedSince(address.prefix, for: service.configuration.name).map { $0 + rise.duration }
      }.filter { $0 > now }.min()
    }.min()
  }
}
