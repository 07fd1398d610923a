import OSPFWire

/// What is measured.
struct Samples {
  let helloPacket: Packet
  let hello: [UInt8]
  let databaseDescriptionPacket: Packet
  let databaseDescription: [UInt8]
  let lsas: [[UInt8]]
  let linkStateUpdate: [UInt8]

  init() {
    lsas = (0..<40).map(Samples.external)
    helloPacket = Packet(
      header: Samples.header(.hello),
      body: .hello(
        Hello(
          attachment: .networkMask(IPv4Prefix.mask(24)), helloInterval: 10, options: .externalRouting, priority: 0,
          routerDeadInterval: 40, designatedRouter: .none, backupDesignatedRouter: .none,
          neighbors: [RouterID(rawValue: 0x0AFF_0002)])))
    hello = helloPacket.encode()
    databaseDescriptionPacket = Packet(
      header: Samples.header(.databaseDescription),
      body: .databaseDescription(
        DatabaseDescription(
          interfaceMTU: 1500, options: .externalRouting, flags: [.more, .master], sequenceNumber: 1,
          lsaHeaders: (0..<70).map(Samples.externalHeader))))
    databaseDescription = databaseDescriptionPacket.encode()
    var writer = PacketWriter(header: Samples.header(.linkStateUpdate))
    writer.writer.uint32(40)
    for lsa in lsas { writer.append(lsa: lsa.rawSpan, lsAge: 1) }
    writer.seal()
    linkStateUpdate = writer.writer.bytes
  }

  func header(_ type: PacketType) -> PacketHeader { Samples.header(type) }

  private static func header(_ type: PacketType) -> PacketHeader {
    PacketHeader(
      type: type, routerID: RouterID(rawValue: 0x0AFF_0001), areaID: .backbone,
      extent: .v2(authenticationType: 0, authentication: 0))
  }

  private static func externalHeader(_ number: UInt32) -> LSAHeader {
    LSAHeader(
      lsAge: 1, options: 2,
      key: LSAKey(
        lsType: .asExternal, linkStateID: LinkStateID(rawValue: 0x0A00_0000 + number << 8),
        advertisingRouter: RouterID(rawValue: 0x0AFF_0001)),
      sequenceNumber: .initial, checksum: 0, length: 36)
  }

  /// An AS-external-LSA of one /24.
  static func external(_ number: UInt32) -> [UInt8] {
    let route = ASExternalLSA.Route(isType2: true, metric: 20)
    let body = ASExternalLSA(networkMask: IPv4Prefix.mask(24), routes: [route])
    return LSAEncoder.encode(header: externalHeader(number), body: .asExternal(body), version: .v2) ?? []
  }
}
