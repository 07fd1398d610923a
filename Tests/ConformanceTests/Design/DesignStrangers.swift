import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// What keeps strangers on a segment out, and the true router in.
@Suite struct StrangerRules {
  @Test(
    "RFC 5082: with TTL security packets leave with 255, and what arrives with less is refused",
    arguments: ProtocolInstance.allCases)
  func ttlSecurity(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench { $0.hasTTLSecurity = true }])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    for received in [1, 254, nil] as [UInt8?] {
      neighbor.timeToLive = received
      neighbor.sendHello()
      #expect(bench.refusals.last == .timeToLiveTooLow(received: received))
      #expect(neighbor.state == .down)
    }
    neighbor.timeToLive = 255
    try neighbor.bringToFull()
    #expect(bench.timesToLive == [255])
  }

  @Test("without TTL security packets leave with 1, and any TTL is accepted", arguments: ProtocolInstance.allCases)
  func noTTLSecurity(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.timeToLive = 64
    try neighbor.bringToFull()
    #expect(bench.timesToLive == [1])
  }

  @Test(
    "a neighbor filter refuses whom it does not allow, and the first rule that fits decides", arguments: ProtocolInstance.allCases
  )
  func neighborFilter(instance: ProtocolInstance) throws {
    let allowed = instance.address("192.0.2.3")
    let filter = NeighborFilter([
      .init(IPPrefix(host: allowed), isPermit: true), .init(IPPrefix(host: allowed), isPermit: false),
    ])
    let bench = Bench(instance, interfaces: [.bench { $0.neighborFilter = filter }])
    let stranger = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    stranger.sendHello()
    #expect(bench.refusals.last == .neighborNotAllowed(instance.address("192.0.2.4")))
    #expect(stranger.state == .down)
    try HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3").bringToFull()
  }

  /// Routers that send one Hello and nothing else.
  private func flood(_ bench: Bench, _ numbers: ClosedRange<UInt8>, hearingUs: Bool) {
    for number in numbers {
      let stranger = HandMadeNeighbor(bench, RouterID(rawValue: 0x0900_0000 + UInt32(number)), IPv4Address(192, 0, 2, number))
      stranger.automatic = []
      stranger.sendHello { $0.neighbors = hearingUs ? ["2.2.2.2"] : [] }
    }
  }

  @Test(
    "a flood of strangers keeps no router out that hears us, and displaces none that is Full",
    arguments: ProtocolInstance.allCases, [false, true])
  func fullTable(instance: ProtocolInstance, hearingUs: Bool) throws {
    let bench = Bench(instance, .bench(limits: Limits(neighborsPerInterface: 10)))
    let first = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    try first.bringToFull()
    flood(bench, 100...150, hearingUs: hearingUs)
    #expect(first.state == .full)
    #expect(bench.router.neighborSnapshots(at: bench.now).count <= 10)
    let second = HandMadeNeighbor(bench, "5.5.5.5", "192.0.2.5")
    second.sendHello { $0.neighbors = ["2.2.2.2"] }
    #expect(second.state >= .twoWay)
    #expect(first.state == .full)
  }

  @Test("a stranger that does not hear us displaces nobody", arguments: ProtocolInstance.allCases)
  func strangerAtTheLimit(instance: ProtocolInstance) throws {
    let bench = Bench(instance, .bench(limits: Limits(neighborsPerInterface: 3)))
    flood(bench, 100...102, hearingUs: false)
    flood(bench, 103...103, hearingUs: false)
    #expect(bench.refusals.last == .limit(.neighbors))
    let known = Set(bench.router.neighborSnapshots(at: bench.now).map(\.reference.address))
    #expect(known == Set((100...102).map { instance.address(IPv4Address(192, 0, 2, $0)) }))
  }

  @Test(
    "in a table full of strangers that wait for our Database Description a router that hears us takes the place of one that has waited twice RxmtInterval",
    arguments: ProtocolInstance.allCases)
  func patience(instance: ProtocolInstance) throws {
    let bench = Bench(
      instance, .bench(limits: Limits(neighborsPerInterface: 3)), interfaces: [.bench(type: .pointToPoint)])
    flood(bench, 100...102, hearingUs: true)
    #expect(bench.router.neighborSnapshots(at: bench.now).map(\.state) == [.exStart, .exStart, .exStart])
    let router = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    bench.run(for: .seconds(10))
    router.sendHello()
    #expect(bench.refusals == [.limit(.neighbors)])
    bench.run(for: .milliseconds(1))
    router.sendHello()
    #expect(router.state == .exStart)
    #expect(bench.router.neighborSnapshots(at: bench.now).count == 3)
  }

  @Test(
    "whoever does not hear us gives way first, then who only says so, and of those the one that has been there for the longest",
    arguments: ProtocolInstance.allCases)
  func order(instance: ProtocolInstance) throws {
    let bench = Bench(instance, .bench(limits: Limits(neighborsPerInterface: 4)))
    for (number, hearsUs) in [(100, true), (101, true), (102, false), (103, false)] as [(UInt8, Bool)] {
      flood(bench, number...number, hearingUs: hearsUs)
      bench.run(for: .seconds(1))
    }
    bench.forget()
    for number in UInt8(3)...5 {
      HandMadeNeighbor(bench, RouterID(rawValue: UInt32(number)), IPv4Address(192, 0, 2, number)).sendHello()
      bench.run(for: .seconds(1))
    }
    let gone = bench.events.compactMap { event -> IPAddress? in
      if case .neighborStateChanged(let neighbor, _, to: .down, _) = event { neighbor.address } else { nil }
    }
    #expect(gone == ([102, 103, 100] as [UInt8]).map { instance.address(IPv4Address(192, 0, 2, $0)) })
  }
}

extension Bench {
  /// The TTLs of everything that the engine has sent.
  fileprivate var timesToLive: Set<UInt8> { Set(sent.map(\.transmission.timeToLive)) }
}
