import FoundationEssentials

/// How a router of the lab is set up.
struct RouterSetup: Sendable {
  /// One OSPF interface.
  struct Interface: Sendable {
    var device = "eth0"
    var networkType = NetworkKind.broadcast
    var helloInterval = 1
    var routerDeadInterval = 4
    var priority = 1
    var cost = 10
    var area = "0.0.0.0"
  }

  enum NetworkKind: String, Sendable, CaseIterable {
    case broadcast
    case pointToPoint = "point-to-point"
  }

  enum AreaKind: String, Sendable {
    case normal, stub, nssa
  }

  var routerID: String
  var interfaces: [Interface] = [Interface()]
  var areaKinds: [String: AreaKind] = [:]
  /// Prefixes that it advertises as externals.
  var externals: [String] = []
  /// Whether it speaks OSPFv3 as well, on the same interfaces with the same timers.
  var speaksOSPFv3 = false
  /// Whether it speaks OSPFv3 for IPv4 (RFC 5838) in place of OSPFv2; only BIRD can.
  var carriesIPv4OverOSPFv3 = false
}

/// What a router says of one of its neighbors.
struct RouterNeighbor: Hashable, Sendable {
  var routerID: String
  /// The state in the router's own spelling, without the role: `Full`.
  var state: String
  /// `DR`, `Backup`, `DROther`, or what the router prints where there is no such role.
  var role: String
  var address: String
}

/// What a router says of one LSA in its database.
struct RouterLSA: Hashable, Sendable {
  var lsType: Int
  var linkStateID: String
  var advertisingRouter: String
  var sequenceNumber: String
  var age: Int
}

/// A router of other software, in a namespace.
protocol LabRouter: Sendable {
  /// The machine that it runs on.
  var host: Host { get }

  /// Starts it with a setup, and waits until it answers.
  func start(_ setup: RouterSetup) async throws
  /// Ends it without giving it a chance to say goodbye.
  func kill() async throws
  /// What it says of its neighbors.
  func neighbors() async throws -> [RouterNeighbor]
  /// What it says of its database.
  func database() async throws -> [RouterLSA]
}

/// The software that the daemon is tested against.
enum RouterSoftware: String, CaseIterable, Sendable, CustomStringConvertible {
  case frr = "FRR"
  case bird = "BIRD"

  var description: String { rawValue }

  /// A router of this software on a machine.
  func router(on host: Host) -> any LabRouter {
    switch self {
    case .frr: FRRRouter(host: host)
    case .bird: BIRDRouter(host: host)
    }
  }
}

extension LabRouter {
  /// Whether its adjacency with a router is Full.
  func isFull(with routerID: String) async throws -> Bool {
    try await neighbors().contains { $0.routerID == routerID && $0.state == "Full" }
  }

  /// Waits for the adjacency.
  func awaitFull(with routerID: String, within limit: Duration = .seconds(90)) async throws {
    try await eventually(
      "\(host.name) is Full with \(routerID)", within: limit,
      state: { (try? await self.neighbors()).map { "its neighbors: \($0)" } ?? "" }
    ) { try await isFull(with: routerID) }
  }

  /// Waits until the kernel's route has exactly these gateways.
  func awaitRoute(
    _ destination: String, via gateways: [String], within limit: Duration = .seconds(60)
  ) async throws {
    try await eventually(
      "\(host.name) has a route to \(destination) via \(gateways)", within: limit,
      state: {
        let routes = (try? await self.host.routes()) ?? []
        let database = (try? await self.database()) ?? []
        return "its routes: \(routes.prefix(40))\nits database: \(database.prefix(40))"
      }
    ) { try await host.gateways(to: destination) == gateways.sorted() }
  }

  /// Waits until the kernel's route is gone.
  func awaitNoRoute(_ destination: String, within limit: Duration = .seconds(60)) async throws {
    try await awaitRoute(destination, via: [], within: limit)
  }
}
