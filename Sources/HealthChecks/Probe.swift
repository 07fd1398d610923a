import AnycastPolicy
import NIOCore
import OSPFWire

/// One way to find out whether a service works.
protocol Probe: Sendable {
  /// Probes once. When the task is cancelled, everything that was opened or started is ended, and the verdict says what was
  /// still being waited for.
  func run() async -> Verdict
}

/// What a check of one service is, as far as its probes depend on it.
struct CheckSpecification: Hashable, Sendable {
  let service: String
  let addresses: [IPAddress]
  /// What is probed where the check names no target.
  let targets: [IPAddress]
  let configuration: CheckConfiguration

  /// The default target is the service's own addresses, because they are what is advertised. In mode `healthy` they are on no
  /// device while the service is down, and a probe of them would reach another node, so there it is the loopback address.
  init(_ service: ServiceConfiguration, _ configuration: CheckConfiguration) {
    self.service = service.name
    self.configuration = configuration
    addresses = service.addresses.map(\.address)
    targets = service.addressMode == .healthy ? Self.loopbacks(for: addresses) : addresses
  }

  private static func loopbacks(for addresses: [IPAddress]) -> [IPAddress] {
    let v4: IPAddress? = addresses.contains { $0.v4 != nil } ? .v4(IPv4Address(127, 0, 0, 1)) : nil
    let v6: IPAddress? = addresses.contains { $0.v6 != nil } ? .v6(IPv6Address(high: 0, low: 1)) : nil
    return [v4, v6].compactMap { $0 }
  }

  /// The probe that the check asks for.
  func makeProbe(on eventLoop: any EventLoop, commandUser: CommandUser) -> any Probe {
    func asked(_ address: IPAddress?) -> [IPAddress] { address.map { [$0] } ?? targets }
    return switch configuration.kind {
    case .dns(let check): DNSProbe(check: check, servers: asked(check.server), eventLoop: eventLoop)
    case .exec(let command): CommandProbe(command: command, service: service, addresses: addresses, user: commandUser)
    case .file(let path, let condition): FileProbe(path: path, condition: condition)
    case .http(let check): HTTPProbe(check: check, targets: asked(check.target), eventLoop: eventLoop)
    case .icmp(let address): ICMPProbe(address: address, eventLoop: eventLoop)
    // A virtual service has the service's own address, also while that is on no device.
    case .ipvs(let check): IPVSProbe(check: check, addresses: check.address.map { [$0] } ?? addresses)
    case .ntp(let check): NTPProbe(check: check, servers: asked(check.server), eventLoop: eventLoop)
    case .radius(let check): RADIUSProbe(check: check, servers: asked(check.server), eventLoop: eventLoop)
    case .syslog(let check): SyslogProbe(check: check, targets: asked(check.sendAddress), eventLoop: eventLoop)
    case .systemd(let unit): SystemdProbe(unit: unit)
    case .tcp(let address, let ports): TCPProbe(targets: asked(address), ports: ports, eventLoop: eventLoop)
    }
  }
}

/// Probes every target at the same time. All must pass; the reason names each one that did not.
func verdict<Target: Sendable>(
  ofAll targets: [Target], probe: @escaping @Sendable (Target) async -> (name: String, failure: String?)
) async -> Verdict {
  guard !targets.isEmpty else { return .failing(reason: "the service has no address to check") }
  let failures = await withTaskGroup(of: (position: Int, text: String?).self) { group in
    for (position, target) in targets.enumerated() {
      group.addTask {
        let result = await probe(target)
        return (position, result.failure.map { "\(result.name): \($0)" })
      }
    }
    var failures: [(position: Int, text: String)] = []
    for await (position, text) in group {
      if let text { failures.append((position, text)) }
    }
    return failures.sorted { $0.position < $1.position }.map(\.text)
  }
  return failures.isEmpty ? .passing(detail: nil) : .failing(reason: failures.joined(separator: "; "))
}
