import OSPFProtocol
import OSPFWire

/// What kind of link and routers a script is played to, from its first octet.
struct Setting {
  let version: OSPFVersion
  private let networkType: NetworkType
  private let area: AreaConfiguration
  private let priority: UInt8

  init(octet: UInt8) {
    version = octet & 0x01 == 0 ? .v2 : .v3
    networkType = octet & 0x02 == 0 ? .broadcast : octet & 0x04 == 0 ? .pointToPoint : .pointToMultipoint
    area = octet & 0x08 == 0 ? .normal : octet & 0x10 == 0 ? .nssa : .stub
    priority = octet & 0x20 == 0 ? 0 : 1
  }

  private var areaID: AreaID { AreaID(rawValue: 1) }

  func configuration(of number: Int) -> RouterConfiguration {
    RouterConfiguration(
      version: version, routerID: RouterID(rawValue: 0x0AFF_0001 + UInt32(number)), areas: [areaID: area],
      limits: Limits(neighborsPerInterface: 8, linkStateAdvertisements: 64, databaseOctets: 1 << 16))
  }

  func index(of number: Int) -> UInt32 { 5 + UInt32(number) }

  func address(of number: Int) -> IPAddress {
    switch version {
    case .v2: .v4(IPv4Address(10, 9, 0, 1 + UInt8(number)))
    case .v3: .v6(IPv6Address(high: 0xFE80 << 48, low: 1 + UInt64(number)))
    }
  }

  func interface(of number: Int, isUp: Bool) -> InterfaceDefinition {
    let addressing: InterfaceDefinition.Addressing =
      switch address(of: number) {
      case .v4(let address): .ipv4(address: address, subnet: IPv4Prefix(address, length: 24), isUnnumbered: false)
      case .v6(let address):
        .ipv6(
          linkLocal: address,
          addresses: [
            InterfaceAddress(
              address: .v6(global(number)), prefix: .v6(IPv6Prefix(global(number), length: 64)))
          ])
      }
    return InterfaceDefinition(
      name: "eth\(number)", index: index(of: number), addressing: addressing, isUp: isUp,
      settings: InterfaceSettings(
        area: areaID, networkType: networkType, helloInterval: .seconds(5), routerDeadInterval: .seconds(20),
        priority: number == 0 ? priority : 1))
  }

  private func global(_ number: Int) -> IPv6Address { IPv6Address(high: 0x2001_0DB8_0009_0000, low: 1 + UInt64(number)) }

  /// Up to seven services, the bits of `choice`.
  func advertisements(of number: Int, _ choice: UInt8) -> [Advertisement] {
    (0..<7).filter { choice >> $0 & 1 == 1 }.map { bit in
      let address: IPAddress =
        switch version {
        case .v2: .v4(IPv4Address(192, 0, 2, UInt8(16 * number + bit)))
        case .v3: .v6(IPv6Address(high: 0x2001_0DB8 << 32, low: UInt64(16 * number + bit)))
        }
      return Advertisement(
        prefix: IPPrefix(host: address),
        kind: bit % 2 == 0 ? .external(metric: 20, type: .type2, tag: 0) : .stub(metric: UInt16(bit)))
    }
  }
}
