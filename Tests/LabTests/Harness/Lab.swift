import FoundationEssentials
import Glibc
import Synchronization
import Testing

/// A network of namespaces that a test builds, uses and leaves behind for the guardian.
final class Lab: Sendable {
  private static let counter = Mutex(0)

  /// Where the hosts' directories are.
  let directory: String
  private let prefix: String
  private let hosts = Mutex<[Host]>([])

  private init(directory: String, prefix: String) {
    self.directory = directory
    self.prefix = prefix
  }

  /// Makes a lab when its share of the machine is free, runs `body`, and removes the lab. An error is thrown on with the ends of
  /// all logs; so is the end of the time, which begins when the lab is made.
  static func with(
    _ share: LabSlots.Share = .part, within limit: Duration = .seconds(600),
    _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async throws {
    try #require(getuid() == 0, "the lab needs root: it makes network namespaces")
    try await LabSlots.shared.with(share) {
      try await Guardian.removeLeftovers()
      let number = counter.withLock { counter in
        counter += 1
        return counter
      }
      let prefix = "\(Guardian.prefix)\(getpid())-\(number)-"
      let directory = FileManager.default.temporaryDirectory.path + "/" + prefix + "lab"
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      let guardian = Guardian(prefix: prefix, directory: directory)
      let lab = Lab(directory: directory, prefix: prefix)
      var failure: (any Error)?
      do { try await lab.run(body, within: limit) } catch { failure = LabError("\(error)\n\(lab.logs())") }
      for host in lab.hosts.withLock({ $0 }) { await host.stopAll() }
      try await guardian.remove()
      if let failure { throw failure }
    }
  }

  private func run(_ body: @escaping @Sendable (Lab) async throws -> Void, within limit: Duration) async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { try await body(self) }
      group.addTask {
        try await Task.sleep(for: limit)
        throw LabError("the test is not over after \(limit)")
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func logs() -> String { hosts.withLock { $0 }.map { $0.logs() }.joined(separator: "\n") }

  /// Adds a machine.
  func host(_ name: String) async throws -> Host {
    let host = try await Host(name: name, namespace: prefix + name, directory: "\(directory)/\(name)")
    hosts.withLock { $0.append(host) }
    return host
  }

  /// Adds a machine that is nothing but an Ethernet switch.
  func networkSwitch(_ name: String = "switch") async throws -> Host {
    let host = try await host(name)
    try await host.ip("link", "add", "bridge", "type", "bridge", "mcast_snooping", "0")
    try await host.ip("link", "set", "bridge", "up")
    return host
  }

  /// Lays a cable between two machines, and switches both ends on.
  func connect(_ a: Host, _ deviceA: String, _ b: Host, _ deviceB: String, mtu: Int = 1500) async throws {
    let mtu = String(mtu)
    try await a.ip(
      "link", "add", deviceA, "mtu", mtu, "type", "veth", "peer", "name", deviceB, "mtu", mtu, "netns", b.namespace)
    try await a.ip("link", "set", deviceA, "up")
    try await b.ip("link", "set", deviceB, "up")
  }

  /// Lays a cable from a machine to a switch.
  func connect(_ host: Host, _ device: String, to networkSwitch: Host) async throws {
    let port = "to-\(host.name)"
    try await connect(host, device, networkSwitch, port)
    try await networkSwitch.ip("link", "set", port, "master", "bridge")
  }
}

extension Host {
  /// Drops a part of the IP packets that arrive, at random.
  func lose(percent: Int) async throws {
    let rules = """
      table inet lab {
        chain input {
          type filter hook input priority 0;
          numgen random mod 100 < \(percent) drop
        }
      }
      """
    try await execute(["nft", "-f", "-"], input: rules)
  }

  /// Drops every OSPF packet, in both directions, as a cable that is cut far away would.
  func cutOSPF() async throws {
    let rules = """
      table inet cut {
        chain input { type filter hook input priority 0; meta l4proto 89 drop; }
        chain output { type filter hook output priority 0; meta l4proto 89 drop; }
      }
      """
    try await execute(["nft", "-f", "-"], input: rules)
  }

  /// A route of the kernel's main table.
  struct KernelRoute: Hashable {
    var destination: String
    /// The gateways, sorted.
    var gateways: [String]
    var metric: Int?
  }

  private struct IPRoute: Decodable {
    struct NextHop: Decodable { var gateway: String? }
    var dst: String
    var gateway: String?
    var nexthops: [NextHop]?
    var metric: Int?
  }

  /// The kernel's routes of a family.
  func routes(_ family: IPFamily = .ipv4) async throws -> [KernelRoute] {
    let text = try await Shell.run("ip", ["-j", family.rawValue, "-n", namespace, "route", "show"])
    guard !text.isEmpty else { return [] }
    return try decoded([IPRoute].self, from: text).map { route in
      let gateways = [route.gateway].compactMap(\.self) + (route.nexthops ?? []).compactMap(\.gateway)
      return KernelRoute(destination: route.dst, gateways: gateways.sorted(), metric: route.metric)
    }
  }

  /// The gateways of the route to a host address or prefix, as the kernel prints it; empty when there is no route.
  func gateways(to destination: String) async throws -> [String] {
    try await routes(IPFamily(of: destination)).first { $0.destination == destination }?.gateways ?? []
  }

  /// Whether an address of the usual service is on the loopback device.
  func hasServiceAddress() async throws -> Bool {
    let addresses = try await ip("address", "show", "dev", "lo")
    return addresses.contains(Uplink.serviceAddress + "/") || addresses.contains(Uplink.serviceAddress6 + "/")
  }

  private struct Link: Decodable {
    struct Address: Decodable { var local: String? }
    var addresses: [Address]

    enum CodingKeys: String, CodingKey { case addresses = "addr_info" }
  }

  /// The link-local address that the kernel has given to a device.
  func linkLocalAddress(of device: String) async throws -> String {
    let text = try await Shell.run(
      "ip", ["-j", "-6", "-n", namespace, "address", "show", "dev", device, "scope", "link"])
    guard let address = try decoded([Link].self, from: text).flatMap(\.addresses).compactMap(\.local).first else {
      throw LabError("\(device) of \(name) has no link-local address")
    }
    return address
  }
}

/// The families of addresses; the raw values are the options of `ip`.
enum IPFamily: String {
  case ipv4 = "-4"
  case ipv6 = "-6"

  /// The family of an address or prefix in text.
  init(of text: String) { self = text.contains(":") ? .ipv6 : .ipv4 }
}
