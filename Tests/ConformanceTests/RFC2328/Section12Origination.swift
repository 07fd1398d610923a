import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct Origination {
  // MARK: Network-LSAs

  @Test(
    "RFC 2328 12.4.2: the Designated Router originates a network-LSA that names itself and all Full neighbors",
    arguments: ProtocolInstance.allCases)
  func networkLSA(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    let body = try elected.bench.body(.network("192.0.2.2", from: "2.2.2.2", instance))
    if case .network(let body) = body { #expect(body.networkMask == "255.255.255.0") }
    #expect(body.attachedRouters.map(Set.init) == ["2.2.2.2", "3.3.3.3", "4.4.4.4"])
    #expect(elected.other.learned[.network("192.0.2.2", from: "2.2.2.2", instance)] != nil)
  }

  @Test("RFC 2328 12.4.2: without a Full neighbor there is no network-LSA", arguments: ProtocolInstance.allCases)
  func noNetworkLSA(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 1)])
    bench.run(for: .seconds(41))
    #expect(try bench.interface().state == .dr)
    #expect(bench.databaseCopy(.network("192.0.2.2", from: "2.2.2.2", instance)) == nil)
  }

  @Test("RFC 2328 12.4.2: a neighbor that leaves is taken out of the network-LSA", arguments: ProtocolInstance.allCases)
  func neighborLeaves(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    elected.other.fallSilent()
    elected.bench.run(for: .seconds(50))
    let body = try elected.bench.body(.network("192.0.2.2", from: "2.2.2.2", instance))
    #expect(body.attachedRouters.map(Set.init) == ["2.2.2.2", "3.3.3.3"])
  }

  @Test("RFC 2328 12.4.2: a Designated Router that is it no longer flushes its network-LSA", arguments: ProtocolInstance.allCases)
  func networkLSAFlushed(instance: ProtocolInstance) throws {
    let elected = try Elected(instance)
    elected.bench.changeInterface { $0.settings.priority = 0 }
    elected.bench.run(for: .milliseconds(1))
    #expect(try elected.bench.interface().state == .drOther)
    let flooded = elected.bench.flooded(.network("192.0.2.2", from: "2.2.2.2", instance))
    #expect(flooded.first?.header.lsAge == 3600)
    elected.bench.run(for: .seconds(6))
    #expect(elected.bench.databaseCopy(.network("192.0.2.2", from: "2.2.2.2", instance)) == nil)
  }

  // MARK: AS-external-LSAs

  @Test("RFC 2328 12.4.4: an AS-external-LSA says prefix, metric, type and tag, and forwards to us")
  func external() throws {
    let bench = Bench()
    bench.advertise([
      .external(.service, metric: 77, type: .type1, tag: 4711), .external("203.0.113.128/25", metric: 0xFFFFFE, type: .type2),
    ])
    let copy = try #require(bench.databaseCopy(.external(service, from: "2.2.2.2", .ospfv2)))
    #expect(copy.scope == .autonomousSystem)
    #expect(copy.header.options & 0x02 != 0)
    guard case .asExternal(let first) = try bench.body(.external(service, from: "2.2.2.2", .ospfv2)),
      case .asExternal(let second) = try bench.body(.external("203.0.113.128/25", from: "2.2.2.2", .ospfv2))
    else { throw TestFailure("not AS-external-LSAs") }
    #expect(first == ASExternalLSA(networkMask: "255.255.255.255", routes: [.init(isType2: false, metric: 77, tag: 4711)]))
    #expect(second == ASExternalLSA(networkMask: "255.255.255.128", routes: [.init(isType2: true, metric: 0xFFFFFE)]))
  }

  @Test(
    "RFC 2328 B LSInfinity: a metric of LSInfinity or more is never advertised", arguments: [UInt32(0xFFFFFF), 0x1000000, .max])
  func infinity(metric: UInt32) throws {
    let bench = Bench()
    bench.advertise([.external(.service, metric: metric)])
    guard let copy = bench.databaseCopy(.external(service, from: "2.2.2.2", .ospfv2)) else { return }
    guard case .asExternal(let body) = try LSABody.decode(copy.bytes.rawSpan, version: .v2) else { throw TestFailure("\(copy)") }
    #expect(body.routes.allSatisfy { $0.metric < 0xFFFFFF })
  }

  @Test(
    "RFC 2328 12.4.4: a router whose only area is a stub area originates no AS-external-LSA", arguments: ProtocolInstance.allCases
  )
  func stubAreaOnly(instance: ProtocolInstance) {
    let bench = Bench(instance, .bench(areas: ["0.0.0.1": .stub]), interfaces: [.bench(area: "0.0.0.1")])
    bench.advertise([.external(.service)])
    bench.run(for: .seconds(6))
    #expect(!bench.router.databaseSnapshot(at: bench.now).contains { $0.header.key.lsType == .asExternal })
  }

  @Test("RFC 2328 E: prefixes with one address and different masks get different Link State IDs")
  func appendixE() throws {
    let bench = Bench()
    let prefixes: [IPPrefix] = ["10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24"]
    bench.advertise(prefixes.map { .external($0) })
    let masks = try bench.router.databaseSnapshot(at: bench.now).filter { $0.header.key.lsType == .asExternal }.map { copy in
      guard case .asExternal(let body) = try LSABody.decode(copy.bytes.rawSpan, version: .v2) else {
        throw TestFailure("\(copy)")
      }
      return (id: copy.header.key.linkStateID, mask: body.networkMask)
    }
    #expect(Set(masks.map(\.mask)) == ["255.0.0.0", "255.255.0.0", "255.255.255.0"])
    #expect(Set(masks.map(\.id)).count == 3)
    for (id, mask) in masks { #expect(id.rawValue & mask.rawValue == 0x0A00_0000) }
  }

  @Test("RFC 2328 E: prefixes that come one after the other, in any order, are all advertised in the end")
  func appendixEOneByOne() throws {
    for order in [["10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24"], ["10.0.0.0/24", "10.0.0.0/16", "10.0.0.0/8"]] {
      let bench = Bench()
      let prefixes = order.map { IPPrefix(stringLiteral: $0) }
      for count in 1...3 {
        bench.advertise(prefixes.prefix(count).map { .external($0) })
        bench.run(for: .seconds(12))
      }
      let copies = bench.router.databaseSnapshot(at: bench.now).filter {
        $0.header.key.lsType == .asExternal && $0.header.lsAge < 3600
      }
      let lengths = try copies.map { copy in
        guard case .asExternal(let body) = try LSABody.decode(copy.bytes.rawSpan, version: .v2) else {
          throw TestFailure("\(copy)")
        }
        return IPv4Prefix.length(ofMask: body.networkMask)
      }
      #expect(Set(lengths) == [8, 16, 24])
      #expect(copies.count == 3)
    }
  }

  @Test("RFC 2328 E: a host route beside its subnet keeps both")
  func appendixEHost() {
    let bench = Bench()
    bench.advertise([.external("203.0.113.255/32"), .external("203.0.113.0/24"), .external("203.0.113.0/32")])
    #expect(bench.router.databaseSnapshot(at: bench.now).filter { $0.header.key.lsType == .asExternal }.count == 3)
  }

  @Test("RFC 2328 E: where its first and its last address are hosts, a prefix has another of its addresses for Link State ID")
  func appendixEBothEnds() throws {
    let bench = Bench()
    let wide: IPv4Prefix = "198.18.0.0/24"
    bench.advertise([.external(.v4(wide)), .external("198.18.0.0/32"), .external("198.18.0.255/32")])
    let ids = try bench.router.databaseSnapshot(at: bench.now).filter { copy in
      guard case .asExternal(let body) = try bench.body(copy) else { return false }
      return body.networkMask == wide.mask
    }.map(\.header.key.linkStateID.rawValue)
    let id = try bench.only(ids, "LSAs of the prefix")
    #expect(id & wide.mask.rawValue == wide.address.rawValue)
    #expect(id != wide.address.rawValue && id != 0xC612_00FF)
  }

  // MARK: Instances

  @Test("RFC 2328 12.1.6: each new instance has the next sequence number", arguments: ProtocolInstance.allCases)
  func sequence(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    for metric in UInt32(1)...3 {
      pair.bench.run(for: .seconds(20))
      pair.bench.advertise([.external(.service, metric: metric)])
    }
    pair.bench.run(for: .seconds(20))
    let sequences = pair.bench.flooded(.external(service, from: "2.2.2.2", instance)).map(\.header.sequenceNumber)
    #expect(sequences == [.initial, .initial.advanced(by: 1), .initial.advanced(by: 2), .initial.advanced(by: 3)])
  }

  @Test(
    "RFC 2328 12.4: an LSA is originated anew every LSRefreshTime, and not before it is due", arguments: ProtocolInstance.allCases
  )
  func refresh(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(60))
    pair.bench.forget()
    pair.bench.run(for: .seconds(1200))
    #expect(pair.bench.flooded(.external(service, from: "2.2.2.2", instance)).isEmpty)
    pair.bench.run(for: .seconds(600))
    let flooded = pair.bench.flooded(.external(service, from: "2.2.2.2", instance))
    #expect(flooded.map(\.header.sequenceNumber) == [.initial.advanced(by: 1)])
    #expect(!pair.bench.flooded(.router("2.2.2.2", instance)).isEmpty)
    #expect((pair.bench.databaseCopy(.external(service, from: "2.2.2.2", instance))?.header.lsAge ?? 3600) < 700)
  }

  @Test("the refreshes of many LSAs do not all fall on one instant", arguments: ProtocolInstance.allCases)
  func refreshJitter(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise((0..<40).map { .external(IPPrefix(host: .v4(IPv4Address(198, 18, 0, $0)))) })
    pair.bench.run(for: .seconds(60))
    pair.bench.forget()
    pair.bench.run(for: .seconds(1800))
    let times = Set(pair.bench.sent(.linkStateUpdate).map(\.time))
    #expect(times.count > 5)
  }

  @Test(
    "RFC 2328 12.1.6: after MaxSequenceNumber the LSA is flushed first and then begins at InitialSequenceNumber",
    arguments: ProtocolInstance.allCases)
  func wrap(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    pair.neighbor.automatic.remove(.acknowledgments)
    pair.bench.forget()
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    // An older self of ours comes back with the highest number there is.
    pair.neighbor.sendUpdate([LSAs(instance).external(service, from: "2.2.2.2", sequence: .max, metric: 99)])
    pair.bench.run(for: .seconds(2))
    let flush = pair.bench.flooded(key).first { $0.header.lsAge == 3600 }
    #expect(flush?.header.sequenceNumber == .max)
    #expect(!pair.bench.flooded(key).contains { $0.header.sequenceNumber == .initial })
    guard let header = flush?.header else { return }
    pair.neighbor.automatic.insert(.acknowledgments)
    pair.neighbor.sendAcknowledgment([header])
    pair.bench.run(for: .seconds(10))
    #expect(pair.bench.databaseCopy(key)?.header.sequenceNumber == .initial)
    #expect(pair.bench.flooded(key).last?.header.sequenceNumber == .initial)
  }

  @Test(
    "RFC 2328 12.1.6, 14: while a neighbor is in Exchange or Loading an LSA that wraps stays flushed, and is flushed once",
    arguments: ProtocolInstance.allCases)
  func wrapDuringLoading(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint)])
    let left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    let right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull()
    bench.advertise([.external(.service)])
    bench.run(for: .seconds(10))
    try right.bringToLoading()
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let last = LSAs(instance).external(service, from: "2.2.2.2", sequence: .max, metric: 99)
    left.sendUpdate([last])
    bench.run(for: .seconds(2))
    bench.forget()
    // With this everybody has acknowledged it.
    right.sendAcknowledgment([LSAs(instance).header(LSAs.aged(last, to: 3600))])
    bench.run(for: .seconds(2))
    #expect(bench.neighbor("4.4.4.4").map { $0.state == .loading && $0.retransmissionCount == 0 } ?? false)
    #expect(bench.databaseCopy(key)?.header.lsAge == 3600)
    #expect(bench.flooded(key).isEmpty)
    right.automatic = .all
    right.sendUpdate([LSAs(instance).router("4.4.4.4")])
    bench.run(for: .seconds(10))
    #expect(bench.databaseCopy(key)?.header.sequenceNumber == .initial)
  }

  @Test(
    "RFC 2328 12.1.6: what is withdrawn while its LSA is flushed after MaxSequenceNumber can be advertised again",
    arguments: ProtocolInstance.allCases)
  func withdrawnWhileWrapping(instance: ProtocolInstance) throws {
    let key = LSAKey.external(service, from: "2.2.2.2", instance)
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    pair.neighbor.automatic.remove(.acknowledgments)
    pair.neighbor.sendUpdate([LSAs(instance).external(service, from: "2.2.2.2", sequence: .max, metric: 99)])
    pair.bench.run(for: .seconds(2))
    #expect(pair.bench.databaseCopy(key)?.header.lsAge == 3600)
    pair.bench.advertise([])
    pair.neighbor.automatic.insert(.acknowledgments)
    pair.bench.run(for: .seconds(20))
    #expect(pair.bench.databaseCopy(key) == nil)
    pair.bench.advertise([.external(.service)])
    #expect(pair.bench.databaseCopy(key)?.header.sequenceNumber == .initial)
    #expect(pair.bench.flooded(key).last?.header.lsAge == 1)
  }

  @Test("RFC 2328 12.4: a change of nothing originates nothing", arguments: ProtocolInstance.allCases)
  func unchanged(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.advertise([.external(.service)])
    pair.bench.run(for: .seconds(10))
    pair.bench.forget()
    pair.bench.advertise([.external(.service)])
    pair.bench.setInterfaces(pair.bench.interfaces)
    pair.bench.run(for: .seconds(30))
    #expect(pair.bench.sent(.linkStateUpdate).isEmpty)
  }

  @Test("an LSA that is originated is an event", arguments: ProtocolInstance.allCases)
  func event(instance: ProtocolInstance) throws {
    let bench = Bench(instance)
    bench.advertise([.external(.service)])
    let identity = LSAIdentity(scope: .autonomousSystem, key: .external(service, from: "2.2.2.2", instance))
    #expect(bench.events.contains(.originated(identity, sequenceNumber: .initial)))
    bench.run(for: .seconds(2))
    bench.advertise([])
    #expect(bench.events.contains(.flushed(identity)))
  }

  @Test("RFC 2328 appendix E: a wider prefix that was there first gives its address to a host, and is advertised all the same")
  func displaced() throws {
    let bench = Bench()
    let wide = Advertisement.external(.v4("203.0.113.0/24"))
    bench.advertise([wide])
    bench.run(for: .seconds(10))
    bench.advertise([wide, .external(.v4("203.0.113.0/32"))])
    bench.run(for: .seconds(10))
    let masks = try bench.router.databaseSnapshot(at: bench.now).compactMap { copy -> [UInt32]? in
      guard case .asExternal(let lsa) = try bench.body(copy) else { return nil }
      return [copy.header.key.linkStateID.rawValue, lsa.networkMask.rawValue]
    }
    #expect(Set(masks) == [[0xCB00_7100, 0xFFFF_FFFF], [0xCB00_71FF, 0xFFFF_FF00]])
  }
}
