import ControlAPI
import FoundationEssentials
import LabHarness

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
    /// The Instance ID of OSPFv3.
    var instanceID = 0
    /// How OSPFv2 packets are authenticated.
    var authentication: PacketAuthentication?
    /// The interval of BFD in milliseconds, three of which may pass; nil for no BFD.
    var bfdInterval: Int?
    /// `dead-interval minimal hello-multiplier N` of OSPFv2, in place of the intervals.
    var helloMultiplier: Int?
    /// How OSPFv3 packets are authenticated (RFC 7166).
    var trailer: Trailer?
  }

  /// The key of OSPFv3's authentication trailers.
  struct Trailer: Sendable {
    var id = 30
    /// FRR's word for it, `hmac-sha-256`.
    var algorithm = "hmac-sha-256"
    var key = "sekret"

    /// The line of FRR, and of this project.
    var line: String { " ipv6 ospf6 authentication key-id \(id) hash-algo \(algorithm) key \(key)\n" }
    /// BIRD's word for the algorithm, `hmac sha256`.
    var birdAlgorithm: String { algorithm.replacing("hmac-sha-", with: "hmac sha") }
  }

  /// Passwords and keys, in the words of each software.
  enum PacketAuthentication: Sendable {
    case simple(String)
    /// By key ID, the one to send with last.
    case md5([(id: Int, key: String)])
    /// HMAC-SHA (RFC 5709), which FRR 8.4 does not have. The algorithm is FRR's word for it, `hmac-sha-256`.
    case hmac(id: Int, algorithm: String, key: String)
    /// HMAC-SHA-256 with keys that have lifetimes, in OSPFv3 as well (RFC 7166).
    case lifetimes([LimitedKey])
  }

  /// A key, and when it is sent with and accepted: seconds of the calendar's time.
  struct LimitedKey: Sendable {
    var id: Int
    var key: String
    var send: ClosedRange<Int>
    var accept: ClosedRange<Int>
  }

  enum NetworkKind: String, Sendable, CaseIterable {
    case broadcast
    case pointToPoint = "point-to-point"
  }

  enum AreaKind: String, Sendable {
    case normal, stub, nssa
    /// A stub area into which its border router puts nothing but a default route.
    case totallyStubby = "stub no-summary"
  }

  var routerID: String
  var interfaces: [Interface] = [Interface()]
  var areaKinds: [String: AreaKind] = [:]
  /// Prefixes of either family that it advertises as externals.
  var externals: [String] = []
  /// What it speaks, on the same interfaces with the same timers.
  var protocols = ProtocolName.allCases
  /// Whether it speaks OSPFv3 for IPv4 (RFC 5838) in place of OSPFv2; only BIRD can.
  var carriesIPv4OverOSPFv3 = false

  /// Whether it helps neighbors that restart gracefully, which BIRD does unless told otherwise.
  var helpsRestarts = false

  /// The interval of BFD where an interface has it.
  var bfdInterval: Int? { interfaces.lazy.compactMap(\.bfdInterval).first }

  /// The prefixes among `externals` that a protocol carries.
  func externals(of protocolName: ProtocolName) -> [String] {
    externals.filter { $0.contains(":") == (protocolName == .ospfV3) }
  }
}

/// What a router says of one of its neighbors.
struct RouterNeighbor: Hashable, Sendable {
  var routerID: String
  /// The state in the router's own spelling, without the role: `Full`.
  var state: String
  /// `DR`, `Backup`, `DROther`, or what the router prints where there is no such role.
  var role: String
}

/// What a router says of one LSA in its database.
struct RouterLSA: Hashable, Sendable {
  /// The whole field: in OSPFv3 with the bits of its scope.
  var lsType: Int
  var linkStateID: String
  var advertisingRouter: String
  var sequenceNumber: String
  var age: Int

  /// Whether it is an AS-external-LSA, of either version.
  var isExternal: Bool { lsType == 5 || lsType == 0x4005 }
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
  func neighbors(_ protocolName: ProtocolName) async throws -> [RouterNeighbor]
  /// What it says of its database.
  func database(_ protocolName: ProtocolName) async throws -> [RouterLSA]
}

/// The software that the daemon is tested against.
enum RouterSoftware: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
  case frr = "FRR"
  case bird = "BIRD"

  var description: String { rawValue }

  /// A router of this software on a machine, of the release that is installed.
  func router(on host: Host) -> any LabRouter {
    switch self {
    case .frr: FRRRouter(host: host)
    case .bird: BIRDRouter(host: host)
    }
  }
}

extension LabRouter {
  /// Whether its adjacencies with a router are Full.
  func isFull(with routerID: String, in protocols: [ProtocolName] = ProtocolName.allCases) async throws -> Bool {
    for protocolName in protocols {
      let isFull = try await neighbors(protocolName).contains { $0.routerID == routerID && $0.state == "Full" }
      guard isFull else { return false }
    }
    return true
  }

  /// The LSAs in its databases that a router has originated and that are not about to be removed.
  func lsas(from routerID: String) async throws -> [RouterLSA] {
    var lsas: [RouterLSA] = []
    for protocolName in ProtocolName.allCases { lsas += try await database(protocolName) }
    return lsas.filter { $0.advertisingRouter == routerID && $0.age < 3600 }
  }

  /// Waits for the adjacencies.
  func awaitFull(
    with routerID: String, in protocols: [ProtocolName] = ProtocolName.allCases, within limit: Duration = .seconds(90)
  ) async throws {
    try await eventually(
      "\(host.name) is Full with \(routerID)", within: limit,
      state: {
        var words = ""
        for protocolName in protocols {
          words += "\(protocolName.rawValue): \((try? await self.neighbors(protocolName)) ?? [])\n"
        }
        return words
      }
    ) { try await isFull(with: routerID, in: protocols) }
  }

  /// Waits until the kernel's route has exactly these gateways.
  func awaitRoute(
    _ destination: String, via gateways: [String], within limit: Duration = .seconds(60)
  ) async throws {
    let family = IPFamily(of: destination)
    try await eventually(
      "\(host.name) has a route to \(destination) via \(gateways)", within: limit,
      state: {
        let routes = (try? await self.host.routes(family)) ?? []
        let database = (try? await self.database(family == .ipv4 ? .ospfV2 : .ospfV3)) ?? []
        return "its routes: \(routes.prefix(40))\nits database: \(database.prefix(40))"
      }
    ) { try await host.gateways(to: destination) == gateways.sorted() }
  }

  /// Waits until the kernel's routes to both addresses of the usual service have exactly these gateways.
  func awaitService(via gateways: [Gateway], within limit: Duration = .seconds(90)) async throws {
    try await awaitRoute(Uplink.serviceAddress, via: gateways.map(\.ipv4), within: limit)
    try await awaitRoute(Uplink.serviceAddress6, via: gateways.map(\.ipv6), within: limit)
  }

  /// Waits until the kernel's routes to both addresses of the usual service are gone.
  func awaitNoService(within limit: Duration = .seconds(60)) async throws {
    try await awaitService(via: [], within: limit)
  }
}
