import ControlAPI
import Testing

@Suite("Whether a node is healthy, in one line")
struct HealthTests {
  private static let now = Timestamp(millisecondsSince1970: 1_763_696_332_000)

  private static let neighbor = NeighborReport(
    protocol: .ospfV2, addressFamily: .ipv4, routerID: "192.0.2.1", priority: 1, state: .full, role: .dr, deadSeconds: 35,
    address: "10.0.0.1", interface: "eth0", interfaceAddress: "10.0.0.2", area: "0.0.0.0", designatedRouter: "10.0.0.1",
    backupDesignatedRouter: nil, stateAgeSeconds: 3000, stateChangeCount: 6, retransmissionCount: 0, requestCount: 0,
    summaryCount: 0)

  private static let interface = InterfaceReport(
    protocol: .ospfV2, addressFamily: .ipv4, interface: "eth0", index: 2, address: "10.0.0.2", subnet: "10.0.0.2/24",
    area: "0.0.0.0", state: .drOther, networkType: .broadcast, cost: 10, priority: 0, mtu: 1500, up: true, passive: false,
    helloIntervalSeconds: 10, deadIntervalSeconds: 40, retransmitIntervalSeconds: 5, helloDueSeconds: 3,
    designatedRouter: "10.0.0.1", backupDesignatedRouter: nil, neighborCount: 1, adjacencyCount: 1,
    packetsReceived: PacketCounts(hello: 300), packetsSent: PacketCounts(hello: 301), packetsRefused: 0)

  private static func service(_ name: String, _ state: ServiceStateName, _ reason: String = "check dns passes") -> ServiceReport {
    ServiceReport(
      name: name, description: nil, state: state, reason: reason, since: now.advanced(bySeconds: -180),
      addresses: [
        ServiceAddressReport(
          address: "192.0.2.53", prefix: "192.0.2.53/32", advertised: state == .up, metric: 20, withheldReason: nil,
          acknowledged: true, present: true, drain: nil)
      ], addressMode: .always, device: "lo", passingChecks: 1, checkCount: 1, require: "all", drain: nil)
  }

  private struct Node {
    var status = StatusReport(
      version: "1", processID: 42, state: .running, startedAt: now, uptimeSeconds: 3600, configurationFiles: ["a.conf"],
      configurationLoadedAt: now,
      instances: [
        InstanceReport(
          protocol: .ospfV2, addressFamily: .ipv4, routerID: "192.0.2.2", areas: ["0.0.0.0"], interfaceCount: 1, neighborCount: 1,
          adjacencyCount: 1, lsaCount: 3, advertisements: [])
      ], services: [:])
    var interfaces = [HealthTests.interface]
    var neighbors = [HealthTests.neighbor]
    var services = [HealthTests.service("dns", .up), HealthTests.service("web", .up)]

    var health: HealthReport {
      HealthReport(status: status, interfaces: interfaces, neighbors: neighbors, services: services, at: now)
    }
  }

  @Test("What is well is counted")
  func well() {
    #expect(Node().health.line == "OK: 2 services advertised, 1 adjacency Full")
    #expect(Node().health.state == .ok)
  }

