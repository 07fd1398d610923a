import AnycastNode
import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@testable import NodeSimulation

@Suite("One node drains at a time")
struct ExclusiveDrainTests {
  private static let dns = IPPrefix(host: .v4(IPv4Address(192, 0, 2, 53)))

  private static func node(_ number: UInt32) -> FleetNode { .router(RouterID(rawValue: number)) }

  /// Asks once, as an operator's command does every second.
  private func ask(_ host: GuardedHost) throws -> ExclusiveDrainProgress {
    var answer: Result<ExclusiveDrainProgress, DrainError>?
    host.call { node, now in
      answer = Result { () throws(DrainError) in
        try node.drainExclusively(["dns"], for: nil, reason: nil, isForced: false, at: now)
      }
    }
    return try #require(answer).get()
  }

  /// Asks every second, and returns the last answer.
  private func ask(_ host: GuardedHost, in fleet: MaintainedFleet, seconds: Int) throws -> ExclusiveDrainProgress {
    var progress = try ask(host)
    for _ in 0..<seconds {
      fleet.run(for: .seconds(1))
      progress = try ask(host)
    }
    return progress
  }

  private func causes(_ progress: ExclusiveDrainProgress) -> [DrainObstacle.Cause] {
    if case .waiting(let obstacles) = progress { obstacles.map(\.cause) } else { [] }
  }

  @Test("of those who ask at the same instant the lowest router ID goes first")
  func order() throws {
    let fleet = try MaintainedFleet(seed: 1, count: 4)
    for host in fleet.hosts.reversed() { fleet.maintain(host) }
    fleet.finish(within: .seconds(300))
    #expect(fleet.agenda.violations.isEmpty)
    #expect(fleet.drained == [101, 102, 103, 104])
  }

  @Test("what a node is stands in three bits of the tag")
  func tag() throws {
    let fleet = try MaintainedFleet(seed: 2, count: 2, hasDrainMetric: true)
    func tags() throws -> [UInt32] {
      let snapshot = try #require(fleet.hosts[1].node?.fleetSnapshot(at: fleet.agenda.now).first)
      return snapshot.advertisers.compactMap(\.tag)
    }
    #expect(try tags() == [0x1000_0000, 0x1000_0000])
    _ = try ask(fleet.hosts[0], in: fleet, seconds: 3)
    #expect(try tags() == [0x5000_0000, 0x6000_0000], "one waits, the other yields")
    #expect(try ask(fleet.hosts[0], in: fleet, seconds: 5) == .begun)
    fleet.run(for: .seconds(1))
    #expect(try tags() == [0x3000_0000, 0x1000_0000])
  }

  @Test("who no longer asks no longer waits, and the others are free again")
  func lease() throws {
    let fleet = try MaintainedFleet(seed: 3, count: 2)
    _ = try ask(fleet.hosts[0], in: fleet, seconds: 1)
    fleet.run(for: .seconds(30))
    #expect(fleet.hosts.map(\.state) == [.up, .up], "nobody drains unattended")
    #expect(try ask(fleet.hosts[1], in: fleet, seconds: 10) == .begun)
  }

  @Test("a node that has crashed, or has withdrawn, is waited for, by name or because it was seen", arguments: [false, true])
  func absent(areMembersKnown: Bool) throws {
    let fleet = try MaintainedFleet(seed: 4, count: 3, areMembersKnown: areMembersKnown, hasDrainMetric: false)
    fleet.hosts[2].call { try? $0.drain(["dns"], for: nil, reason: nil, at: $1) }
    fleet.run(for: .seconds(2))
    let obstacle = DrainObstacle(prefix: Self.dns, node: Self.node(103), cause: .down)
    #expect(try ask(fleet.hosts[0], in: fleet, seconds: 20) == .waiting([obstacle]))
    fleet.hosts[2].call { try? $0.undrain(["dns"], at: $1) }
    fleet.run(for: .seconds(5))
    fleet.hosts[2].crash()
    fleet.run(for: .seconds(20))
    #expect(try ask(fleet.hosts[0], in: fleet, seconds: 20) == .waiting([obstacle]))
    #expect(fleet.hosts[0].state == .up)
  }

  @Test("a node that has forgotten who else there is does not get the consent of those who remember")
  func forgetful() throws {
    let fleet = try MaintainedFleet(seed: 5, count: 3, areMembersKnown: false, hasDrainMetric: false)
    fleet.hosts[0].crash()
    fleet.hosts[2].call { try? $0.drain(["dns"], for: nil, reason: nil, at: $1) }
    fleet.run(for: .seconds(20))
    try fleet.hosts[0].start()
    fleet.run(for: .seconds(20))
    #expect(try causes(ask(fleet.hosts[0], in: fleet, seconds: 30)) == [.notYielding])
    #expect(fleet.hosts[0].state == .up)
  }

  @Test("the story tells of such a node often enough to notice one that does not wait for consent")
  func forgetfulStory() throws {
    var told = 0
    for seed in 1...20 {
      let fleet = try MaintainedFleet(seed: UInt64(seed), count: 4, areMembersKnown: false)
      #expect(try fleet.violations(isDisturbed: true).isEmpty, "seed \(seed)")
      told += fleet.forgetful == nil ? 0 : 1
    }
    #expect(told >= 10)
  }

  @Test("a node that is down already needs no consent, and waits for who is drained")
  func down() throws {
    let fleet = try MaintainedFleet(seed: 6, count: 2, hasDrainMetric: false)
    let host = try #require(fleet.hosts.first)
    host.isWell = false
    fleet.run(for: .seconds(60))
    #expect(try causes(ask(fleet.hosts[1], in: fleet, seconds: 10)) != [], "who is well waits for who is not")
    #expect(try ask(host, in: fleet, seconds: 10) == .begun)
  }

  @Test("without 'tag state' it is refused, and so it is where nobody else serves and that is to be refused")
  func refused() throws {
    let fleet = try GuardedFleet(seed: 1)
    #expect(throws: DrainError.tellsNoState("dns")) { try ask(fleet.hosts[0]) }
    let maintained = try MaintainedFleet(seed: 7, count: 2, areMembersKnown: false)
    let host = maintained.hosts[0]
    host.fileLines.append("on-last-drain refuse")
    host.crash()
    maintained.hosts[1].crash()
    try host.start()
    maintained.run(for: .seconds(30))
    #expect(throws: DrainError.servedHereOnly([Self.dns.address])) { try ask(host) }
  }

  @Test("without a neighbor nothing is known, and nobody drains")
  func alone() throws {
    let fleet = try MaintainedFleet(seed: 8, count: 2)
    let host = fleet.hosts[0]
    fleet.cutOff(host)
    fleet.run(for: .seconds(20))
    #expect(try causes(ask(host, in: fleet, seconds: 20)) == [.notSynchronized])
    #expect(host.state == .up)
  }
}
