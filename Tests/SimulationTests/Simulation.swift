import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// One seed's run: build, disturb, let it come to rest.
struct Simulation {
  let seed: UInt64
  let topology: Topology
  private let plan: DisturbancePlan
  var network: VirtualNetwork { topology.network }

  init(_ instance: ProtocolInstance, seed: UInt64) {
    self.seed = seed
    var random = SplitMix64(seed: seed)
    topology = Topology(instance, seed: seed, &random)
    plan = DisturbancePlan(topology, &random)
  }

  /// Disturbs the network, ends every fault, and waits until all invariants hold; throws when they do not.
  func run() throws {
    disturb()
    endFaults()
    try comeToRest()
  }

  /// What the plan says, to the end of the disturbed time.
  func disturb() {
    let begin = network.now
    for step in plan.steps {
      network.run(until: begin + step.after)
      if Seeds.isSingle { print("\(Double(network.now.nanoseconds) / 1e9)s \(step.what)") }
      step.what.apply(to: network)
    }
    network.run(until: begin + plan.length)
  }

  /// From here on the network is a good one and everybody takes part.
  func endFaults() {
    for segment in network.segments.indices {
      network.segments[segment].faults = .none
      network.segments[segment].sides = [:]
    }
    for host in network.hosts.indices {
      for interface in network.hosts[host].interfaces.indices {
        network.changeInterface(host, interface) {
          $0.isUp = true
          $0.settleLinkLocal(host: host)
        }
      }
      // A host that is leaving in this moment is started again when it has left.
      network.run(for: .seconds(network.hosts[host].isLeaving ? 4 : 0))
      if network.hosts[host].router == nil { network.start(host) }
    }
  }

  /// Time in which the slowest recovery that the RFC allows is over: a dead router is noticed, a new Designated Router is
  /// waited for, databases are exchanged, what was lost is sent again, what is old is flushed.
  private var timeout: Duration { topology.timers.dead * 4 + topology.timers.rxmt * 6 + .seconds(40) }

  private func comeToRest() throws {
    let end = network.now + timeout
    let quiet = max(topology.timers.rxmt, .seconds(5)) + .seconds(1)
    while true {
      network.run(for: .seconds(2))
      guard network.now - network.lastProtocolActivity > quiet || network.now > end else { continue }
      let violations = Invariants(topology).violations
      if violations.isEmpty { return }
      guard network.now < end else {
        throw TestFailure(
          "\(network.instance), seed \(seed), \(network.hosts.count) hosts, \(topology.area): "
            + "\(violations.prefix(5).joined(separator: "; "))\nrun it alone: \(Seeds.command(seed, network.instance))")
      }
    }
  }
}
