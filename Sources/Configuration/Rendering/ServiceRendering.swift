import AnycastPolicy
import OSPFProtocol
import OSPFWire

extension ServiceConfiguration {
  /// The service's block, defaults included, so that a reader need not know them.
  func lines(showingSecrets: Bool) -> [String] {
    var lines: [String] = []
    if let description { lines.append("description \(description)") }
    lines += addresses.map { address in
      (address.prefixLength == address.address.bitWidth ? "address \(address.address)" : "address \(address.text)")
        + (addressMetrics[address.address].map { " metric \($0)" } ?? "")
    }
    lines += ["address-mode \(addressMode.rawValue)", "device \(device)", "advertise \(advertise.text)"]
    if let installRoute { lines.append("install-route\(installRoute.text)") }
    lines += checks.map { "check \($0.text(showingSecrets: showingSecrets))" }
    lines.append("require \(require.text)")
    if let degradedMetric { lines.append("degraded metric \(degradedMetric)") }
    if let damping { lines.append("damping \(damping.text)") }
    if let lastNodeGuard { lines.append("minimum-nodes \(lastNodeGuard.text)") }
    if let stateTag { lines.append("tag state bit \(stateTag.bit)") }
    if countsTraffic { lines.append("count traffic") }
    if !onChange.isEmpty { lines.append("on-change exec " + onChange.map(CheckKind.quoted).joined(separator: " ")) }
    if let drain { lines.append("drain metric \(drain.metric) for \(DurationText.format(drain.duration))") }
    if let rise { lines.append("rise metric \(rise.metric) for \(DurationText.format(rise.duration))") }
    lines.append("linger \(DurationText.format(linger))")
    if isShutdown { lines.append("shutdown") }
    return ["anycast service \(name)"] + lines.map { " \($0)" }
  }
}

extension ServiceAddress {
  /// The address itself with the prefix's length: the bits after the length are kept.
  fileprivate var text: String { "\(address)/\(prefixLength)" }
}

extension Advertisement.Kind {
  /// The arguments of `advertise`.
  package var text: String {
    switch self {
    case .external(let metric, let type, let tag):
      "external metric \(metric) metric-type \(type.rawValue)" + (tag == 0 ? "" : " tag \(tag)")
    case .stub(let metric): "stub metric \(metric)"
    }
  }
}

extension Requirement {
  fileprivate var text: String {
    switch self {
    case .all: "all"
    case .any: "any"
    case .atLeast(let number): "\(number)"
    }
  }
}

extension RouteTarget {
  fileprivate var text: String { (gateway.map { " via \($0)" } ?? "") + (device.map { " dev \($0)" } ?? "") }
}

extension LastNodeGuard {
  fileprivate var text: String { "\(minimumNodes)" + (metric.map { " last-resort metric \($0)" } ?? "") }
}

extension DampingConfiguration {
  fileprivate var text: String {
    "\(limit) in \(DurationText.format(window)) hold \(DurationText.format(hold)) max \(DurationText.format(longestHold))"
  }
}

extension CheckConfiguration {
  fileprivate func text(showingSecrets: Bool) -> String {
    "\(kind.words(showingDefaults: true, showingSecrets: showingSecrets)) interval \(DurationText.format(interval))"
      + " timeout \(DurationText.format(timeout)) jitter \(DurationText.format(jitter)) rise \(rise) fall \(fall)"
  }
}
