import AnycastPolicy
import Configuration
import NIOCore
import OSPFWire

/// One way to find out whether a service works.
protocol Probe: Sendable {
  /// Probes once. When the task is cancelled, everything that was opened or started is ended, and the verdict says what was
  /// still being waited for.
  func run() async -> Verdict
}

extension CheckAssignment {
  /// The probe that the check asks for.
  func makeProbe(
    on eventLoop: any EventLoop, commandUser: CommandUser, isOnHost: @escaping @Sendable (IPAddress) -> Bool
  ) -> any Probe {
    let probe: @Sendable ([IPAddress]) -> any Probe
    switch configuration.kind {
    case .exec(let check): return CommandProbe(command: check.command, service: service, addresses: addresses, user: commandUser)
    case .file(let check): return FileProbe(path: check.path, condition: check.condition)
    // A virtual service has the service's own address, also while that is on no device.
    case .ipvs(let check): return IPVSProbe(check: check, addresses: check.address.map { [$0] } ?? addresses)
    case .systemd(let check): return SystemdProbe(unit: check.unit)
    case .dns(let check): probe = { DNSProbe(check: check, servers: $0, eventLoop: eventLoop) }
    case .http(let check): probe = { HTTPProbe(check: check, targets: $0, eventLoop: eventLoop) }
    case .icmp(let check): probe = { _ in ICMPProbe(address: check.address, eventLoop: eventLoop) }
    case .ntp(let check): probe = { NTPProbe(check: check, servers: $0, eventLoop: eventLoop) }
    case .radius(let check): probe = { RADIUSProbe(check: check, servers: $0, eventLoop: eventLoop) }
    case .syslog(let check): probe = { SyslogProbe(check: check, targets: $0, eventLoop: eventLoop) }
    case .tcp(let check): probe = { TCPProbe(targets: $0, ports: check.portNumbers, eventLoop: eventLoop) }
    }
    guard !targets.isEmpty else { return NobodyProbe(addresses: configuration.subject.target.address.map { [$0] } ?? addresses) }
    let asked: any Probe =
      awaited.isEmpty
      ? probe(targets)
      : AwaitedAddressProbe(targets: targets, awaited: awaited, ports: configuration.kind.servicePorts, probe: probe)
    guard !anycastTargets.isEmpty else { return asked }
    return HostProbe(probe: asked, addresses: anycastTargets, isOnHost: isOnHost)
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
