import ControlAPI
import Diagnosis
import OSPFWire

/// Reports of a daemon that is well: one uplink, one neighbor, one service, one check. Each test breaks what it is about.
struct HandMade {
  var reports: DaemonReports
  var host = HostFacts()

  init() {
    let advertisement = AdvertisementReport(
      prefix: "192.0.2.53/32", kind: .external, metric: 20, metricType: 2, tag: 0, acknowledged: true)
    reports = DaemonReports(
      status: StatusReport(
        version: "1", processID: 42, state: .running, startedAt: .now, uptimeSeconds: 3600, configurationFiles: ["a.conf"],
        configurationLoadedAt: .now,
        instances: [
          InstanceReport(
            protocol: .ospfV2, addressFamily: .ipv4, routerID: "192.0.2.2", areas: ["0.0.0.0"], interfaceCount: 1,
            neighborCount: 1, adjacencyCount: 1, lsaCount: 3, advertisements: [advertisement])
        ], services: ["up": 1]),
      interfaces: [Self.interface], neighbors: [Self.neighbor], services: [Self.service], checks: [Self.check])
    reports.interfaces[0].authentication = .simplePassword
    host.capabilities = .init(netRaw: true, netAdmin: true)
    host.groups = ["eth0": ["224.0.0.5", "ff02::5"]]
    host.listeners = [.init(.udp, "0.0.0.0", port: 53)]
    host.rawSockets = [.init(inode: 7, owner: .init(id: 42, name: "anycast-ospfd"))]
    host.defaultRouteDevices = ["eth0"]
    host.ipv6Addresses = []
    var device = HostFacts.Device()
    (device.isUp, device.hasCarrier, device.answersARP, device.receivedPackets) = (true, true, true, 100)
    (device.reversePathFilter, device.arpIgnore, device.arpAnnounce) = (1, 0, 0)
    host.devices = ["eth0": device, "lo": HostFacts.Device()]
  }

  /// What a diagnosis finds.
  var findings: [Finding] { diagnosis.findings }
  var diagnosis: Diagnosis { Diagnosis(Observation(daemon: .success(reports), host: host)) }

  /// Without its neighbor.
  static var lonely: HandMade {
    var made = HandMade()
    made.reports.neighbors = []
    made.reports.interfaces[0].designatedRouter = nil
    made.reports.services = []
    made.reports.checks = []
    return made
  }

  private static let interface = InterfaceReport(
    protocol: .ospfV2, addressFamily: .ipv4, interface: "eth0", index: 2, address: "10.0.0.2", subnet: "10.0.0.2/24",
    area: "0.0.0.0", state: .drOther, networkType: .broadcast, cost: 10, priority: 0, mtu: 1500, up: true, passive: false,
    helloIntervalSeconds: 10, deadIntervalSeconds: 40, retransmitIntervalSeconds: 5, helloDueSeconds: 3,
    designatedRouter: "10.0.0.1", backupDesignatedRouter: nil, neighborCount: 1, adjacencyCount: 1,
    packetsReceived: PacketCounts(hello: 300), packetsSent: PacketCounts(hello: 301), packetsRefused: 0)

  static let neighbor = NeighborReport(
    protocol: .ospfV2, addressFamily: .ipv4, routerID: "192.0.2.1", priority: 1, state: .full, role: .dr, deadSeconds: 35,
    address: "10.0.0.1", interface: "eth0", interfaceAddress: "10.0.0.2", area: "0.0.0.0", designatedRouter: "10.0.0.1",
    backupDesignatedRouter: nil, stateAgeSeconds: 3000, stateChangeCount: 6, retransmissionCount: 0, requestCount: 0,
    summaryCount: 0)

  private static let service = ServiceReport(
    name: "dns", description: nil, state: .up, reason: "check dns passes", since: Timestamp.now.advanced(bySeconds: -900),
    addresses: [
      ServiceAddressReport(
        address: "192.0.2.53", prefix: "192.0.2.53/32", advertised: true, metric: 20, withheldReason: nil, acknowledged: true,
        present: true, drain: nil)
    ], addressMode: .always, device: "lo", passingChecks: 1, checkCount: 1, require: "all", drain: nil)

  private static let check: CheckReport = {
    var check = CheckReport(
      service: "dns", number: 1, kind: "dns", summary: "dns name www.example.net type A", state: .passing, lastPassed: true,
      lastResult: "203.0.113.80", lastFinishedAt: .now, lastDurationSeconds: 0.01, nextProbeSeconds: 1, consecutivePasses: 9,
      consecutiveFailures: 0, intervalSeconds: 1, timeoutSeconds: 0.5, rise: 2, fall: 3)
    check.ports = [CheckedPortReport(.udp, 53)]
    return check
  }()
}

extension IPAddress: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = IPAddress(value) ?? .v4(.unspecified) }
}

extension IPv6Address {
  /// A link-local address.
  static let linkLocal = IPv6Address(high: 0xFE80_0000_0000_0000, low: 1)
  /// 2001:db8::53
  static let documentation = IPv6Address(high: 0x2001_0DB8_0000_0000, low: 0x53)
}
