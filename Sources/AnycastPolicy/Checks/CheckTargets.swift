import OSPFProtocol
import OSPFWire

extension CheckKind {
  /// The word after `check`: `dns`, `https`.
  public var keyword: String {
    switch self {
    case .dns: "dns"
    case .exec: "exec"
    case .file: "file"
    case .http(let check): check.url.scheme.rawValue
    case .icmp: "icmp"
    case .ipvs: "ipvs"
    case .ntp: "ntp"
    case .radius: "radius"
    case .syslog: "syslog"
    case .systemd: "systemd"
    case .tcp: "tcp"
    }
  }

  /// The check in the words of the dialect, for people: `dns name www.example.net type A`. What is the default is not said, and
  /// no secret.
  public var summary: String { words(showingDefaults: false, showingSecrets: false) }

  /// The check in the words of the dialect. With secrets it reads back as an equal value; without, their place is taken by a word
  /// that is refused.
  package func words(showingDefaults: Bool, showingSecrets: Bool) -> String {
    var wording = CheckWording(showsDefaults: showingDefaults, showsSecrets: showingSecrets)
    wording.say(keyword)
    switch self {
    case .dns(let check): check.say(in: &wording)
    case .exec(let command): for word in command { wording.say(Self.quoted(word)) }
    case .file(let path, let condition):
      wording.say(Self.quoted(path))
      wording.say(condition.rawValue)
    case .http(let check): check.say(in: &wording)
    case .icmp(let address): wording.say("\(address)")
    case .ipvs(let check): check.say(in: &wording)
    case .ntp(let check): check.say(in: &wording)
    case .radius(let check): check.say(in: &wording)
    case .syslog(let check): check.say(in: &wording)
    case .systemd(let unit): wording.say(unit)
    case .tcp(let address, let ports):
      if let address { wording.say("\(address)") }
      for port in ports { wording.say("port \(port)") }
    }
    return wording.text
  }

  /// Whether the check probes the service's own addresses where it names no target.
  public var probesServiceAddresses: Bool {
    switch self {
    case .dns(let check): check.server == nil
    case .exec: true
    case .http(let check): check.target == nil
    case .ipvs(let check): check.address == nil
    case .ntp(let check): check.server == nil
    case .radius(let check): check.server == nil
    case .syslog(let check): check.sendAddress == nil
    case .tcp(let address, _): address == nil
    case .file, .icmp, .systemd: false
    }
  }

  /// The ports that the check asks on the service's own addresses: none where it names somebody else, or asks nothing that has a port.
  public var servicePorts: [CheckedPort] {
    guard probesServiceAddresses else { return [] }
    switch self {
    case .dns(let check):
      let transports: [CheckedPort.Transport] =
        switch check.transport {
        case .udp: [.udp]
        case .tcp: [.tcp]
        case .both: [.udp, .tcp]
        }
      return transports.map { CheckedPort(transport: $0, port: check.port) }
    case .http(let check): return [CheckedPort(transport: .tcp, port: check.nearest.port)]
    case .ntp(let check): return [CheckedPort(transport: .udp, port: check.port)]
    case .radius(let check): return [CheckedPort(transport: .udp, port: check.port)]
    case .syslog(let check): return [CheckedPort(transport: check.transport == .tcp ? .tcp : .udp, port: check.sendPort)]
    case .tcp(_, let ports): return ports.map { CheckedPort(transport: .tcp, port: $0) }
    case .exec, .file, .icmp, .ipvs, .systemd: return []
    }
  }

  /// The address to which a probe sends something, where the check names one. A virtual service of IPVS is looked up in a table, and
  /// asked nothing.
  public var namedTarget: IPAddress? {
    switch self {
    case .dns(let check): check.server
    case .http(let check): check.target
    case .icmp(let address): address
    case .ntp(let check): check.server
    case .radius(let check): check.server
    case .syslog(let check): check.sendAddress
    case .tcp(let address, _): address
    case .exec, .file, .ipvs, .systemd: nil
    }
  }
}

/// A port that is asked.
public struct CheckedPort: Hashable, Sendable {
  public var transport: Transport
  public var port: UInt16

  public enum Transport: Hashable, Sendable {
    case tcp, udp
  }

  public init(transport: Transport, port: UInt16) {
    self.transport = transport
    self.port = port
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
