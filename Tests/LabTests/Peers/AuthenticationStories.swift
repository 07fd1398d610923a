import ControlAPI
import LabHarness

extension PeerTelling {
  /// A manner of authentication: what it makes of an interface.
  struct Manner: Sendable {
    var story: PeerStory
    var apply: @Sendable (inout RouterSetup.Interface) -> Void
  }

  /// The manners of OSPFv2.
  func packetAuthentication() async throws {
    func manner(_ story: PeerStory, _ authentication: RouterSetup.PacketAuthentication) -> Manner {
      Manner(story: story) { $0.authentication = authentication }
    }
    let algorithms: [(PeerStory, String)] = [
      (.hmacSHA1, "hmac-sha-1"), (.hmacSHA256, "hmac-sha-256"), (.hmacSHA384, "hmac-sha-384"), (.hmacSHA512, "hmac-sha-512"),
    ]
    try await authentication(
      .ospfV2, restart: .authenticatedRestart,
      [manner(.simplePassword, .simple("sekret")), manner(.keyedMD5, .md5([(5, "sixteen-octets..")]))]
        + algorithms.map { manner($0, .hmac(id: 5, algorithm: $1, key: "a-key-of-the-lab")) })
  }

  /// The trailers of OSPFv3.
  func authenticationTrailers() async throws {
    let algorithms: [(PeerStory, String)] = [
      (.trailerSHA1, "hmac-sha-1"), (.trailerSHA256, "hmac-sha-256"), (.trailerSHA384, "hmac-sha-384"),
      (.trailerSHA512, "hmac-sha-512"),
    ]
    try await authentication(
      .ospfV3, restart: .trailerRestart,
      algorithms.map { story, algorithm in
        Manner(story: story) { $0.trailer = RouterSetup.Trailer(algorithm: algorithm) }
      })
  }

  /// One router and one node with a link for each manner. The route to the service has a next hop for each manner that both
  /// agree on.
  private func authentication(_ protocolName: ProtocolName, restart: PeerStory, _ all: [Manner]) async throws {
    let manners = all.filter { isTold($0.story) }
    let router = try await router("router")
    let node = try await lab.host("node")
    var interfaces: [RouterSetup.Interface] = []
    var nextHops: [String] = []
    for (number, manner) in manners.enumerated() {
      let device = "eth\(number)"
      try await lab.connect(router.host, device, node, device)
      try await router.host.address(device, network: number, number: 1)
      nextHops.append(try await node.address(device, network: number, number: 2).source(protocolName))
      var interface = interface(device)
      manner.apply(&interface)
      interfaces.append(interface)
    }
    var service = PeerService.external(53).configuration
    let address = service.addresses[protocolName == .ospfV2 ? 0 : 1]
    service.addresses = [address]
    let configuration =
      NodeConfiguration(interfaces: interfaces, protocols: [protocolName], services: [service]).text
      + (protocolName == .ospfV3 ? interfaces.map { trailerOrder($0.device) }.joined() : "")
    try await router.start(.init(routerID: Uplink.routerID, interfaces: interfaces, protocols: [protocolName]))
    let daemon = try await AnycastDaemon(on: node, configuration: configuration)

    func awaitNextHop(_ number: Int, _ daemon: AnycastDaemon) async throws {
      try await eventually("the link eth\(number) is up", state: { daemon.log }) {
        let isFull = try await daemon.neighbors().contains { $0.interface == "eth\(number)" && $0.state == .full }
        let gateways = try await router.host.gateways(to: address)
        return isFull && gateways.contains(nextHops[number])
      }
    }
    for (number, manner) in manners.enumerated() {
      await tell(manner.story) { try await awaitNextHop(number, daemon) }
    }
    await tell(restart) {
      _ = try await daemon.end(.kill)
      let successor = try await AnycastDaemon(on: node, configuration: configuration)
      for number in manners.indices { try await awaitNextHop(number, successor) }
    }
  }

  /// What the node has to be told of an interface towards an FRR before 9.1, which has two octets of the trailer's digest in the
  /// order of the machine.
  private func trailerOrder(_ device: String) -> String {
    guard peer.software == .frr, peer.version < .init(9, 1) else { return "" }
    return "interface \(device)\n ipv6 ospf6 authentication protocol-id little-endian\n!\n"
  }
}
