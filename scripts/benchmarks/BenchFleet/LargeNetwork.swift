import OSPFProtocol
import OSPFWire

/// A router that knows a large network: it has heard all of it from one neighbor.
final class LargeNetwork {
  private let router: Router
  private var now = Instant.zero
  private let neighbor: Router
  private let externals: UInt32

  private static let subnet = IPv4Prefix(IPv4Address(10, 9, 0, 0), length: 24)

  init(externals: UInt32, routers: UInt32) {
    self.externals = externals
    router = Self.router(1)
    neighbor = Self.router(2)
    router.setInterfaces([Self.interface(1)], at: now)
    neighbor.setInterfaces([Self.interface(2)], at: now)
    run(for: .seconds(60))
    // Router n is linked with n - 1 and n + 1; the neighbor, which is the second, is told by this as well.
    for number in 3...max(routers, 3) { flood([Self.routerLSA(number, last: routers)]) }
    var lsas: [[UInt8]] = []
    for number in 0..<externals {
      lsas.append(Self.externalLSA(number, of: 3 + number % max(routers - 2, 1)))
      guard lsas.count == 30 || number == externals - 1 else { continue }
      flood(lsas)
      lsas = []
    }
    guard router.lsaCount >= Int(externals) + Int(routers) - 2 else { fail("only \(router.lsaCount) LSAs were taken in") }
  }

  /// What a node asks its engine when it is asked for the fleet of so many prefixes: who advertises them, and what routers call themselves.
  func ask(_ count: UInt32) -> Int { router.advertisers(of: wanted(count), at: now).count + router.hostnames(at: now).count }

  /// So many of the external prefixes, all over.
  private func wanted(_ count: UInt32) -> Set<IPPrefix> {
    Set((0..<count).map { IPPrefix(host: .v4(Self.address($0 * (externals / count)))) })
  }

  // MARK: - The two that talk

  private static func router(_ number: UInt32) -> Router {
    Router(
      configuration: RouterConfiguration(
        version: .v2, routerID: RouterID(rawValue: number),
        limits: Limits(neighborsPerInterface: 8, linkStateAdvertisements: 1 << 20, databaseOctets: 1 << 30)),
      seed: UInt64(number), at: .zero, sink: OutputSink())
  }

  private static func interface(_ number: UInt32) -> InterfaceDefinition {
    let address = IPv4Address(10, 9, 0, UInt8(truncatingIfNeeded: number))
    return InterfaceDefinition(
      name: "eth0", index: number, addressing: .ipv4(address: address, subnet: subnet, isUnnumbered: false), isUp: true,
      settings: InterfaceSettings(
        area: .backbone, networkType: .pointToPoint, helloInterval: .seconds(10), routerDeadInterval: .seconds(3600), priority: 0)
    )
  }

  private func run(for duration: Duration) {
    let end = now.advanced(by: duration)
    deliver()
    while let deadline = [router.nextDeadline, neighbor.nextDeadline].compactMap({ $0 }).min(), deadline <= end {
      now = max(now, deadline)
      router.advance(to: now)
      neighbor.advance(to: now)
      deliver()
    }
    now = end
  }

  private func deliver() {
    var isQuiet = false
    while !isQuiet {
      isQuiet = true
      for (sender, receiver, index) in [(router, neighbor, UInt32(2)), (neighbor, router, UInt32(1))] {
        for case .transmit(let transmission) in sender.sink.drain() {
          isQuiet = false
          receiver.receive(
            Datagram(
              interfaceIndex: index, source: transmission.source, destination: transmission.destination, bytes: transmission.bytes
            ),
            at: now)
        }
      }
    }
  }

  // MARK: - What is told

  /// A Link State Update of the neighbor.
  private func flood(_ lsas: [[UInt8]]) {
    var packet: [UInt8] = [2, 4, 0, 0] + Self.octets(2) + Self.octets(0) + [UInt8](repeating: 0, count: 12)
    packet += Self.octets(UInt32(lsas.count)) + lsas.joined()
    packet[2] = UInt8(packet.count >> 8)
    packet[3] = UInt8(packet.count & 0xFF)
    let checksum = InternetChecksum.compute(Array(packet[0..<16] + packet[24...]).rawSpan)
    packet[12...13] = [UInt8(checksum >> 8), UInt8(checksum & 0xFF)]
    router.receive(
      Datagram(
        interfaceIndex: 1, source: .v4(IPv4Address(10, 9, 0, 2)), destination: .v4(IPv4Address(224, 0, 0, 5)), bytes: packet),
      at: now)
    _ = router.sink.drain()
  }

  private static func routerLSA(_ number: UInt32, last: UInt32) -> [UInt8] {
    let links = [number - 1, number + 1].filter { $0 >= 2 && $0 <= last }
    let body: [UInt8] =
      [2, 0, 0, UInt8(links.count)] + links.flatMap { octets($0) + octets(number) + [1, 0, 0, 10] }
    return lsa(type: 1, id: number, of: number, body)
  }

  private static func externalLSA(_ number: UInt32, of router: UInt32) -> [UInt8] {
    lsa(type: 5, id: address(number).rawValue, of: router, octets(UInt32.max) + [0x80, 0, 0, 20] + octets(0) + octets(0))
  }

  private static func address(_ number: UInt32) -> IPv4Address { IPv4Address(rawValue: 0x6440_0000 + number) }

  private static func lsa(type: UInt8, id: UInt32, of router: UInt32, _ body: [UInt8]) -> [UInt8] {
    var lsa: [UInt8] = [0, 1, 2, type] + octets(id) + octets(router) + octets(0x8000_0001) + [0, 0, 0, 0] + body
    lsa[18] = UInt8(lsa.count >> 8)
    lsa[19] = UInt8(lsa.count & 0xFF)
    guard let checksum = FletcherChecksum.compute(lsa.rawSpan) else { fail("an LSA that is too short") }
    lsa[16] = UInt8(checksum >> 8)
    lsa[17] = UInt8(checksum & 0xFF)
    return lsa
  }

  private static func octets(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }
}
