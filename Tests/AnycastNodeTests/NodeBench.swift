import AnycastPolicy
import BFDProtocol
import Configuration
import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastNode

/// A node on one device, with a kernel that does what it is asked for when it is told to.
final class NodeBench {
  let sink = NodeSink()
  let node: AnycastNode
  private(set) var now = Instant.zero
  private(set) var effects: [NodeEffect] = []
  /// What the kernel is asked for and has not done yet.
  private(set) var askedAddresses: (set: Set<DeviceAddress>, request: Int)?
  private(set) var askedRoutes: (set: Set<ServiceRoute>, request: Int)?
  private(set) var askedSockets: (set: [SocketID: Set<IPAddress>], request: Int)?
  private(set) var checks: [CheckAssignment]?
  /// The BFD sessions that are wanted.
  private(set) var sessions: [SessionDefinition] = []
  private var addresses: Set<DeviceAddress> = []

  static let header = """
    interface eth0
     ip ospf area 0
    router ospf
     ospf router-id 198.51.100.2

    """

  init(_ text: String) throws {
    let configuration = try Configuration.parse([SourceFile(path: "test.conf", text: Self.header + text)]).configuration
    node = AnycastNode(configuration: configuration, seed: 1, wallClock: 1_000_000, at: .zero, sink: sink)
    absorb()
  }

  /// The devices come.
  func setLinks() {
    node.setLinks(links, at: now)
    absorb()
  }

  var links: [Link] {
    let loopback = addresses.map { LinkAddress(address: $0.address, prefixLength: $0.address.bitWidth) }
    let uplink = LinkAddress(address: .v4(IPv4Address(10, 0, 0, 2)), prefixLength: 24)
    return [
      Link(
        index: 1, name: "lo", mtu: 65536, isUp: true, isLoopback: true,
        addresses: loopback.sorted { $0.address < $1.address }),
      Link(index: 2, name: "eth0", mtu: 1500, isUp: true, addresses: [uplink]),
    ]
  }

  static let socket = SocketID(instance: .ospfv2, interfaceIndex: 2)

  /// The sockets are opened, or are not.
  func openSockets(_ failures: [SocketID: SocketFailure] = [:]) throws {
    let asked = try #require(askedSockets)
    askedSockets = nil
    node.socketsApplied(request: asked.request, failures: failures, at: now)
    absorb()
  }

  /// The kernel does what it was asked for last.
  func grantAddresses(_ failures: [DeviceAddress: String] = [:]) throws {
    let asked = try #require(askedAddresses)
    askedAddresses = nil
    addresses = asked.set.filter { failures[$0] == nil }
    setLinks()
    node.addressesApplied(request: asked.request, failures: failures, at: now)
    absorb()
  }

  func grantRoutes(_ failures: [ServiceRoute: String] = [:]) throws {
    let asked = try #require(askedRoutes)
    askedRoutes = nil
    let there = asked.set.filter { failures[$0] == nil }
    node.setRoutes(
      Set(there.map { KernelRoute(prefix: $0.prefix, protocolNumber: KernelRoute.serviceProtocol) }), at: now)
    node.routesApplied(request: asked.request, failures: failures, at: now)
    absorb()
  }

  func perform(_ body: (AnycastNode, Instant) throws -> Void) rethrows {
    try body(node, now)
    absorb()
  }

  func pass(_ duration: Duration) {
    let end = now + duration
    while let deadline = node.nextDeadline, deadline <= end {
      now = max(now, deadline)
      node.advance(to: now)
      absorb()
    }
    now = end
  }

  var advertised: [IPPrefix] {
    node.serviceSnapshots(at: now).services.flatMap(\.addresses).filter { $0.advertised != nil }.map(\.address.prefix)
  }

  /// Whether the node has ended.
  private(set) var hasEnded = false
  /// Why, when it could not go on.
  private(set) var failure: String?

  private func absorb() {
    for effect in sink.drain() {
      effects.append(effect)
      switch effect {
      case .holdSockets(let set, let request): askedSockets = (set, request)
      case .holdAddresses(let set, let request): askedAddresses = (set, request)
      case .holdRoutes(let set, let request): askedRoutes = (set, request)
      case .runChecks(let assignments): checks = assignments
      case .holdSessions(let wanted): sessions = wanted
      case .ended(let reason):
        hasEnded = true
        failure = reason
      case .transmit, .watchRoutes, .countTraffic, .storeDrains, .storeService, .reserveSequenceNumbers, .runCommand,
        .memoryChanged, .restart, .event, .record:
        break
      }
    }
  }
}
