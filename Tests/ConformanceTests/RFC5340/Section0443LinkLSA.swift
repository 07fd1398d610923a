import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// RFC 5340 section 4.4.3.8: link-LSAs, and sections 4.1.2 and 4.5.2 for what stays on its link.
@Suite struct OSPFv3LinkLSAs {
  @Test(
    "RFC 5340 4.4.3.8: a link-LSA says priority, options, link-local address and prefixes, under our Interface ID",
    arguments: [ProtocolInstance.ospfv3])
  func contents(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(length: 24, index: 17, priority: 9)])
    let lsa = try bench.linkLSA(.ownLink(17))
    #expect(lsa.priority == 9)
    #expect(lsa.options == instance.options(.normal))
    #expect(lsa.linkLocalAddress == "fe80::c000:202")
    #expect(lsa.prefixes == [OSPFv3Prefix(instance.prefix("192.0.2.0/24"))])
    #expect(bench.databaseCopy(.ownLink(17))?.scope == .link(interfaceIndex: 17))
  }

  @Test(
    "RFC 5340 4.4.3.8: there is one for each active link, and none for loopbacks, passive links and links that are down",
    arguments: ProtocolInstance.ofOSPFv3)
  func onePerLink(instance: ProtocolInstance) throws {
    var down = InterfaceDefinition.bench("203.0.113.130", name: "eth3", index: 5)
    down.isUp = false
    let bench = Bench(
      instance,
      interfaces: [
        .bench(), .bench("198.51.100.2", name: "eth1", index: 3, type: .pointToPoint), .loopback("203.0.113.9"),
        .bench("203.0.113.2", name: "eth2", index: 4) { $0.isPassive = true }, down,
      ])
    let links = bench.router.databaseSnapshot(at: bench.now).filter { $0.header.key.lsType == .link }
    #expect(links.map(\.header.key) == [.ownLink(2), .ownLink(3)])
    #expect(links.map(\.scope) == [.link(interfaceIndex: 2), .link(interfaceIndex: 3)])
  }

  @Test("RFC 5340 4.4.3: another prefix or priority of the link is said in a new instance", arguments: ProtocolInstance.ofOSPFv3)
  func changed(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.changeInterface { definition in
      guard case .ipv6(let linkLocal, let addresses) = definition.addressing else { return }
      let more = [
        InterfaceAddress(address: .v6("2001:db8:1::2"), prefix: "2001:db8:1::/64"),
        InterfaceAddress(address: .v4("203.0.113.2"), prefix: "203.0.113.0/24"),
      ]
      definition.addressing = .ipv6(linkLocal: linkLocal, addresses: addresses + more)
    }
    #expect(try pair.bench.linkLSA().prefixes.count == 2)
    #expect(pair.bench.flooded(.ownLink()).count == 1)
    #expect(pair.neighbor.state == .full)
    pair.bench.run(for: .seconds(6))
    pair.bench.changeInterface { $0.settings.priority = 7 }
    pair.bench.run(for: .seconds(6))
    #expect(try pair.bench.linkLSA().priority == 7)
  }

  @Test(
    "RFC 5340 4.5.2: a link-LSA is flooded on its link and on no other, ours and others'", arguments: ProtocolInstance.ofOSPFv3)
  func scope(instance: ProtocolInstance) throws {
    let between = try Between(instance)
    #expect(between.left.learned[.ownLink(2)] != nil && between.left.learned[.ownLink(3)] == nil)
    #expect(between.right.learned[.ownLink(3)] != nil && between.right.learned[.ownLink(2)] == nil)
    #expect(!between.right.described.contains { $0.key == .ownLink(2) })
    let lsa = LSAs(instance).link(3, from: "3.3.3.3")
    between.left.sendUpdate([lsa])
    between.bench.run(for: .seconds(12))
    #expect(between.bench.databaseCopy(LSAs(instance).key(lsa))?.scope == .link(interfaceIndex: 2))
    #expect(between.bench.flooded(LSAs(instance).key(lsa)).isEmpty)
    #expect(between.bench.neighbor("4.4.4.4")?.retransmissionCount == 0)
  }

  @Test("RFC 5340 4.1.2: one link-LSA key on two links is two LSAs", arguments: ProtocolInstance.ofOSPFv3)
  func sameKeyOnTwoLinks(instance: ProtocolInstance) throws {
    let between = try Between(instance)
    let one = LSAs(instance).link(9, from: "9.9.9.9", sequence: .initial.advanced(by: 5))
    let other = LSAs(instance).link(9, from: "9.9.9.9", prefixes: ["2001:db8:9::/48"])
    between.left.sendUpdate([one])
    between.right.sendUpdate([other])
    let copies = between.bench.router.databaseSnapshot(at: between.bench.now).filter { $0.header.key == LSAs(instance).key(one) }
    #expect(copies.map(\.scope) == [.link(interfaceIndex: 2), .link(interfaceIndex: 3)])
    #expect(copies.map(\.header.sequenceNumber) == [.initial.advanced(by: 5), .initial])
    between.left.sendRequest([LSAs(instance).key(one)])
    let sent = between.bench.sent(.linkStateUpdate).filter { $0.transmission.interfaceIndex == 2 }
    #expect(sent.last?.updatedHeaders.map(\.sequenceNumber) == [.initial.advanced(by: 5)])
  }

  @Test(
    "RFC 5340 4.6: a link-LSA of our own from before a restart is taken over, and one for another Interface ID flushed",
    arguments: ProtocolInstance.ofOSPFv3)
  func selfOriginated(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let stale = LSAs(instance).link(77, from: "2.2.2.2", sequence: .initial.advanced(by: 3))
    pair.neighbor.sendUpdate([LSAs(instance).link(2, from: "2.2.2.2", sequence: .initial.advanced(by: 30)), stale])
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.databaseCopy(.ownLink())?.header.sequenceNumber == .initial.advanced(by: 31))
    #expect(try pair.bench.linkLSA().linkLocalAddress != "fe80::99")
    #expect(pair.bench.flooded(.ownLink(77)).first?.header.lsAge == 3600)
    #expect(pair.bench.databaseCopy(.ownLink(77)) == nil)
  }

  @Test(
    "an interface that becomes one of another kind has its link-LSA in its new database", arguments: ProtocolInstance.ofOSPFv3)
  func anotherNetworkType(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.changeInterface { $0.settings.networkType = .pointToPoint }
    pair.bench.run(for: .seconds(3))
    #expect(pair.bench.databaseCopy(.ownLink()) != nil)
    pair.neighbor.designatedRouter = .none
    try pair.neighbor.bringToFull()
    #expect(pair.neighbor.described.contains { $0.key == .ownLink() })
  }
}
