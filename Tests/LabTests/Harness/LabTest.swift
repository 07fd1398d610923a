import FoundationEssentials
import Glibc
import LabHarness
import Testing

extension Lab {
  /// Makes a lab when its share of the machine is free, runs `body`, and removes the lab. An error is thrown on with the ends of
  /// all logs; so is the end of the time, which begins when the lab is made.
  static func with(
    _ share: LabSlots.Share = .part, within limit: Duration = .seconds(600),
    _ body: @escaping @Sendable (Lab) async throws -> Void
  ) async throws {
    try #require(getuid() == 0, "the lab needs root: it makes network namespaces")
    try await LabSlots.shared.with(share) {
      try await Guardian.removeLeftovers()
      let lab = try Lab()
      var failure: (any Error)?
      do { try await lab.run(body, within: limit) } catch { failure = LabError("\(error)\n\(lab.logs())") }
      try await lab.end()
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
