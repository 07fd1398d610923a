import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct InterfaceStates {
  @Test(
    "RFC 2328 9.3 InterfaceUp: point-to-point and point-to-multipoint interfaces become Point-to-point",
    arguments: ProtocolInstance.allCases, [NetworkType.pointToPoint, .pointToMultipoint])
  func pointToPoint(instance: ProtocolInstance, type: NetworkType) throws {
    let bench = Bench(instance, interfaces: [.bench(type: type, priority: 5)])
    #expect(try bench.interface().state == .pointToPoint)
    bench.run(for: .seconds(60))
    #expect(try bench.interface().state == .pointToPoint)
    #expect(try bench.interface().designatedRouter == .none)
  }

  @Test(
    "RFC 2328 9.3 InterfaceUp: a router that is not eligible becomes DROther at once",
    arguments: ProtocolInstance.allCases, [NetworkType.broadcast, .nonBroadcast])
  func ineligible(instance: ProtocolInstance, type: NetworkType) throws {
    let bench = Bench(instance, interfaces: [.bench(type: type, priority: 0)])
    #expect(try bench.interface().state == .drOther)
    bench.run(for: .seconds(100))
    #expect(try bench.interface().state == .drOther)
    #expect(try bench.interface().designatedRouter == .none)
  }

  @Test(
    "RFC 2328 9.3 InterfaceUp: an eligible router waits", arguments: ProtocolInstance.allCases,
    [NetworkType.broadcast, .nonBroadcast])
  func waiting(instance: ProtocolInstance, type: NetworkType) throws {
    let bench = Bench(instance, interfaces: [.bench(type: type, priority: 1)])
    #expect(try bench.interface().state == .waiting)
  }

  @Test(
    "RFC 2328 9.1: a waiting router names no Designated Router and elects none, whatever neighbors say",
    arguments: ProtocolInstance.allCases)
  func waitingHello(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 1)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.startHellos()
    bench.run(for: .seconds(25))
    #expect(try bench.interface().state == .waiting)
    #expect(bench.sent(.hello).allSatisfy { $0.hello?.designatedRouter == DesignatedRouterID.none })
    #expect(bench.sent(.hello).allSatisfy { $0.hello?.backupDesignatedRouter == DesignatedRouterID.none })
    #expect(bench.state(of: "3.3.3.3") == .twoWay)
  }

  @Test(
    "RFC 2328 9 Wait Timer: after RouterDeadInterval a lonely eligible router is Designated Router",
    arguments: ProtocolInstance.allCases)
  func waitTimer(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 1)])
    bench.run(for: .seconds(39))
    #expect(try bench.interface().state == .waiting)
    bench.run(for: .seconds(2))
    #expect(try bench.interface().state == .dr)
    #expect(try bench.interface().designatedRouter == instance.identity(2))
    #expect(try bench.interface().backupDesignatedRouter == .none)
  }

  @Test("RFC 2328 9.2 BackupSeen: a neighbor that is Backup ends the waiting", arguments: ProtocolInstance.allCases)
  func backupSeen(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 1)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.designatedRouter = instance.identity(9)
    neighbor.backupDesignatedRouter = instance.identity(3)
    neighbor.sendHello()
    #expect(try bench.interface().state != .waiting)
  }

  @Test(
    "RFC 2328 9.2 BackupSeen: a neighbor that is Designated Router without a Backup ends the waiting, and we become Backup",
    arguments: ProtocolInstance.allCases)
  func designatedRouterWithoutBackup(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 1)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.designatedRouter = instance.identity(3)
    neighbor.sendHello()
    #expect(try bench.interface().state == .backup)
    #expect(try bench.interface().designatedRouter == instance.identity(3))
    #expect(try bench.interface().backupDesignatedRouter == instance.identity(2))
  }

  @Test(
    "RFC 2328 9.2 BackupSeen: a Designated Router that names a Backup does not end the waiting",
    arguments: ProtocolInstance.allCases)
  func designatedRouterWithBackup(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 1)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.designatedRouter = instance.identity(3)
    neighbor.backupDesignatedRouter = instance.identity(9)
    neighbor.sendHello()
    #expect(try bench.interface().state == .waiting)
  }

  @Test(
    "RFC 2328 9.2 BackupSeen: a neighbor that does not hear us does not end the waiting", arguments: ProtocolInstance.allCases)
  func backupSeenNeedsTwoWay(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 1)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.designatedRouter = instance.identity(3)
    neighbor.heard = []
    neighbor.sendHello()
    #expect(try bench.interface().state == .waiting)
    neighbor.heard = ["2.2.2.2"]
    neighbor.sendHello()
    #expect(try bench.interface().state == .backup)
  }

  @Test("RFC 2328 9.3 InterfaceDown: neighbors are killed and the interface is Down", arguments: ProtocolInstance.allCases)
  func down(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.changeInterface { $0.isUp = false }
    #expect(try pair.bench.interface().state == .down)
    #expect(pair.bench.state(of: "3.3.3.3") == .down)
    #expect(pair.bench.changes(of: "3.3.3.3").map(\.to) == [.down])
    pair.neighbor.stopHellos()
    pair.bench.forget()
    pair.bench.run(for: .seconds(100))
    #expect(pair.bench.sent.isEmpty)
  }

  @Test(
    "RFC 2328 9.3: an interface that comes back begins anew and becomes Full again without a restart",
    arguments: ProtocolInstance.allCases
  )
  func downAndUp(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.changeInterface { $0.isUp = false }
    pair.bench.run(for: .seconds(5))
    pair.bench.changeInterface { $0.isUp = true }
    try pair.neighbor.bringToFull()
    #expect(pair.bench.state(of: "3.3.3.3") == .full)
  }

  @Test("an interface that disappears and returns becomes Full again", arguments: ProtocolInstance.allCases)
  func removedAndBack(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    let definitions = pair.bench.interfaces
    pair.bench.setInterfaces([])
    #expect(pair.bench.router.interfaceSnapshots(at: pair.bench.now).isEmpty)
    #expect(pair.bench.state(of: "3.3.3.3") == .down)
    pair.bench.run(for: .seconds(5))
    pair.bench.setInterfaces(definitions)
    try pair.neighbor.bringToFull()
    #expect(pair.bench.state(of: "3.3.3.3") == .full)
  }

  @Test("a definition that has not changed leaves its adjacency alone", arguments: ProtocolInstance.allCases)
  func unchangedDefinition(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.setInterfaces(pair.bench.interfaces + [.bench("198.51.100.2", name: "eth1", index: 3)])
    #expect(pair.bench.state(of: "3.3.3.3") == .full)
    #expect(pair.bench.changes(of: "3.3.3.3").isEmpty)
  }

  @Test("another cost leaves the adjacency alone and is advertised")
  func changedCost() throws {
    let pair = try Pair(.ospfv2)
    pair.bench.changeInterface { $0.settings.cost = 77 }
    pair.bench.run(for: .seconds(6))
    #expect(pair.bench.state(of: "3.3.3.3") == .full)
    #expect(try pair.bench.routerLSA().links.map(\.metric) == [77])
  }

  private static let changes: [@Sendable (inout InterfaceDefinition) -> Void] = [
    { _ in }, { $0.settings.cost = 77 }, { $0.settings.priority = 7 }, { $0.settings.helloInterval = .seconds(5) },
    { $0.settings.rxmtInterval = .seconds(2) }, { $0.settings.infTransDelay = 3 }, { $0.settings.mtuIgnore = true },
    { $0.settings.isPassive = true }, { $0.settings.area = "0.0.0.1" }, { $0.settings.networkType = .pointToPoint },
    { $0.index = 9 }, { $0.isUp = false },
  ]

  @Test(
    "what is said of a change beforehand is what it does to the adjacency",
    arguments: ProtocolInstance.allCases, changes.indices)
  func foretoldChange(instance: ProtocolInstance, number: Int) throws {
    let pair = try Pair(instance)
    let former = try #require(pair.bench.interfaces.first)
    var definition = former
    Self.changes[number](&definition)
    pair.bench.setInterfaces([definition])
    switch former.change(to: definition) {
    case .none: #expect(number == 0)
    case .inPlace: #expect(pair.bench.state(of: "3.3.3.3") == .full)
    case .restart: #expect(pair.bench.changes(of: "3.3.3.3").first?.to == .down)
    }
  }

  @Test("another address begins the interface anew", arguments: ProtocolInstance.allCases)
  func changedAddress(instance: ProtocolInstance) throws {
    let pair = try Pair(instance)
    pair.bench.setInterfaces([.bench("192.0.2.20")])
    #expect(pair.bench.changes(of: "3.3.3.3").map(\.to) == [.down])
    pair.bench.forget()
    pair.bench.run(for: .seconds(10))
    #expect(!pair.bench.sent(.hello).isEmpty)
    #expect(pair.bench.sent(.hello).allSatisfy { $0.transmission.source == instance.address("192.0.2.20") })
  }

  @Test("RFC 2328 9.1 Loopback: nothing is sent, and the address is advertised as a host route of cost 0")
  func loopback() throws {
    let bench = Bench(interfaces: [.loopback("203.0.113.9")])
    bench.run(for: .seconds(60))
    #expect(try bench.interface().state == .loopback)
    #expect(bench.sent.isEmpty)
    let link = try bench.only(try bench.routerLSA().links, "links")
    #expect(link.type == .stub && link.metric == 0)
    #expect(link.linkID == IPv4Address("203.0.113.9").rawValue && link.linkData == UInt32.max)
  }

  @Test("a configured cost of a loopback is the metric of its host route, so that a primary node differs from a backup")
  func loopbackCost() throws {
    let bench = Bench(interfaces: [.loopback("203.0.113.9", cost: 300)])
    #expect(try bench.only(try bench.routerLSA().links, "links").metric == 300)
  }

  @Test("RFC 2328 9.3 UnloopInd: a device that is a loopback no longer takes part", arguments: ProtocolInstance.allCases)
  func unloop(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.loopback("192.0.2.2", length: 24)])
    #expect(try bench.interface().state == .loopback)
    bench.changeInterface { $0.isLoopback = false }
    #expect(try bench.interface().state == .drOther)
    #expect(!bench.sent(.hello).isEmpty)
  }

  @Test(
    "RFC 2328 A.1: the interface is a member of AllSPFRouters while it is up and of AllDRouters while it is DR",
    arguments: ProtocolInstance.allCases)
  func groups(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 1)])
    #expect(bench.groups == [.init(2, instance.allSPFRouters)])
    bench.run(for: .seconds(41))
    #expect(bench.groups == [.init(2, instance.allSPFRouters), .init(2, instance.allDRouters)])
    bench.changeInterface { $0.isUp = false }
    #expect(bench.groups.isEmpty)
  }

  @Test(
    "RFC 2328 A.1: the Backup is a member of AllDRouters, and no longer when it is DROther", arguments: ProtocolInstance.allCases)
  func backupGroups(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 1)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.designatedRouter = instance.identity(3)
    neighbor.sendHello()
    #expect(bench.groups.contains(.init(2, instance.allDRouters)))
    bench.changeInterface { $0.settings.priority = 0 }
    bench.run(for: .seconds(1))
    #expect(try bench.interface().state == .drOther)
    #expect(bench.groups == [.init(2, instance.allSPFRouters)])
  }

  @Test("two subnets on one device share its group membership until the last one leaves")
  func sharedGroups() throws {
    let bench = Bench(interfaces: [.bench(), .bench("198.51.100.2")])
    #expect(bench.groups == [.init(2, .allSPFRouters)])
    bench.setInterfaces([bench.interfaces[1]])
    #expect(bench.groups == [.init(2, .allSPFRouters)])
    bench.setInterfaces([])
    #expect(bench.groups.isEmpty)
  }

  @Test("an interface state change is an event with both states", arguments: ProtocolInstance.allCases)
  func event(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 1)])
    bench.forget()
    bench.run(for: .seconds(41))
    #expect(
      bench.events.contains {
        if case .interfaceStateChanged(let interface, .waiting, .dr) = $0 { interface.name == "eth0" } else { false }
      })
  }

  @Test(
    "RFC 2328 A.1: being Designated Router on one network makes nobody a member of AllDRouters on another",
    arguments: ProtocolInstance.allCases)
  func groupsOfOthers(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 1), .bench("198.51.100.2", name: "eth1", index: 3)])
    bench.run(for: .seconds(41))
    for isUp in [false, true] { bench.changeInterface(1) { $0.isUp = isUp } }
    #expect(
      bench.groups == [
        .init(2, instance.allSPFRouters), .init(2, instance.allDRouters), .init(3, instance.allSPFRouters),
      ])
  }

  @Test("a non-broadcast network has no groups to be a member of", arguments: ProtocolInstance.allCases)
  func groupsOfNonBroadcast(instance: ProtocolInstance) {
    #expect(Bench(instance, interfaces: [.bench(type: .nonBroadcast)]).groups.isEmpty)
  }

  @Test("a passive interface is DROther whatever its priority: nobody elects it", arguments: ProtocolInstance.allCases)
  func passive(instance: ProtocolInstance) throws {
    let bench = Bench(instance, interfaces: [.bench(priority: 5) { $0.isPassive = true }])
    #expect(try bench.interface().state == .drOther)
    bench.run(for: .seconds(60))
    #expect(try bench.interface().state == .drOther)
  }

  @Test(
    "RFC 2328 9.3 InterfaceDown: a configured neighbor is destroyed too, and begins anew as it is configured",
    arguments: ProtocolInstance.allCases)
  func configuredNeighborsGoDown(instance: ProtocolInstance) {
    let bench = Bench(
      instance,
      interfaces: [
        .bench(type: .nonBroadcast, priority: 1) {
          $0.neighbors = [ConfiguredNeighbor(address: instance.address("192.0.2.3"), priority: 1)]
        }
      ])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.priority = 9
    neighbor.sendHello()
    #expect(bench.neighbor("3.3.3.3")?.priority == 9)
    bench.changeInterface { $0.isUp = false }
    #expect(bench.router.neighborSnapshots(at: bench.now).isEmpty)
    bench.changeInterface { $0.isUp = true }
    let again = bench.router.neighborSnapshots(at: bench.now)
    #expect(again.map(\.reference.routerID) == ["0.0.0.0"] && again.map(\.priority) == [1])
    #expect(again.map(\.state) == [.attempt])
  }
}
