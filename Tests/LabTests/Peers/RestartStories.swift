import ControlAPI
import FoundationEssentials
import LabHarness

extension PeerTelling {
  /// A client behind the router asks the node a hundred times a second, in both families, while the node's program goes and comes.
  func restarts() async throws {
    let router = try await router("router")
    let node = try await lab.host("node")
    try await lab.connect(router.host, "eth0", node, "eth0")
    try await router.host.address(number: 1)
    let gateway = try await node.address(number: 2)
    try await node.defaultRoutes(via: [(0, 1)])
    let client = try await client(behind: router.host, "eth1")
    var uplink = interface("eth0")
    // With any other pace nothing would be seen but the pace.
    uplink.routerDeadInterval = 40
    try await router.start(
      .init(routerID: Uplink.routerID, interfaces: [uplink], helpsRestarts: true))
    let service = PeerService.external(53)
    var configuration = NodeConfiguration(interfaces: [uplink], services: [service.configuration])
    for name in ProtocolName.allCases { configuration.routerLines[name] = ["graceful-restart"] }
    let program = node.directory + "/anycast-ospfd"
    try await Shell.run("cp", [AnycastDaemon.programs + "/anycast-ospfd", program])
    let daemon = try await AnycastDaemon(on: node, configuration: configuration.text, program: program)
    try await router.awaitService(via: [gateway])
    try await client.awaitAnswer(of: service)
    let watched = WatchedClient(client: client, router: router.host, addresses: service.addresses)

    await tell(.gracefulRestart) {
      try await watched.expectNoLoss("a graceful restart", of: daemon) {
        try await restart(daemon)
        try await daemon.awaitNoGraceLSA()
        try await restart(daemon)
      }
      try await daemon.awaitNoGraceLSA()
      try await expectReplay(of: daemon)
    }
    await tell(.gracefulUpgrade) {
      try await daemon.awaitNoGraceLSA()
      try await watched.expectNoLoss("an upgrade", of: daemon) {
        try await Shell.run("cp", [AnycastDaemon.programs + "/anycast-ospfd", program + ".new"])
        try await Shell.run("mv", [program + ".new", program])
        let running = try await daemon.status().processID
        let before = try await Shell.run("readlink", ["/proc/\(running)/exe"])
        try await restart(daemon)
        let after = try await Shell.run("readlink", ["/proc/\(running)/exe"])
        guard before.contains("deleted"), !after.contains("deleted") else { throw LabError("it still runs \(after)") }
      }
    }
  }

  /// The recording of the run that has come back begins with its restart: replayed, that ends as it has.
  private func expectReplay(of daemon: AnycastDaemon) async throws {
    let asked = try await daemon.control("record")
    let path = String(asked.output.split(separator: "\n").last ?? "")
    let told = try await daemon.host.attempt([AnycastDaemon.programs + "/anycastctl", "replay", path]).output
    for side in ["engine", "recorded"] {
      let lines = told.split(separator: "\n").filter { $0.contains("  \(side): the graceful restart is complete") }
      guard lines.count == 2, !told.contains("Differs:") else { throw LabError("\(asked) \(told)\n\(daemon.log)") }
    }
  }

  /// Restarts it, and is sure that it is the same process, that it says so, and that no descriptor is left over.
  private func restart(_ daemon: AnycastDaemon) async throws {
    let before = try await daemon.status()
    let result = try await daemon.control("restart", "--graceful")
    guard result.status.isSuccess else { throw LabError("\(result.output)\(result.errorOutput)\n\(daemon.log)") }
    let after = try await daemon.status()
    guard before.processID == after.processID, before.startedAt != after.startedAt else {
      throw LabError("\(before.processID) since \(before.startedAt), then \(after.processID) since \(after.startedAt)")
    }
  }
}

/// A client that must not notice anything, and the routes of the router that it asks through.
private struct WatchedClient {
  let client: Host
  let router: Host
  let addresses: [String]

  func expectNoLoss(_ name: String, of daemon: AnycastDaemon, while action: () async throws -> Void) async throws {
    let word = name.filter(\.isLetter)
    var clients: [PingClient] = []
    for address in addresses {
      clients.append(try await PingClient(from: client, to: address, name: "\(word)-\(address)", interval: 0.01))
    }
    let monitor = try await router.start("routes-\(word)", ["ip", "monitor", "route"])
    for client in clients { try await client.awaitAnswers(50) }
    try await action()
    for client in clients { try await client.awaitAnswers(300) }
    var lost: [Int] = []
    for client in clients { lost.append(try await client.finish()) }
    monitor.signal(.interrupt)
    // For reading only: a router may remove a route and install it anew so quickly that no packet notices.
    let removals = monitor.output.split(separator: "\n").filter { line in
      line.hasPrefix("Deleted") && addresses.contains { line.contains($0) }
    }
    print("requests at 100 Hz lost over \(name) beside \(router.name): \(lost), routes removed: \(removals.count)")
    guard lost.allSatisfy({ $0 == 0 }) else {
      throw LabError("lost \(lost); \(removals.joined(separator: "\n"))\n\(daemon.log)")
    }
  }
}

extension AnycastDaemon {
  /// Waits until the grace-LSAs of a restart have left the database: a new one that follows the flush of the old one within MinLSArrival
  /// is discarded by the router.
  func awaitNoGraceLSA() async throws {
    try await eventually("the grace-LSAs have gone", state: { log }) {
      try await database().allSatisfy { !$0.selfOriginated || ($0.lsType != 9 && $0.lsType != 11) }
    }
  }
}
