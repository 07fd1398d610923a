import AnycastPolicy
import NIOCore
import OSPFWire

/// One way to find out whether a service works.
protocol Probe: Sendable {
  /// Probes once. When the task is cancelled, everything that was opened or started is ended, and the verdict says what was
  /// still being waited for.
  func run() async -> Verdict
}

/// What probes are made with.
struct ProbeFactory: Sendable {
  /// Where sockets live.
  let eventLoop: any EventLoop
  /// Whom commands run as.
  let commandUser: CommandUser

  /// The probe for a check of a service that has these addresses.
  func probe(for kind: CheckKind, service: String, addresses: [IPAddress]) -> any Probe {
    switch kind {
    case .exec(let command):
      CommandProbe(command: command, service: service, addresses: addresses, user: commandUser)
    case .tcp(let address, let ports):
      TCPProbe(targets: address.map { [$0] } ?? addresses, ports: ports, eventLoop: eventLoop)
    case .dns(let check):
      DNSProbe(check: check, servers: check.server.map { [$0] } ?? addresses, eventLoop: eventLoop)
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
