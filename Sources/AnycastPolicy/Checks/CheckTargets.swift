import OSPFWire

/// Whom a check asks.
extension CheckKind {
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
