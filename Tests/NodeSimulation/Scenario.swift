import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// What a seed's network is like.
struct Scenario {
  static let helloInterval: Int64 = 2
  static let deadInterval: Int64 = 8
  static let subnet = IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 24)

  /// The versions of OSPF that are spoken, each with the addresses of its own family.
  var protocols: [ProtocolInstance] = [.ospfv2]
  /// Whether packets are authenticated with a cryptographic key.
  var isAuthenticated = false
  /// Whether the routers watch their neighbors with BFD.
  var hasBFD = false
  var networkType = NetworkType.broadcast
  /// How long a packet is under way.
  var latency: ClosedRange<Duration> = .microseconds(100)...(.milliseconds(2))
  /// Whether packets of one station reach another in the order in which they were sent, as on a LAN. Without it there is no cryptographic
  /// authentication, whose sequence numbers only increase.
  var hasOrder = true

  static func random(_ random: inout SplitMix64) -> Scenario {
    var scenario = Scenario()
    let versions = Int.random(in: 0..<100, using: &random)
    scenario.protocols = versions < 42 ? [.ospfv2] : versions < 80 ? [.ospfv3] : [.ospfv2, .ospfv3]
    scenario.isAuthenticated = random.chance(25)
    scenario.hasBFD = random.chance(25)
    scenario.hasOrder = scenario.isAuthenticated || random.chance(80)
    return scenario
  }

  /// The address of a station on the network in the family of a version.
  static func address(_ number: UInt8, _ version: OSPFVersion) -> IPAddress {
    switch version {
    case .v2: .v4(IPv4Address(10, 0, 0, number))
    case .v3: .v6(IPv6Address(high: 0xFE80 << 48, low: UInt64(number)))
    }
  }

  // MARK: - For nodes

  private static let secret = "geheim"

  /// The lines of a node's interface to the network.
  func interfaceLines(bfd: NodeBFD, without disabled: Set<ProtocolInstance>) -> String {
    var lines: [String] = []
    for kind in protocols where !disabled.contains(kind) {
      let words = kind.version == .v2 ? "ip ospf" : "ipv6 ospf6"
      lines += [
        "\(words) area 0", "\(words) hello-interval \(Self.helloInterval)", "\(words) dead-interval \(Self.deadInterval)",
      ]
      if networkType == .pointToPoint { lines.append("\(words) network point-to-point") }
      switch bfd {
      case .none: break
      case .monitor: lines.append("\(words) bfd profile slow")
      case .strict: lines += ["\(words) bfd profile slow", "\(words) bfd strict hold-off 1"]
      }
      guard isAuthenticated else { continue }
      lines +=
        kind.version == .v2
        ? ["\(words) authentication message-digest", "\(words) message-digest-key 1 md5 \(Self.secret)"]
        : ["\(words) authentication key-id 1 hash-algo hmac-sha-256 key \(Self.secret)"]
    }
    return lines.map { " \($0)\n" }.joined()
  }

  // MARK: - For routers

  /// The interface of a router to the network.
  func interface(_ number: UInt8, _ version: OSPFVersion) -> InterfaceDefinition {
    let address = Self.address(number, version)
    let addressing: InterfaceDefinition.Addressing =
      switch address {
      case .v4(let address): .ipv4(address: address, subnet: Self.subnet, isUnnumbered: false)
      case .v6(let address): .ipv6(linkLocal: address, addresses: [])
      }
    let secret = Secret(Self.secret)
    let authentication: Authentication =
      switch (isAuthenticated, version) {
      case (false, _): .null
      case (true, .v2): .cryptographic([CryptographicKey(id: 1, secret: secret)])
      case (true, .v3): .trailer([CryptographicKey(id: 1, algorithm: .hmacSHA256, secret: secret)])
      }
    let settings = InterfaceSettings(
      area: .backbone, networkType: networkType, helloInterval: .seconds(Self.helloInterval),
      routerDeadInterval: .seconds(Self.deadInterval), priority: 1, authentication: authentication,
      bfd: hasBFD ? .monitor : .none)
    return InterfaceDefinition(name: "lan", index: SimulatedRouter.interfaceIndex, addressing: addressing, settings: settings)
  }
}

/// What a node does with BFD on its uplink.
enum NodeBFD: CaseIterable {
  case none, monitor, strict
}