  @Test("The last resort is a problem, although it is advertised")
  func lastResort() {
    var node = Node()
    node.services[0] = Self.service("dns", .lastResort, "check dns failed 3 times; no other node serves 192.0.2.53")
    #expect(
      node.health.line == "PROBLEM: dns is the last resort 3 min: check dns failed 3 times; no other node serves 192.0.2.53")
  }

  @Test("What is not is named, with its reason")
  func problems() {
    var node = Node()
    node.services.append(Self.service("radius", .down, "no answer from 192.0.2.9"))
    var other = Self.interface
    (other.interface, other.address, other.adjacencyCount, other.neighborCount) = ("eth1", "10.0.1.2", 0, 0)
    node.interfaces.append(other)
    #expect(node.health.line == "PROBLEM: radius down 3 min (no answer from 192.0.2.9), eth1 has no neighbor")
    node.interfaces[1].up = false
    #expect(node.health.problems.last == "eth1 is down")
  }

  @Test("An interface that stays away because of a flood is a problem until it is back")
  func databaseOverflow() {
    var node = Node()
    (node.interfaces[0].state, node.interfaces[0].adjacencyCount) = (.down, 0)
    node.interfaces[0].databaseOverflow = DatabaseOverflowReport(
      limit: "link state advertisements", routerID: "192.0.2.1", address: "10.0.0.1", count: 1, holdOffSeconds: 50)
    #expect(node.health.line.contains("stays away from the network for 50 s more: 192.0.2.1 floods"))
    node.interfaces[0].databaseOverflow?.holdOffSeconds = nil
    #expect(!node.health.line.contains("stays away"))
  }

  @Test("An adjacency over which no route leads is a problem, after a while")
  func noRoute() {
    var node = Node()
    node.neighbors[0].linkBackMissing = .transitNetwork
    #expect(node.health.state == .problem)
    #expect(node.health.line.contains("192.0.2.1 on eth0"))
    node.neighbors[0].stateAgeSeconds = 5
    #expect(node.health.state == .ok)
  }

  @Test("What somebody has done by hand, and what may yet come, is a warning")
  func warnings() {
    var node = Node()
    node.services[1] = Self.service("web", .drained, "kernel update")
    node.services[1].drain = DrainReport(reason: "kernel update", until: nil)
    #expect(node.health.line == "WARNING: web drained 3 min (kernel update)")
    node = Node()
    node.status.failedReload = FailedReloadReport(at: Self.now.advanced(bySeconds: -7200), errors: ["a.conf:3:1: no"])
    #expect(node.health.line == "WARNING: the reload 2 h ago failed: a.conf:3:1: no")
    node = Node()
    node.status.uptimeSeconds = 5
    (node.neighbors, node.interfaces[0].adjacencyCount) = ([], 0)
    #expect(node.health.line == "WARNING: eth0 has no neighbor")
    node.status.uptimeSeconds = 50
    #expect(node.health.state == .problem)
  }

  @Test("Where the line is too long it names what it is about, as far as there is room")
  func headline() {
    var node = Node()
    for name in ["radius", "ldap", "syslog"] {
      node.services.append(Self.service(name, .down, String(repeating: "no answer ", count: 9)))
    }
    node.services[1] = Self.service("web", .drained, "kernel update")
    node.services[1].drain = DrainReport(reason: "kernel update", until: nil)
    #expect(node.health.headline(width: 80) == "PROBLEM: radius, ldap, syslog, web")
    #expect(node.health.headline(width: 30) == "PROBLEM: radius and 3 more")
    #expect(node.health.headline(width: 500) == node.health.line)
    #expect(Node().health.headline(width: 10) == Node().health.line)
  }

  @Test("A key that ends soon and has no successor is a warning, no key at all a problem")
  func keys() {
    var node = Node()
    node.interfaces[0].authentication = .md5
    node.interfaces[0].authenticationKeys = [
      KeyReport(id: 1, algorithm: .md5, sending: true, accepted: true, sendEndsSeconds: 3 * 86_400)
    ]
    #expect(node.health.line == "WARNING: key 1 of eth0 ends in 3 days, and none takes its place")
    node.interfaces[0].authenticationKeys.append(
      KeyReport(id: 2, algorithm: .md5, sending: false, accepted: true, sendBeginsSeconds: 86_400))
    #expect(node.health.state == .ok)
    node.interfaces[0].authenticationKeys = []
    #expect(node.health.line == "PROBLEM: eth0 has no key in force, and nothing is sent")
  }

  @Test("No sentence says a word twice")
  func words() {
    var node = Node()
    node.services = [
      Self.service("dns", .damped, "held down for 60s after 6 changes of state"), Self.service("web", .draining, "by command"),
    ]
    #expect(node.health.line == "PROBLEM: dns is held down for 60s after 6 changes of state, web draining 3 min")
  }
}
