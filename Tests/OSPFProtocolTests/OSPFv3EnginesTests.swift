import OSPFProtocol
import OSPFWire
import Testing

/// OSPFv3 routers on one broadcast link, without delay or loss.
private final class Link6 {
  var now = Instant(nanoseconds: 1_000_000_000)
  var routers: [Router] = []
  let sinks: [OutputSink]
  var events: [(router: Int, event: Event)] = []

  init(_ priorities: [UInt8], family: AddressFamily = .ipv6, type: NetworkType = .broadcast, kind: AreaConfiguration = .normal) {
    sinks = priorities.map { _ in OutputSink() }
    for position in priorities.indices {
      routers.append(
        Router(
          configuration: RouterConfiguration(
            version: .v3, routerID: RouterID(rawValue: UInt32(position + 1) * 0x0101_0101), addressFamily: family,
            areas: [.backbone: kind]),
          seed: UInt64(position), at: now, sink: sinks[position]))
    }
    for (position, priority) in priorities.enumerated() {
      let host = UInt64(position + 1)
      let settings = InterfaceSettings(
        area: .backbone, networkType: type, priority: priority, instanceID: family == .ipv4 ? 64 : 0)
      let addresses = [
        InterfaceAddress(
          address: .v6(IPv6Address(high: 0x2001_0DB8_0000_0000, low: host)),
          prefix: .v6(IPv6Prefix(IPv6Address(high: 0x2001_0DB8_0000_0000, low: 0), length: 64))),
        InterfaceAddress(
          address: .v4(IPv4Address(10, 0, 0, UInt8(host))),
          prefix: .v4(IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 24))),
      ]
      routers[position].setInterfaces(
        [
          InterfaceDefinition(
            name: "eth0", index: UInt32(position + 10),
            addressing: .ipv6(linkLocal: linkLocal(position), addresses: addresses), settings: settings)
        ], at: now)
    }
  }

  func linkLocal(_ position: Int) -> IPv6Address { IPv6Address(high: 0xFE80 << 48, low: UInt64(position + 1)) }

  func run(for duration: Duration) {
    let end = now + duration
    while true {
      if deliver() { continue }
      guard let next = routers.compactMap(\.nextDeadline).min(), next <= end else { break }
      now = max(now, next)
      for router in routers { router.advance(to: now) }
    }
    now = end
  }

  private func deliver() -> Bool {
    var sent: [(from: Int, Transmission)] = []
    for (position, sink) in sinks.enumerated() {
      for output in sink.drain() {
        switch output {
        case .transmit(let transmission): sent.append((position, transmission))
        case .event(let event): events.append((position, event))
        case .joinGroup, .leaveGroup: break
        }
      }
    }
    for (from, transmission) in sent {
      for position in routers.indices where position != from {
        let isMine = transmission.destination == .v6(linkLocal(position)) || transmission.destination.v6?.isMulticast == true
        guard isMine else { continue }
        routers[position].receive(
          Datagram(
            interfaceIndex: UInt32(position + 10), source: transmission.source, destination: transmission.destination,
            bytes: transmission.bytes), at: now)
      }
    }
    return !sent.isEmpty
  }

  func states(_ router: Int) -> [NeighborState] { routers[router].neighborSnapshots(at: now).map(\.state) }

  func keys(_ router: Int) -> [String] {
    routers[router].databaseSnapshot(at: now).map { "\($0.header.key) \($0.header.sequenceNumber) \($0.header.checksum)" }
  }

  func bodies(_ router: Int, _ type: LSType) -> [LSABody] {
    routers[router].databaseSnapshot(at: now).filter { $0.header.key.lsType == type }.compactMap {
      try? LSABody.decode($0.bytes.rawSpan, version: .v3)
    }
  }
}

@Suite("OSPFv3 engines on one link")
struct OSPFv3EnginesTests {
  private let dns = IPPrefix(host: .v6(IPv6Address(high: 0x2001_0DB8_FFFF_0000, low: 0x53)))

  @Test("RFC 5340 4.4.3: three routers elect by router ID and share router-, network-, link- and intra-area-prefix-LSAs")
  func broadcast() {
    let link = Link6([1, 1, 0])
    link.run(for: .seconds(120))
    #expect(link.states(0) == [.full, .full])
    #expect(link.states(2) == [.full, .full])
    #expect(link.keys(0) == link.keys(1))
    #expect(link.keys(0) == link.keys(2))
    #expect(link.bodies(0, .routerV3).count == 3)
    #expect(link.bodies(0, .networkV3).count == 1)
    #expect(link.bodies(0, .link).count == 3)
    guard case .intraAreaPrefix(let prefixes)? = link.bodies(0, .intraAreaPrefix).first else {
      Issue.record("no intra-area-prefix-LSA")
      return
    }
    #expect(prefixes.referenced.lsType == .networkV3)
    #expect(prefixes.prefixes.map(\.prefix.ipv6) == [IPv6Prefix(IPv6Address(high: 0x2001_0DB8_0000_0000, low: 0), length: 64)])
  }

