import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct SimulationTests {
  @Test(
    "after any faults the network comes to rest with all adjacencies, equal databases and the right prefixes",
    arguments: Seeds.instances, Seeds.all)
  func invariantsHold(instance: ProtocolInstance, seed: UInt64) throws {
    let simulation = Simulation(instance, seed: seed)
    if Seeds.isSingle { Narrator.listen(to: simulation.network) }
    defer { if Seeds.isSingle { Narrator.tell(simulation.network) } }
    try simulation.run()
  }

  @Test("the same seed gives the same run, to the octet", arguments: ProtocolInstance.allCases, [UInt64(3), 17, 40])
  func sameSeedSameTrace(instance: ProtocolInstance, seed: UInt64) {
    let runs = (0..<2).map { _ in
      let simulation = Simulation(instance, seed: seed)
      simulation.disturb()
      return simulation.network
    }
    #expect(runs[0].transmissionCount > 50)
    #expect(runs[0].trace == runs[1].trace)
    #expect(runs[0].events.map(\.event) == runs[1].events.map(\.event))
    #expect(runs[0].events.map(\.time) == runs[1].events.map(\.time))
  }

  @Test("another seed gives another run", arguments: ProtocolInstance.allCases)
  func anotherSeedAnotherTrace(instance: ProtocolInstance) {
    let traces = [UInt64(1), 2].map { seed in
      let simulation = Simulation(instance, seed: seed)
      simulation.disturb()
      return simulation.network.trace
    }
    #expect(traces[0] != traces[1])
  }
}

/// Tells a person what happens in a run.
enum Narrator {
  static func listen(to network: VirtualNetwork) {
    network.onTransmission = { [version = network.instance.version] time, host, transmission in
      guard let packet = try? SentPacket(transmission, version, at: time), packet.type != .hello else { return }
      print("host \(host) \(packet)")
    }
  }

  static func tell(_ network: VirtualNetwork) {
    for (time, host, event) in network.events { print("\(Double(time.nanoseconds) / 1e9)s host \(host): \(event)") }
    for host in network.hosts.indices {
      print("host \(host) \(network.hosts[host].routerID)")
      for interface in network.interfaces(host) {
        print(
          "  \(interface.reference.address) \(interface.state.rawValue) DR \(interface.designatedRouter) BDR \(interface.backupDesignatedRouter)"
        )
      }
      for neighbor in network.neighbors(host) {
        print("  neighbor \(neighbor.reference.routerID) \(neighbor.reference.address) \(neighbor.state)")
      }
      for lsa in network.database(host) { print("  \(lsa.header.summary)") }
    }
  }
}
