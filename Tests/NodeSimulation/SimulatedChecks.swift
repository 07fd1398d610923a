import AnycastNode
import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// A host's checks, and what its servers answer.
extension SimulatedHost {
  func run(_ checks: [CheckAssignment]) {
    let former = assignments
    assignments = Dictionary(uniqueKeysWithValues: checks.map { ($0.number, $0) })
    for check in checks where former[check.number] == nil {
      let isInPlaceOfAnother = former.values.contains { $0.service == check.service }
      let phase = isInPlaceOfAnother ? .zero : agenda.random.duration(.zero...(.seconds(1)))
      later(phase) { $0.probe(check.number) }
    }
  }

  private func isHere(_ address: IPAddress) -> Bool { kernel.addresses.contains { $0.address == address } }

  private func probe(_ number: Int) {
    guard let check = assignments[number], let service = SimulatedService.allCases.first(where: { $0.name == check.service }),
      let server = servers[service]
    else { return }
    let begin = agenda.now
    let wasOnHost = check.anycastTargets.allSatisfy(isHere)
    let answers = check.targets.map { answer(at: $0, of: service, server) }
    let isHanging = server.state == .hanging
    let latency = isHanging ? .milliseconds(500) : agenda.random.duration(.milliseconds(1)...(.milliseconds(60)))
    later(latency) { host in
      guard host.assignments[number] != nil else { return }
      let isOnHost = wasOnHost && check.anycastTargets.allSatisfy(host.isHere)
      let passes = !isHanging && !check.targets.isEmpty && answers.allSatisfy { $0 } && isOnHost
      let verdict = passes ? Verdict.passing(detail: nil) : .failing(reason: "no answer")
      if passes { host.witness.passed(service, check.targets, host, since: begin) }
      host.call {
        $0.record(
          ProbeOutcome(check: check, verdict: verdict, duration: latency, nextProbe: .seconds(1) - latency), at: $1)
      }
      host.later(.seconds(1) - latency) { $0.probe(number) }
    }
  }

  /// What somebody who asks a target from here is answered: the address of a service that this host lacks is another node's.
  private func answer(at target: IPAddress, of service: SimulatedService, _ server: SimulatedServer) -> Bool {
    guard SimulatedService(address: target) == service else { return server.state == .up }
    if isHere(target) { return server.servesAddress }
    return witness.hosts.contains { $0 !== self && $0.isHere(target) && $0.servers[service]?.servesAddress == true }
  }
}
