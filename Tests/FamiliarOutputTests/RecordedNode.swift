import ControlAPI
import FamiliarOutput
import FoundationEssentials
import OSPFWire

/// The router whose answers were recorded, as this daemon would have described itself in its place.
enum RecordedNode {
  private static let directory =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/Recorded"

  /// What vtysh printed when it was asked for this.
  static func answer(_ words: String) throws -> String {
    let name = "show-" + words.replacing(" ", with: "-")
    return try String(contentsOfFile: "\(directory)/\(name).txt", encoding: .utf8)
  }

  static let routerID = "192.0.2.2"
  private static let neighborID = "192.0.2.1"
  private static let areas = ["0.0.0.0", "0.0.0.5", "0.0.0.6"]
  private static let isPointToPoint = [false, true, false]
  private static let stateAges = [295.4, 327.5, 295.4]

  /// The node with all that it says of itself.
  static func state() throws -> NodeState {
    let status = StatusReport(
      version: "", processID: 1, state: .running, startedAt: .now, uptimeSeconds: 335.2, configurationFiles: [],
      configurationLoadedAt: .now, instances: ProtocolName.allCases.map(instance), services: [:])
    return NodeState(
      status: status, interfaces: ProtocolName.allCases.flatMap { name in areas.indices.map { interface($0, name) } },
      neighbors: ProtocolName.allCases.flatMap { name in areas.indices.map { neighbor($0, name) } }, database: try database())
  }

  private static func family(_ name: ProtocolName) -> AddressFamilyName { name == .ospfV2 ? .ipv4 : .ipv6 }

  private static func instance(_ name: ProtocolName) -> InstanceReport {
    var report = InstanceReport(
      protocol: name, addressFamily: family(name), routerID: routerID, areas: areas, interfaceCount: 3, neighborCount: 3,
      adjacencyCount: 3, lsaCount: 0,
      advertisements: [
        AdvertisementReport(
          prefix: "192.0.2.53/32", kind: .external, metric: 20, metricType: 2, tag: 0, acknowledged: true)
      ])
    report.areaKinds = ["0.0.0.0": .normal, "0.0.0.5": .nssa, "0.0.0.6": .stub]
    return report
  }

  private static func address(_ network: Int, _ host: Int, _ name: ProtocolName) -> String {
    name == .ospfV2 ? "10.0.\(network).\(host)" : network == 0 ? "fe80::\(host)" : "fe80::\(network):\(host)"
  }

  private static func designated(_ network: Int, _ host: Int, _ name: ProtocolName) -> String? {
    isPointToPoint[network] ? nil : name == .ospfV2 ? address(network, host, name) : "192.0.2.\(host)"
  }

  private static func interface(_ number: Int, _ name: ProtocolName) -> InterfaceReport {
    var report = InterfaceReport(
      protocol: name, addressFamily: family(name), interface: "eth\(number)", index: UInt32(number + 2),
      address: address(number, 2, name), subnet: name == .ospfV2 ? "10.0.\(number).2/24" : nil, area: areas[number],
      state: isPointToPoint[number] ? .pointToPoint : .dr,
      networkType: isPointToPoint[number] ? .pointToPoint : .broadcast, cost: 10, priority: 1, mtu: 1500, up: true,
      passive: false, helloIntervalSeconds: 10, deadIntervalSeconds: 40, retransmitIntervalSeconds: 5, helloDueSeconds: 4.5,
      designatedRouter: designated(number, 2, name), backupDesignatedRouter: designated(number, 1, name), neighborCount: 1,
      adjacencyCount: 1, packetsReceived: counts(number, name, sent: false), packetsSent: counts(number, name, sent: true),
      packetsRefused: 0)
    report.deviceAddresses = [
      "10.0.\(number).2/24", "2001:db8:\(number == 0 ? "" : "\(number)")::2/64".replacing(":::", with: "::"),
      "\(address(number, 2, .ospfV3))/64",
    ]
    report.deviceFlags = ["UP", "BROADCAST", "RUNNING", "MULTICAST"]
    report.speedMbit = 10000
    report.instanceID = name == .ospfV3 ? 0 : nil
    return report
  }

