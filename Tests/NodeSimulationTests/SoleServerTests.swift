import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@testable import NodeSimulation

@Suite("Whether this node is the only one")
struct SoleServerTests {
  @Test("The question is answered from the database, and who waits to leave does so when another node serves")
  func leaving() throws {
    let fleet = try GuardedFleet(seed: 1)
    let dns = IPAddress.v4(IPv4Address(192, 0, 2, 53))
    let stays = try #require(fleet.hosts.first)
    func alone(_ names: [String] = []) -> [IPAddress]? { stays.node?.addressesServedHereOnly(names, at: fleet.agenda.now) }
    #expect(alone() == [])
    for host in fleet.hosts.dropFirst() { host.crash() }
    // Until the dead interval is over the routers believe in them as well.
    #expect(alone() == [])
    fleet.run(for: .seconds(20))
    #expect(alone() == [dns])
    #expect(alone(["dns"]) == [dns] && alone(["192.0.2.53"]) == [dns] && alone(["192.0.2.53/32"]) == [dns])
    #expect(alone(["web"]) == [])
    var waitsFor: [IPAddress] = []
    stays.call { waitsFor = $0.leaveWhenServedElsewhere(at: $1) }
    #expect(waitsFor == [dns])
    fleet.run(for: .seconds(60))
    #expect(stays.state == .up)
    try fleet.hosts[1].start()
    fleet.run(for: .seconds(30))
    #expect(stays.node == nil, "another node serves, and this one has left")
  }

  @Test("A node that is the last resort is no help: who serves beside it is the only one")
  func besideLastResort() throws {
    let fleet = try GuardedFleet(seed: 2)
    let stays = try #require(fleet.hosts.first)
    for host in fleet.hosts.dropFirst() { host.isWell = false }
    fleet.run(for: .seconds(60))
    #expect(stays.node?.addressesServedHereOnly(at: fleet.agenda.now) == [.v4(IPv4Address(192, 0, 2, 53))])
  }

  @Test("Without a neighbor nobody comes here, and nothing is asked")
  func withoutNeighbor() throws {
    let fleet = try GuardedFleet(seed: 3)
    let stays = try #require(fleet.hosts.first)
    for host in fleet.hosts.dropFirst() { host.crash() }
    for router in fleet.routers { router.crash() }
    fleet.run(for: .seconds(30))
    #expect(stays.node?.addressesServedHereOnly(at: fleet.agenda.now) == [])
  }
}