  @Test(
    "A service prefix is announced and withdrawn as AS-external, NSSA and intra-area prefix",
    arguments: [
      (AreaConfiguration.normal, Advertisement.Kind.external(metric: 20, type: .type2, tag: 7), LSType.asExternalV3),
      (.nssa, .external(metric: 20, type: .type1, tag: 0), .nssaV3),
      (.stub, .stub(metric: 3), .intraAreaPrefix),
    ])
  func announcement(kind: AreaConfiguration, advertise: Advertisement.Kind, type: LSType) {
    let link = Link6([0, 0], type: .pointToPoint, kind: kind)
    link.run(for: .seconds(5))
    let before = link.bodies(1, type)
    link.routers[0].advertise([Advertisement(prefix: dns, kind: advertise)], at: link.now)
    link.run(for: .seconds(2))
    let carried = link.bodies(1, type).filter { !before.contains($0) }
    #expect(carried.count == 1)
    switch carried.first {
    case .asExternalV3(let lsa):
      #expect(lsa.tag == 7 && lsa.forwardingAddress == nil && IPPrefix.v6(lsa.prefix.ipv6) == dns)
    case .nssaV3(let lsa):
      #expect(lsa.forwardingAddress == IPv6Address(high: 0x2001_0DB8_0000_0000, low: 1))
      #expect(lsa.prefix.options == .propagate)
    case .intraAreaPrefix(let lsa):
      #expect(lsa.prefixes.map(\.prefix.options) == [.localAddress])
    default: Issue.record("nothing carries the prefix")
    }
    link.routers[0].advertise([], at: link.now)
    link.run(for: .seconds(3))
    #expect(link.bodies(1, type) == before)
    #expect(link.events.contains { $0.event == .withdrawalAcknowledged(dns) })
    #expect(link.keys(0) == link.keys(1))
  }

  @Test(
    "In an NSSA the forwarding address is a host prefix of the router, and in no other area",
    arguments: [AreaConfiguration.nssa, .stub, .normal])
  func forwardingAddressPrefix(kind: AreaConfiguration) {
    let link = Link6([0, 1], kind: kind)
    link.run(for: .seconds(60))
    #expect(link.states(0) == [.full])
    let hosts = link.bodies(1, .intraAreaPrefix).flatMap { body -> [IntraAreaPrefixLSA.Entry] in
      guard case .intraAreaPrefix(let lsa) = body, lsa.referenced.lsType == .routerV3 else { return [] }
      return lsa.prefixes
    }
    let addresses = (0...1).map { IPv6Prefix(IPv6Address(high: 0x2001_0DB8_0000_0000, low: UInt64($0 + 1)), length: 128) }
    #expect(Set(hosts.map(\.prefix.ipv6)) == (kind == .nssa ? Set(addresses) : []))
    #expect(hosts.allSatisfy { $0.prefix.options == .localAddress && $0.metric == 0 })
  }

  @Test("RFC 5838: an instance for IPv4 carries IPv4 prefixes, and names the IPv4 next hop in its link-LSA")
  func ipv4OverIPv6() {
    let link = Link6([0, 0], family: .ipv4, type: .pointToPoint)
    let prefix = IPPrefix(host: .v4(IPv4Address(192, 0, 2, 53)))
    link.routers[0].advertise([Advertisement(prefix: prefix, kind: .external(metric: 1, type: .type2, tag: 0))], at: link.now)
    link.run(for: .seconds(5))
    #expect(link.states(0) == [.full])
    guard case .asExternalV3(let external)? = link.bodies(1, .asExternalV3).first,
      case .link(let description)? = link.bodies(1, .link).first
    else {
      Issue.record("no AS-external-LSA or no link-LSA")
      return
    }
    #expect(external.prefix.ipv4.map(IPPrefix.v4) == prefix)
    #expect(description.linkLocalAddress == IPv6Address(high: 0x0A00_0001_0000_0000, low: 0))
    #expect(description.options.contains(.addressFamilies) && !description.options.contains(.v6))
  }
}
