import CaptureAnalysis
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import PacketCapture

/// Packets as 192.0.2.1 sends them from 10.0.0.1, wrapped like those of a capture.
enum Samples {
  static let hello = Hello(
    attachment: .networkMask(IPv4Address(255, 255, 255, 0)), helloInterval: 10, options: [.externalRouting], priority: 1,
    routerDeadInterval: 40, designatedRouter: "10.0.0.2", backupDesignatedRouter: "10.0.0.1", neighbors: ["192.0.2.2"])

  static let external = LSAs.v2.external("203.0.113.1/32", from: "192.0.2.1", age: 7, tag: 5)
  static let router = LSAs.v2.make(
    .router, id: LinkStateID(rawValue: 0xC000_0201), from: "192.0.2.1",
    body: .router(
      RouterLSA(
        flags: .asBoundary, links: [RouterLink(linkID: 0x0A00_0000, linkData: 0xFFFF_FF00, type: .stub, metric: 10)])))

  static func header(_ type: PacketType, authenticationType: UInt16 = 0, authentication: UInt64 = 0) -> PacketHeader {
    PacketHeader(
      type: type, routerID: "192.0.2.1", areaID: .backbone,
      extent: .v2(authenticationType: authenticationType, authentication: authentication))
  }

  static func packet(_ body: Packet.Body, _ type: PacketType) -> [UInt8] {
    Packet(header: header(type), body: body).encode()
  }

  /// An update of whole LSAs.
  static func update(_ lsas: [[UInt8]], extent: PacketHeader.Extent? = nil) -> [UInt8] {
    var header = header(.linkStateUpdate)
    if let extent { header.extent = extent }
    var writer = PacketWriter(header: header)
    writer.writer.uint32(UInt32(lsas.count))
    for lsa in lsas { writer.writer.append(lsa) }
    writer.seal()
    return writer.writer.bytes
  }

  /// A packet with its octets changed, and its checksum made right again.
  static func resealed(_ bytes: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes = bytes
    change(&bytes)
    for offset in [12, 13] + Array(16..<24) { bytes[offset] = 0 }
    let checksum = InternetChecksum.compute(bytes.rawSpan)
    bytes[12] = UInt8(checksum >> 8)
    bytes[13] = UInt8(checksum & 0xFF)
    return bytes
  }

  static func inspected(
    _ bytes: [UInt8], at timestamp: Duration = .seconds(1_700_000_000), from source: IPAddress = .v4("10.0.0.1"),
    to destination: IPAddress = .allSPFRouters, frame: Int = 1
  ) -> InspectedPacket {
    InspectedPacket(
      CapturedDatagram(timestamp: timestamp, source: source, destination: destination, bytes: bytes), frame: frame)
  }
}

extension IPv6Address {
  /// fe80::1
  static let linkLocal1 = IPv6Address(high: 0xFE80 << 48, low: 1)
  /// ff02::5
  static let allSPFRouters = IPv6Address(high: 0xFF02 << 48, low: 5)
}
