import OSPFProtocol
import OSPFWire

extension CheckKind {
  /// The word after `check`: `exec`, `tcp`, `dns`.
  public var keyword: String {
    switch self {
    case .exec: "exec"
    case .tcp: "tcp"
    case .dns: "dns"
    }
  }

  /// The check in the words of the dialect, for people: `dns name www.example.net type A`.
  public var summary: String {
    switch self {
    case .exec(let command):
      return (["exec"] + command).joined(separator: " ")
    case .tcp(let address, let ports):
      let target = address.map { " \($0)" } ?? ""
      return "tcp\(target)" + ports.map { " port \($0)" }.joined()
    case .dns(let check):
      var words = "dns name \(check.name) type \(check.type)"
      if let server = check.server { words += " server \(server)" }
      if check.port != 53 { words += " port \(check.port)" }
      if check.transport != .udp { words += " transport \(check.transport.rawValue)" }
      return words + check.expectation.words
    }
  }

  /// Whether the check probes the service's own addresses, so that an address which is added later has not been probed yet.
  var probesServiceAddresses: Bool {
    switch self {
    case .exec: true
    case .tcp(let address, _): address == nil
    case .dns(let check): check.server == nil
    }
  }
}

extension DNSCheck.Expectation {
  fileprivate var words: String {
    switch self {
    case .any: ""
    case .address(let address): " expect \(address)"
    case .nxdomain: " expect nxdomain"
    case .rcode(let code): " expect rcode \(code)"
    }
  }
}

extension Duration {
  /// The duration as the dialect writes it, in the largest unit that divides it: `500ms`, `1s`, `5m`.
  package var dialectText: String {
    let microseconds = nanoseconds / 1_000
    guard microseconds % 1_000 == 0 else { return "\(microseconds)us" }
    let milliseconds = microseconds / 1_000
    guard milliseconds % 1_000 == 0, milliseconds != 0 else { return "\(milliseconds)ms" }
    let seconds = milliseconds / 1_000
    guard seconds % 60 == 0 else { return "\(seconds)s" }
    return seconds % 3_600 == 0 ? "\(seconds / 3_600)h" : "\(seconds / 60)m"
  }
}
