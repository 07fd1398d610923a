import AnycastNode
import FlightRecords
import FoundationEssentials
import OSPFProtocol
import OSPFWire
import Testing

@testable import PacketCapture

@Suite("Recordings of the daemon")
struct FlightRecordingTests {
  private static let epoch: Int64 = 1_796_000_000_000_000_000

  private func packet(_ source: String, _ destination: String, on index: UInt32, _ octets: [UInt8]) throws -> FlightRecord.Packet
  {
    FlightRecord.Packet(
      interfaceIndex: index, source: try #require(IPAddress(source)), destination: try #require(IPAddress(destination)),
      direction: .outbound, bytes: octets)
  }

  @Test("libpcap reads the packets of every device with their times, and the events between them are found")
  func read() throws {
    let hello = Array(repeating: UInt8(2), count: 44)
    let later = Instant.zero + .nanoseconds(1_000_000_001)
    var bfd = try packet("10.0.0.2", "10.0.0.1", on: 2, Array(repeating: 0x20, count: 24))
    bfd.kind = .bfd
    let recording = FlightRecording(
      records: [
        FlightRecord(time: later, content: .packet(try packet("fe80::2", "ff02::5", on: 3, hello + [1]))),
        FlightRecord(time: .zero, content: .packet(try packet("10.0.0.2", "224.0.0.5", on: 2, hello))),
        FlightRecord(time: .zero + .milliseconds(500), content: .event("neighbor 192.0.2.1: Full -> Down\nsecond = line")),
        FlightRecord(time: .zero + .milliseconds(600), content: .packet(bfd)),
      ], comment: "anycast-ospfd 1: asked for", devices: [2: "eth0"], epoch: Self.epoch)
    let path = FileManager.default.temporaryDirectory.path + "/recording-\(UInt64.random(in: 0 ... .max)).pcapng"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(recording.pcapng).write(to: URL(fileURLWithPath: path))

    let (datagrams, unreadable) = try CaptureReader.read(path: path)
    #expect(unreadable.isEmpty)
    #expect(datagrams.map(\.bytes) == [hello, hello + [1]])
    #expect(datagrams.map(\.source.description) == ["10.0.0.2", "fe80::2"])
    #expect(datagrams.map(\.timestamp) == [.nanoseconds(Self.epoch), .nanoseconds(Self.epoch + 1_000_000_001)])
    let blocks = RecordingBlocks(path: path)
    let entries = blocks.entries
    #expect((0...4).map(blocks.device) == [nil, "eth0", "eth0", "interface 3", nil])
    #expect(entries.map(\.message) == ["neighbor 192.0.2.1: Full -> Down second = line"])
    #expect(entries.map(\.timestamp) == [.nanoseconds(Self.epoch + 500_000_000)])
  }