  /// As in the recorded answers to `interface traffic`.
  private static func counts(_ number: Int, _ name: ProtocolName, sent: Bool) -> PacketCounts {
    let received: [[UInt64]] =
      name == .ospfV2
      ? [[33, 3, 1, 4, 2], [33, 3, 1, 3, 3], [33, 3, 1, 3, 2]] : [[33, 3, 1, 16, 3], [33, 2, 1, 3, 2], [33, 3, 1, 62, 2]]
    let transmitted: [[UInt64]] =
      name == .ospfV2
      ? [[34, 2, 1, 2, 3], [34, 2, 1, 3, 2], [34, 2, 1, 2, 2]] : [[34, 2, 1, 13, 3], [34, 2, 1, 3, 2], [34, 2, 1, 62, 2]]
    let counts = sent ? transmitted[number] : received[number]
    return PacketCounts(
      hello: counts[0], databaseDescription: counts[1], linkStateRequest: counts[2], linkStateUpdate: counts[3],
      linkStateAcknowledgment: counts[4])
  }

  private static func neighbor(_ number: Int, _ name: ProtocolName) -> NeighborReport {
    var report = NeighborReport(
      protocol: name, addressFamily: family(name), routerID: neighborID, priority: 1, state: .full,
      role: isPointToPoint[number] ? NeighborRole.none : .backup, deadSeconds: 33.2, address: address(number, 1, name),
      interface: "eth\(number)", interfaceAddress: address(number, 2, name), area: areas[number],
      designatedRouter: designated(number, 2, name), backupDesignatedRouter: designated(number, 1, name),
      stateAgeSeconds: stateAges[number], stateChangeCount: isPointToPoint[number] ? 4 : 5,
      retransmissionCount: name == .ospfV3 && number == 2 ? 1 : 0, requestCount: 0, summaryCount: 0)
    report.optionBits = [2, 8, 0][number]
    report.interfaceID = name == .ospfV3 ? UInt32(number + 2) : nil
    report.master = true
    report.ddSequenceNumber = isPointToPoint[number] ? 0x5266_0000 : 0x7366_0000
    return report
  }

  private static func database() throws -> [LSAReport] {
    try String(contentsOfFile: directory + "/lsas.txt", encoding: .utf8).split(separator: "\n").map { line in
      let words = line.split(separator: " ").map(String.init)
      let version: OSPFVersion = words[0] == "OSPFv2" ? .v2 : .v3
      let name: ProtocolName = version == .v2 ? .ospfV2 : .ospfV3
      let octets = stride(from: 0, to: words[3].count, by: 2).compactMap { offset in
        let start = words[3].index(words[3].startIndex, offsetBy: offset)
        return UInt8(words[3][start..<words[3].index(start, offsetBy: 2)], radix: 16)
      }
      let header = try LSAHeader.decode(octets.span.bytes, version: version)
      var report = LSAReport(
        protocol: name, addressFamily: family(name),
        scope: words[1] == "area" ? .area : words[1] == "link" ? .link : .autonomousSystem,
        area: words[1] == "area" ? words[2] : nil, interface: words[1] == "link" ? words[2] : nil,
        lsType: Int(header.key.lsType.rawValue), lsTypeName: header.key.lsType.name(version),
        linkStateID: header.key.linkStateID.description, advertisingRouter: header.key.advertisingRouter.description,
        ageSeconds: Int(header.lsAge), options: "", sequenceNumber: header.sequenceNumber.description, checksum: "",
        length: Int(header.length), selfOriginated: header.key.advertisingRouter.description == routerID, body: nil)
      report.octets = words[3]
      return report
    }
  }
}
