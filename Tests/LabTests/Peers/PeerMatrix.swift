import LabHarness

/// Every story with every peer: each chapter is told once, when the first of its stories is asked for.
actor PeerMatrix {
  static let shared = PeerMatrix()

  private struct Key: Hashable {
    var peer: Peer
    var chapter: PeerChapter
  }

  private var chapters: [Key: Task<[PeerStory: String], Never>] = [:]

  /// What went wrong in a story; nil when nothing did.
  func failure(of story: PeerStory, with peer: Peer) async -> String? {
    let key = Key(peer: peer, chapter: story.chapter)
    let task = chapters[key] ?? Task { await Self.failures(of: key) }
    chapters[key] = task
    return await task.value[story]
  }

  private static func failures(of key: Key) async -> [PeerStory: String] {
    let ledger = Ledger()
    var failure: String?
    do {
      try await Lab.with { lab in
        try await key.chapter.tell(PeerTelling(peer: key.peer, lab: lab, ledger: ledger))
        // An error takes the ends of all logs with it.
        let failed = await ledger.failures
        if !failed.isEmpty { throw LabError(failed.map { "\($0.key.rawValue): \($0.value)" }.joined(separator: "\n")) }
      }
    } catch {
      failure = "\(error)"
    }
    let (told, failed) = (await ledger.told, await ledger.failures)
    return key.chapter.stories(with: key.peer).reduce(into: [:]) { failures, story in
      if failed[story] != nil || !told.contains(story) { failures[story] = failure ?? "it was not told" }
    }
  }

  /// Which stories of a chapter came to their end, and how.
  actor Ledger {
    private(set) var told: Set<PeerStory> = []
    private(set) var failures: [PeerStory: String] = [:]

    func note(_ story: PeerStory, failure: String?) {
      told.insert(story)
      failures[story] = failure
    }
  }
}

/// One chapter with one peer: the lab, and what has been told.
struct PeerTelling: Sendable {
  let peer: Peer
  let lab: Lab
  let ledger: PeerMatrix.Ledger

  /// RouterDeadInterval of every network: time enough for a machine that does much else.
  static let deadInterval = 6

  /// Whether a story is one for this peer.
  func isTold(_ story: PeerStory) -> Bool { story.absence(in: peer.software, peer.version) == nil }

  /// Tells a story. A failure is noted, and the chapter goes on.
  func tell(_ story: PeerStory, _ body: () async throws -> Void) async {
    do {
      try await body()
      await ledger.note(story, failure: nil)
    } catch {
      await ledger.note(story, failure: "\(error)")
    }
  }

  /// A router of this release on a new machine that forwards.
  func router(_ name: String) async throws -> any LabRouter { peer.router(on: try await forwardingHost(name)) }

  /// A new machine that forwards packets of both families. Where a cable is cut it does not send into it any more, as servers
  /// with two uplinks are set up.
  func forwardingHost(_ name: String) async throws -> Host {
    let host = try await lab.host(name)
    try await host.execute(
      "sysctl", "-q", "-w", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.ignore_routes_with_linkdown=1",
      "net.ipv6.conf.all.ignore_routes_with_linkdown=1", "net.ipv6.conf.default.ignore_routes_with_linkdown=1")
    return host
  }

  /// A client on network 9 behind a router, whose device there this lays and names.
  func client(behind router: Host, _ device: String) async throws -> Host {
    let client = try await lab.host("client")
    try await lab.connect(router, device, client, "eth0")
    try await router.address(device, network: 9, number: 1)
    try await client.address(network: 9, number: 2)
    try await client.defaultRoutes(via: [(9, 1)])
    return client
  }

  /// An interface with this chapter's timers.
  func interface(
    _ device: String, _ networkType: RouterSetup.NetworkKind = .pointToPoint, priority: Int = 1, area: String = "0.0.0.0"
  ) -> RouterSetup.Interface {
    .init(
      device: device, networkType: networkType, routerDeadInterval: Self.deadInterval, priority: priority, area: area)
  }
}

/// A service of the stories: an address of each family under one number.
struct PeerService: Sendable {
  var name: String
  var number: Int
  var advertise: String

  static func external(_ number: Int) -> PeerService {
    PeerService(name: "external", number: number, advertise: "external metric-type 2 metric 20")
  }
  static func stub(_ number: Int) -> PeerService {
    PeerService(name: "stub", number: number, advertise: "stub metric 5")
  }

  var addresses: [String] { ["192.0.2.\(number)", "2001:db8:ffff::\(number)"] }

  /// Its block of the node's configuration: it is always up.
  var configuration: NodeConfiguration.Service {
    .init(name: name, addresses: addresses, advertise: advertise, lines: [])
  }
}

extension Host {
  /// Gives a machine default routes of both families, through machines by their networks and numbers.
  func defaultRoutes(via gateways: [(network: Int, number: Int)]) async throws {
    let ipv4 = gateways.flatMap { ["nexthop", "via", "10.0.\($0.network).\($0.number)"] }
    let ipv6 = gateways.flatMap { ["nexthop", "via", "2001:db8:0:\($0.network)::\($0.number)"] }
    try await Shell.run("ip", ["-n", namespace, "route", "replace", "default"] + ipv4)
    try await Shell.run("ip", ["-6", "-n", namespace, "route", "replace", "default"] + ipv6)
  }

  /// Waits until both addresses of a service answer.
  func awaitAnswer(of service: PeerService) async throws {
    for address in service.addresses {
      try await eventually(
        "\(address) answers \(name)",
        state: { (try? await self.attempt(["ip", "route", "get", address]).output) ?? "" }
      ) {
        try await attempt(["ping", "-n", "-c", "1", "-W", "1", address]).status.isSuccess
      }
    }
  }
}

extension LabRouter {
  /// Waits until the kernel's routes to both addresses of a service have exactly these gateways.
  func awaitRoutes(to service: PeerService, via gateways: [Gateway]) async throws {
    try await awaitRoute(service.addresses[0], via: gateways.map(\.ipv4))
    try await awaitRoute(service.addresses[1], via: gateways.map(\.ipv6))
  }
}
