import AnycastPolicy
import Configuration
import FlightRecords
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@testable import AnycastNode

@Suite("The flight recorder")
struct FlightRecorderTests {
  private func packet(_ octets: Int) -> FlightRecord.Packet {
    FlightRecord.Packet(
      interfaceIndex: 2, source: .v4(IPv4Address(10, 0, 0, 1)), destination: .v4(IPv4Address(224, 0, 0, 5)), direction: .inbound,
      bytes: [UInt8](repeating: 7, count: octets))
  }

  private func at(_ seconds: Int64) -> Instant { Instant.zero + .seconds(seconds) }

  @Test("However much comes, the memory is bounded, and the newest is kept")
  func memory() {
    var recorder = FlightRecorder(memoryLimit: 256 << 10)
    for number in 0..<2000 {
      recorder.note(packet(number % 3 == 0 ? 9000 : 64), at: at(0) + .milliseconds(Int64(number)))
      #expect(recorder.octets <= 256 << 10)
    }
    let kept = recorder.records(at: at(2))
    #expect(kept.count > 20 && kept.last?.time == at(0) + .milliseconds(1999))
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.time < $1.time })
  }

  @Test("What is older than five minutes is forgotten, also by the memory")
  func period() {
    var recorder = FlightRecorder()
    recorder.note("first", at: at(0))
    recorder.note("second", at: at(200))
    #expect(recorder.records(at: at(300)).count == 2)
    #expect(recorder.records(at: at(301)).map(\.content) == [.event("second")])
    for second in 0..<3000 { recorder.note(packet(1000), at: at(1000 + Int64(second))) }
    #expect(recorder.octets < 1200 * (300 + 256))
  }

  private func neighbor(_ number: UInt32, _ to: NeighborState) -> RecordedFact {
    let interface = InterfaceReference(name: "eth0", address: .v4(IPv4Address(10, 0, 0, 1)), area: .backbone)
    let neighbor = NeighborReference(
      routerID: RouterID(rawValue: number), address: .v4(IPv4Address(rawValue: number)), interface: interface)
    return .neighbor(.ospfv2, neighbor, from: .down, to: to, cause: .helloReceived)
  }

  @Test("What was true at the beginning of the period is kept over it, the last of each subject, and nothing that has ended")
  func standing() {
    var recorder = FlightRecorder()
    func note(_ fact: RecordedFact, _ second: Int64) { recorder.note(fact.description, fact, at: at(second)) }
    note(.configuration(digest: "one"), 0)
    note(.configuration(digest: "two"), 1)
    note(neighbor(1, .full), 2)
    note(neighbor(2, .full), 3)
    note(neighbor(2, .down), 4)
    recorder.note("words alone", at: at(5))
    // Whether what they are in was forgotten by then, or is only too old, is the same.
    for round in 0..<2 {
      let now = at(400 + Int64(round) * 1000)
      #expect(recorder.records(at: now).compactMap(\.fact) == [.configuration(digest: "two"), neighbor(1, .full)])
      for number in 0..<2000 { recorder.note(packet(1000), at: now + .milliseconds(Int64(number))) }
    }
    note(neighbor(1, .down), 2000)
    #expect(
      recorder.records(at: at(2001)).compactMap(\.fact) == [
        .configuration(digest: "two"), neighbor(1, .full), neighbor(1, .down),
      ])
    for second in 0..<1000 { recorder.note(packet(1000), at: at(3000 + Int64(second))) }
    #expect(recorder.records(at: at(4000)).compactMap(\.fact) == [.configuration(digest: "two")])
  }

  @Test("However many subjects there are, what is known of them is bounded as well")
  func manySubjects() {
    #expect(MemoryLayout<FlightRecord>.stride <= FlightRecorder.overhead)
    var recorder = FlightRecorder(memoryLimit: 256 << 10)
    for number in 0..<5000 {
      let fact = neighbor(UInt32(number), .full)
      recorder.note(fact.description, fact, at: at(Int64(number)))
      #expect(recorder.octets <= 256 << 10)
    }
    let kept = recorder.records(at: at(4999))
    #expect(kept.last?.fact == neighbor(4999, .full) && kept.count < 400)
  }

  @Test("A restart of a router with very many LSAs costs what is kept of it, which is little, and grace-LSAs are among it")
  func restartOfMany() throws {
    let own = RouterID(rawValue: 9)
    let grace = LSAIdentity(
      scope: .link(interfaceIndex: 2), key: LSAKey(lsType: .grace, linkStateID: LinkStateID(rawValue: 2), advertisingRouter: own))
    var state = RestartState(sequenceNumbers: [grace: .initial])
    for number in UInt32(0)..<5000 {
      for (scope, type) in [
        (ScopeID.autonomousSystem, LSType.asExternalV3), (.area(.backbone), .nssaV3), (.area(.backbone), .network),
      ] {
        let key = LSAKey(lsType: type, linkStateID: LinkStateID(rawValue: number), advertisingRouter: own)
        state.sequenceNumbers[LSAIdentity(scope: scope, key: key)] = .initial
      }
    }
    let restart = GracefulRestart(state: state, gracePeriod: .seconds(60), reason: .softwareRestart).recordable
    #expect(restart.state.sequenceNumbers.count == 128 && restart.state.sequenceNumbers[grace] == .initial)
    #expect(restart.state.sequenceNumbers.keys.allSatisfy { $0 == grace || $0.key.lsType == .network })
    var recorder = FlightRecorder(memoryLimit: 256 << 10)
    for second in 0..<200 {
      let fact = RecordedFact.resumed(.ospfv3, restart)
      recorder.note(fact.description, fact, at: at(Int64(second)))
      #expect(recorder.octets <= 256 << 10)
    }
    #expect(recorder.records(at: at(200)).count < 30)
  }

  // MARK: - What a node tells

  private static func configuration(hello: Int, secret: String) throws -> Configuration {
    let text = """
      interface eth0
       ip ospf area 0.0.0.1
       ip ospf network point-to-point
       ip ospf cost 7
       ip ospf hello-interval \(hello)
       ip ospf dead-interval 40
       ip ospf authentication message-digest
       ip ospf message-digest-key 3 md5 \(secret)
      interface eth1
       ipv6 ospf6 area 0
       ipv6 ospf6 authentication key-id 1 hash-algo hmac-sha-256 key \(secret)
      router ospf
       ospf router-id 192.0.2.2
       area 0.0.0.1 stub
      router ospf6
       ospf6 router-id 192.0.2.2

      """
    return try Configuration.parse([SourceFile(path: "node.conf", text: text)]).configuration
  }

  private static func links(isUp: Bool = true, mtu: Int = 1500) -> [Link] {
    [
      Link(
        index: 2, name: "eth0", mtu: mtu, isUp: isUp,
        addresses: [LinkAddress(address: .v4(IPv4Address(10, 0, 0, 2)), prefixLength: 24)]),
      Link(
        index: 3, name: "eth1", mtu: 1500, isUp: true,
        addresses: [LinkAddress(address: .v6(IPv6Address(high: 0xFE80 << 48, low: 2)), prefixLength: 64)]),
    ]
  }

  @Test("A node tells of its timers, its devices and their changes, each once, and of no secret")
  func parameters() throws {
    let sink = NodeSink()
    var recorder = FlightRecorder()
    func take(_ seconds: Int64) -> [RecordedFact] {
      let facts: [RecordedFact] = sink.drain().compactMap { effect in
        switch effect {
        case .record(let fact): fact
        case .event(let event): event.fact
        default: nil
        }
      }
      for fact in facts { recorder.note(fact.description, fact, at: at(seconds)) }
      return facts
    }
    let node = AnycastNode(
      configuration: try Self.configuration(hello: 10, secret: "geheim"), seed: 1, wallClock: 0, at: at(0), sink: sink)
    node.setLinks(Self.links(), at: at(1))
    let begun = take(1)
    let interfaces = begun.compactMap { if case .interface(let interface) = $0 { interface } else { nil } }
    #expect(interfaces.map(\.name.device) == ["eth0", "eth1"])
    let first = try #require(interfaces.first)
    let settings = first.definition.settings
    #expect(settings.helloInterval == .seconds(10) && settings.routerDeadInterval == .seconds(40))
    #expect(settings.rxmtInterval == .seconds(5) && settings.cost == 7 && settings.networkType == .pointToPoint)
    #expect(settings.area == AreaID(rawValue: 1) && first.authentication == .cryptographic)
    #expect(interfaces.last?.authentication == .trailer)
    #expect(begun.contains(.instance(.ospfv2, routerID: RouterID(rawValue: 0xC000_0202), areas: [AreaID(rawValue: 1): .stub])))
    #expect(begun.contains(.link(name: "eth0", index: 2, mtu: 1500, isUp: true)))
    for fact in begun { #expect(RecordedFact(Dictionary(uniqueKeysWithValues: fact.fields)) == fact, "\(fact)") }

    node.setLinks(Self.links(), at: at(2))
    #expect(take(2).isEmpty)
    // A key is no parameter of a recording, an interval is.
    _ = node.apply(try Self.configuration(hello: 10, secret: "anders"), at: at(3))
    #expect(take(3).isEmpty)
    _ = node.apply(try Self.configuration(hello: 5, secret: "anders"), at: at(4))
    let slower = take(4)
    #expect(slower.count == 1)
    guard case .interface(let changed)? = slower.first else { throw TestFailure("\(slower)") }
    #expect(changed.definition.settings.helloInterval == .seconds(5))

    node.setLinks(Self.links(isUp: false), at: at(5))
    #expect(take(5).contains(.link(name: "eth0", index: 2, mtu: 1500, isUp: false)))
    node.setLinks([Self.links()[1]], at: at(6))
    let gone = take(6)
    #expect(gone.contains(.linkRemoved(name: "eth0", index: 2)))
    #expect(gone.contains(.interfaceRemoved(first.name)))

    let recording = FlightRecording(records: recorder.records(at: at(7)), comment: "", devices: [:], epoch: 0)
    let text = String(decoding: recording.pcapng, as: UTF8.self)
    #expect(text.contains("HELLO_INTERVAL_MS=10000\n") && text.contains("RXMT_INTERVAL_MS=5000\n"))
    #expect(!text.contains("geheim") && !text.contains("anders"))
  }

  private func flap(_ from: ServiceState, _ to: ServiceState) -> NodeEvent {
    .policy(.serviceStateChanged(service: "dns", from: from, to: to, reason: ""))
  }

  @Test(
    "A service that its checks withdraw twice in five minutes flaps; a drain is no such thing, and after a recording it is quiet")
  func occasions() {
    var recorder = FlightRecorder()
    #expect(recorder.occasion(of: flap(.up, .down), at: at(0)) == nil)
    #expect(recorder.occasion(of: flap(.down, .up), at: at(10)) == nil)
    #expect(recorder.occasion(of: flap(.up, .draining), at: at(20)) == nil)
    #expect(recorder.occasion(of: flap(.up, .down), at: at(300)) == .serviceFlaps)
    #expect(recorder.occasion(of: flap(.up, .down), at: at(359)) == nil)
    #expect(recorder.occasion(of: flap(.up, .down), at: at(360)) == .serviceFlaps)
    #expect(recorder.occasion(of: flap(.up, .down), at: at(961)) == nil)
  }

  @Test("Simple passwords are in no recording, those of BFD neither")
  func passwords() throws {
    var ospf = packet(44)
    ospf.bytes.replaceSubrange(0..<2, with: [2, 1])
    ospf.bytes.replaceSubrange(14..<24, with: [0, 1] + Array("geheim!!".utf8))
    var bfd = packet(32)
    bfd.kind = .bfd
    bfd.bytes.replaceSubrange(0..<2, with: [0x20, 0xC4])
    bfd.bytes.replaceSubrange(24..<32, with: [1, 8, 1] + Array("gehei".utf8))
    for packet in [ospf, bfd] {
      let recording = FlightRecording(
        records: [FlightRecord(time: .zero, content: .packet(packet))], comment: "", devices: [:], epoch: 0)
      let text = String(decoding: recording.pcapng, as: UTF8.self)
      #expect(!text.contains("gehei"))
    }
  }
}