  @Test("Facts come back from the file as they went into it; what is damaged or unknown is no fact")
  func facts() throws {
    let interface = InterfaceReference(name: "eth0", address: .v4(IPv4Address(10, 0, 0, 1)), area: .backbone)
    let neighbor = NeighborReference(
      routerID: RouterID(rawValue: 0xC000_0201), address: .v4(IPv4Address(10, 0, 0, 2)), interface: interface)
    let peer = BFDPeer(interfaceIndex: 2, localAddress: interface.address, address: neighbor.address)
    var settings = InterfaceSettings(
      area: AreaID(rawValue: 3), networkType: .nonBroadcast, helloInterval: .milliseconds(250), routerDeadInterval: .seconds(1),
      neighbors: [ConfiguredNeighbor(address: neighbor.address, priority: 3)], bfd: .strict)
    settings.hasTTLSecurity = true
    let definition = InterfaceDefinition(
      name: "eth0", index: 2,
      addressing: .ipv4(
        address: IPv4Address(10, 0, 0, 1), subnet: IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 24), isUnnumbered: false),
      mtu: 1400, isUp: false, settings: settings)
    let key = LSAKey(lsType: .asExternal, linkStateID: LinkStateID(rawValue: 0xC000_0235), advertisingRouter: neighbor.routerID)
    let restart = GracefulRestart(
      state: RestartState(
        sequenceNumbers: [
          LSAIdentity(scope: .autonomousSystem, key: key): .initial,
          LSAIdentity(scope: .area(AreaID(rawValue: 3)), key: key): SequenceNumber(rawValue: 17),
          LSAIdentity(scope: .link(interfaceIndex: 2), key: key): SequenceNumber(rawValue: 18),
          LSAIdentity(scope: .link(interfaceIndex: 2, address: IPv4Address(10, 0, 0, 1)), key: key): SequenceNumber(rawValue: 19),
        ],
        adjacencies: [
          .init(interfaceIndex: 2, routerID: neighbor.routerID), .init(interfaceIndex: 3, routerID: neighbor.routerID),
        ]),
      gracePeriod: .milliseconds(59_500), reason: .softwareRestart, announcedAge: .milliseconds(2500))
    var facts: [RecordedFact] = [
      .configuration(digest: "abc"), .instance(.ospfv3IPv4, routerID: RouterID(rawValue: 9), areas: [AreaID(rawValue: 3): .nssa]),
      .interface(RecordedInterface(.ospfv2, definition)), .interfaceRemoved(RecordedInterface(.ospfv2, definition).name),
      .interfaceState(.ospfv3, interface, from: .waiting, to: .drOther),
      .neighbor(.ospfv2, neighbor, from: .full, to: .down, cause: .inactivityTimer),
      .refusal(.ospfv2, interfaceIndex: 2, source: neighbor.address, .helloIntervalMismatch),
      .path(peer, isUp: false, reason: "control detection time expired"), .link(name: "eth0", index: 2, mtu: 1500, isUp: true),
      .linkRemoved(name: "eth0", index: 2),
      .instance(
        .ospfv2, routerID: RouterID(rawValue: 9), areas: [:],
        helping: GracefulRestartPolicy(
          helped: .only([RouterID(rawValue: 7), RouterID(rawValue: 8)]), hasStrictLSAChecking: false, helpsOnlyPlanned: true,
          longestGracePeriod: .seconds(90))),
      .restartAnnounced(.ospfv3, gracePeriod: .seconds(120)),
      .resumed(.ospfv2, restart),
      .resumed(.ospfv3IPv4, GracefulRestart(state: .init(), gracePeriod: .seconds(1), reason: .unknown)),
    ]
    facts += [
      GracefulRestartEvent.prepared(acknowledged: true), .prepared(acknowledged: false), .ended(.completed),
      .ended(.gracePeriodExpired), .ended(.inconsistent(neighbor)), .ended(.withdrawal),
      .helping(neighbor, gracePeriod: .seconds(60), reason: .softwareReload),
    ].map { .gracefulRestart(.ospfv2, $0) }
    facts += GracefulRestartEvent.HelpRefusal.allCases.map { .gracefulRestart(.ospfv2, .helpRefused(neighbor, $0)) }
    facts += GracefulRestartEvent.HelpOutcome.allCases.map { .gracefulRestart(.ospfv2, .helpEnded(neighbor, $0)) }
    facts += [
      RouterNote.descriptionRetransmitted(neighbor, ddSequenceNumber: .max), .requestsRetransmitted(neighbor, ListedLSAs([key])),
      .updatesRetransmitted(neighbor, ListedLSAs([key, key], count: 4000), isEarly: true),
      .delayedAcknowledgmentsSent(interface, ListedLSAs([key, key])),
      .withdrawalHeld(IPPrefix(host: .v4(IPv4Address(192, 0, 2, 53)))),
    ].map { .noted(.ospfv2, $0) }
    facts += [
      .check(service: "dns", check: "tcp 53", from: "passing", to: "failing", reason: "a = b"),
      .service("dns", from: "up", to: "down", reason: ""),
    ]
    let records = facts.enumerated().map { second, fact in
      FlightRecord(time: .zero + .seconds(Int64(second)), content: .event("words", fact: fact))
    }
    let file = FlightRecording(records: records, comment: "", devices: [:], epoch: Self.epoch).pcapng
    let entries = RecordingBlocks(file).entries
    #expect(entries.map { RecordedFact($0.fields) } == facts)
    #expect(entries.allSatisfy { $0.message == "words" })
    for entry in entries {
      for name in entry.fields.keys where name != "OSPF_FACT" {
        var fields = entry.fields
        fields[name] = "nonsense 99999999999999999999"
        // Whatever stands there, it is read or it is not.
        _ = RecordedFact(fields)
        fields["OSPF_FACT"] = "other"
        #expect(RecordedFact(fields) == nil)
      }
    }
    var fields = entries[2].fields
    fields["HELLO_INTERVAL_MS"] = "0"
    #expect(RecordedFact(fields) == nil, "a timer that would never rest")
  }

  @Test("A file that is cut off, and one of another kind, has the events that are whole, or none")
  func damaged() {
    let recording = FlightRecording(
      records: (0..<3).map { FlightRecord(time: .zero + .seconds($0), content: .event("event \($0)")) }, comment: "",
      devices: [:], epoch: 0)
    for length in 0..<recording.pcapng.count {
      let entries = RecordingBlocks(Array(recording.pcapng.prefix(length))).entries
      #expect(entries.count < 3 && entries.enumerated().allSatisfy { $1.message == "event \($0)" })
    }
    #expect(RecordingBlocks([0xD4, 0xC3, 0xB2, 0xA1]).entries.isEmpty)
  }
}
