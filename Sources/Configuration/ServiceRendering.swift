import AnycastPolicy
import OSPFProtocol
import OSPFWire

extension ServiceConfiguration {
  /// The service's block, defaults included, so that a reader need not know them.
  func lines() -> [String] {
    var lines: [String] = []
    if let description { lines.append("description \(description)") }
    lines += addresses.map { address in
      (address.prefixLength == address.address.bitWidth ? "address \(address.address)" : "address \(address.text)")
        + (addressMetrics[address.address].map { " metric \($0)" } ?? "")
    }
    lines += ["address-mode \(addressMode.rawValue)", "device \(device)", "advertise \(advertise.text)"]
    if let installRoute { lines.append("install-route\(installRoute.text)") }
    lines += checks.map { "check \($0.text)" }
    lines.append("require \(require.text)")
    if let degradedMetric { lines.append("degraded metric \(degradedMetric)") }
    if let damping { lines.append("damping \(damping.text)") }
    if !onChange.isEmpty { lines.append("on-change exec " + onChange.map(CheckKind.quoted).joined(separator: " ")) }
    if let drain { lines.append("drain metric \(drain.metric) for \(DurationText.format(drain.duration))") }
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
  fileprivate var text: String {
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

extension DampingConfiguration {
  fileprivate var text: String {
    "\(limit) in \(DurationText.format(window)) hold \(DurationText.format(hold)) max \(DurationText.format(longestHold))"
  }
}

extension CheckConfiguration {
  fileprivate var text: String {
    "\(kind.text) interval \(DurationText.format(interval)) timeout \(DurationText.format(timeout))"
      + " jitter \(DurationText.format(jitter)) rise \(rise) fall \(fall)"
  }
}

extension CheckKind {
  fileprivate var text: String {
    switch self {
    case .exec(let command): "exec " + command.map(Self.quoted).joined(separator: " ")
    case .tcp(let address, let ports):
      "tcp" + (address.map { " \($0)" } ?? "") + ports.map { " port \($0)" }.joined()
    case .dns(let check): "dns \(check.text)"
    }
  }

  /// Quotes where they are needed: for white space, quotes, nothing at all, and words that would be read as options.
  fileprivate static func quoted(_ argument: String) -> String {
    let special: [UInt8] = [0x20, 0x09, 0x0D, UInt8(ascii: "\""), UInt8(ascii: "'")]
    guard argument.isEmpty || CheckArguments.options.contains(argument) || argument.utf8.contains(where: special.contains)
    else { return argument }
    var quoted: [UInt8] = []
    for byte in argument.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { quoted.append(UInt8(ascii: "\\")) }
      quoted.append(byte)
    }
    return "\"" + String(decoding: quoted, as: UTF8.self) + "\""
  }
}

extension DNSCheck {
  fileprivate var text: String {
    let server = server.map { " server \($0)" } ?? ""
    let expected =
      switch expectation {
      case .any: "any"
      case .address(let address): address.description
      case .nxdomain: "nxdomain"
      case .rcode(let code): "rcode \(code)"
      }
    return "name \(name) type \(type)\(server) port \(port) transport \(transport.rawValue) expect \(expected)"
  }
}
