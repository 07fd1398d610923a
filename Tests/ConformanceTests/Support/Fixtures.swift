import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// An engine and a neighbor on its network that it has not heard yet.
func strangers(_ instance: ProtocolInstance) -> (bench: Bench, neighbor: HandMadeNeighbor) {
  let bench = Bench(instance)
  return (bench, HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3"))
}

/// An engine that is Full with one hand-made neighbor, everything acknowledged and forgotten.
struct Pair {
  let bench: Bench
  let neighbor: HandMadeNeighbor

  init(_ bench: Bench, _ neighbor: HandMadeNeighbor) {
    self.bench = bench
    self.neighbor = neighbor
  }

  /// Brings them together. A neighbor with the higher router ID is master.
  init(
    _ instance: ProtocolInstance, _ type: NetworkType = .broadcast, neighbor routerID: RouterID = "3.3.3.3",
    _ configuration: RouterConfiguration = .bench(), area: AreaID = .backbone, priority: UInt8 = 0, lsas: [[UInt8]] = [],
    others: [InterfaceDefinition] = [], _ settings: (inout InterfaceSettings) -> Void = { _ in }
  ) throws {
    bench = Bench(
      instance, configuration, interfaces: [.bench(area: area, type: type, priority: priority, settings)] + others)
    neighbor = HandMadeNeighbor(bench, routerID, "192.0.2.3")
    try neighbor.bringToFull(lsas)
    bench.forget()
  }
}

/// An engine between two networks, Full with a neighbor on each: `left` is Designated Router of a broadcast network, `right` is
/// at the other end of a point-to-point link.
struct Between {
  let bench: Bench
  let left: HandMadeNeighbor
  let right: HandMadeNeighbor

  init(_ bench: Bench, _ left: HandMadeNeighbor, _ right: HandMadeNeighbor) {
    self.bench = bench
    self.left = left
    self.right = right
  }

  init(
    _ instance: ProtocolInstance, _ configuration: RouterConfiguration = .bench(), leftArea: AreaID = .backbone,
    rightArea: AreaID = .backbone,
    lsas: [[UInt8]] = []
  ) throws {
    bench = Bench(
      instance, configuration,
      interfaces: [
        .bench(area: leftArea),
        .bench("198.51.100.2", name: "eth1", index: 3, area: rightArea, type: .pointToPoint),
      ])
    left = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    right = HandMadeNeighbor(bench, "4.4.4.4", "198.51.100.4", interface: 1)
    try left.bringToFull(lsas)
    try right.bringToFull()
    bench.forget()
  }
}

/// An engine on a broadcast network with two neighbors that are Designated Router and Backup, Full with both, itself DROther.
struct Trio {
  let bench: Bench
  let designatedRouter: HandMadeNeighbor
  let backup: HandMadeNeighbor

  init(_ instance: ProtocolInstance, lsas: [[UInt8]] = [], others: [InterfaceDefinition] = []) throws {
    bench = Bench(instance, interfaces: [.bench()] + others)
    designatedRouter = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    backup = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    for neighbor in [designatedRouter, backup] {
      neighbor.designatedRouter = designatedRouter.identity
      neighbor.backupDesignatedRouter = backup.identity
    }
    try designatedRouter.bringToFull(lsas)
    try backup.bringToFull(lsas)
    bench.forget()
  }
}

/// An engine that is Designated Router, Full with one neighbor that is Backup and one that is DROther.
struct Elected {
  let bench: Bench
  let backup: HandMadeNeighbor
  let other: HandMadeNeighbor

  init(_ instance: ProtocolInstance, _ configuration: RouterConfiguration = .bench()) throws {
    bench = Bench(instance, configuration, interfaces: [.bench(priority: 10)])
    bench.run(for: .seconds(41))
    backup = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    other = HandMadeNeighbor(bench, "4.4.4.4", "192.0.2.4")
    other.priority = 0
    for neighbor in [backup, other] {
      neighbor.designatedRouter = instance.identity(2)
      neighbor.backupDesignatedRouter = backup.identity
    }
    try backup.bringToFull()
    try other.bringToFull()
    bench.forget()
  }
}

extension Bench {
  /// The single item of a list that must have exactly one.
  func only<Item>(_ items: [Item], _ what: String) throws -> Item {
    guard items.count == 1, let item = items.first else {
      throw TestFailure("\(items.count) \(what) instead of one: \(situation)")
    }
    return item
  }

  /// The one reason for which a packet was refused.
  func onlyRefusal() throws -> Refusal { try only(refusals, "refusals") }

  /// The last Hello that was sent, with what surrounds it.
  func lastHelloPacket() throws -> Packet {
    guard let hello = sent.last(where: { $0.type == .hello }) else { throw TestFailure("no Hello was sent. \(situation)") }
    return try Packet.decode(hello.transmission.bytes.rawSpan, version: instance.version)
  }

  /// The last Hello that was sent through an interface.
  func lastHello(_ interfaceIndex: UInt32 = 2) throws -> Hello {
    guard let hello = sent.last(where: { $0.type == .hello && $0.transmission.interfaceIndex == interfaceIndex })?.hello else {
      throw TestFailure("no Hello was sent. \(situation)")
    }
    return hello
  }
}

extension ProtocolInstance {
  /// How Hellos name the router N.N.N.N at 192.0.2.N; the engine is number 2.
  func identity(_ number: UInt8) -> DesignatedRouterID {
    identity(RouterID(rawValue: UInt32(number) * 0x0101_0101), IPv4Address(192, 0, 2, number))
  }
}

/// The prefixes that the tests advertise.
let service: IPv4Prefix = "203.0.113.1/32"
let otherService: IPv4Prefix = "203.0.113.2/32"

extension IPPrefix {
  static let service = IPPrefix.v4("203.0.113.1/32")
  static let otherService = IPPrefix.v4("203.0.113.2/32")
}
