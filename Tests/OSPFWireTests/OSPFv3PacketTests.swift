import OSPFWire
import Testing

/// Packets written down octet by octet from RFC 5340 section A.3. Their checksums are zero: they cover addresses that are not here.
enum OSPFv3SamplePackets {
  static let hello = octets(
    "03 01 0028",  // version 3, type 1, packet length 40
    "0aff0001 00000001",  // router ID 10.255.0.1, area ID 0.0.0.1
    "0000 07 00",  // checksum, Instance ID 7, zero
    "00000005",  // Interface ID 5
    "01 000013",  // Rtr Pri 1, options R, E and V6
    "000a 0028",  // HelloInterval 10, RouterDeadInterval 40
    "0aff0001 0aff0002",  // Designated Router, Backup Designated Router
    "0aff0002")  // neighbor

  static let databaseDescription = octets(
    "03 02 0030 0aff0001 00000000 0000 00 00",
    "00 000113 05dc 00 07",  // zero, options AF, R, E and V6, interface MTU 1500, zero, flags I, M and MS
    "12345678",  // DD sequence number
    "0e10 2001 00000000 0aff0001 80000003 abcd 0028")  // LSA header, LS type 0x2001

  static let linkStateRequest = octets(
    "03 03 0028 0aff0001 00000000 0000 00 00",
    "0000 2001 00000000 0aff0002",  // zero, LS type, Link State ID, Advertising Router
    "0000 4005 00000001 0aff0002")

  static let linkStateUpdate = octets(
    "03 04 0050 0aff0001 00000000 0000 00 00",
    "00000002",  // number of LSAs
    "0001 2002 00000005 0aff0001 80000001 0000 0020 00 000013 0aff0001 0aff0002",  // a network-LSA of 32 octets
    "0002 a00c 00000000 0aff0001 80000001 0000 001c 00010004 00000000")  // an unknown LSA of 28 octets, U-bit set

  static let linkStateAcknowledgment = octets(
    "03 05 0024 0aff0001 00000000 0000 00 00",
    "8001 0008 00000005 0aff0001 80000001 1111 002c")

  static let all = [hello, databaseDescription, linkStateRequest, linkStateUpdate, linkStateAcknowledgment]
}

@Suite("OSPFv3 packets, RFC 5340 section A.3")
struct OSPFv3PacketTests {
  @Test("A.3.1, A.3.2: every field of header and Hello stands where the RFC draws it")
  func hello() throws {
    let packet = try decode(OSPFv3SamplePackets.hello, .v3)
    #expect(packet.header.version == .v3)
    #expect(packet.header.routerID.description == "10.255.0.1")
    #expect(packet.header.areaID.description == "0.0.0.1")
    #expect(packet.header.extent == .v3(instanceID: 7, reserved: 0))
    #expect(
      packet.body
        == .hello(
          Hello(
            attachment: .interfaceID(5), helloInterval: 10, options: [.router, .externalRouting, .v6], priority: 1,
            routerDeadInterval: 40, designatedRouter: DesignatedRouterID(rawValue: 0x0AFF_0001),
            backupDesignatedRouter: DesignatedRouterID(rawValue: 0x0AFF_0002), neighbors: [RouterID(rawValue: 0x0AFF_0002)])))
  }

  @Test("A.3.3: every field of a Database Description stands where the RFC draws it")
  func databaseDescription() throws {
    let header = LSAHeader(
      lsAge: 3600,
      key: LSAKey(
        lsType: .routerV3, linkStateID: LinkStateID(rawValue: 0), advertisingRouter: RouterID(rawValue: 0x0AFF_0001)),
      sequenceNumber: SequenceNumber(rawValue: .min + 3), checksum: 0xABCD, length: 40)
    #expect(
      try decode(OSPFv3SamplePackets.databaseDescription, .v3).body
        == .databaseDescription(
          DatabaseDescription(
            interfaceMTU: 1500, options: [.addressFamilies, .router, .externalRouting, .v6],
            flags: [.initialize, .more, .master], sequenceNumber: 0x1234_5678, lsaHeaders: [header])))
  }

  @Test("A.3.4: a request has the LS type in the last 16 bits of its first word")
  func linkStateRequest() throws {
    let neighbor = RouterID(rawValue: 0x0AFF_0002)
    #expect(
      try decode(OSPFv3SamplePackets.linkStateRequest, .v3).body
        == .linkStateRequest(
          LinkStateRequest(requests: [
            LSAKey(lsType: .routerV3, linkStateID: LinkStateID(rawValue: 0), advertisingRouter: neighbor),
            LSAKey(lsType: .asExternalV3, linkStateID: LinkStateID(rawValue: 1), advertisingRouter: neighbor),
          ])))
  }

  @Test("A.3.5, A.3.6: updates and acknowledgments keep all 16 bits of the LS type")
  func updatesAndAcknowledgments() throws {
    guard case .linkStateUpdate(let update) = try decode(OSPFv3SamplePackets.linkStateUpdate, .v3).body,
      case .linkStateAcknowledgment(let acknowledgment) = try decode(OSPFv3SamplePackets.linkStateAcknowledgment, .v3).body
    else {
      Issue.record("not decoded as an update and an acknowledgment")
      return
    }
    #expect(update.lsas.map(\.range) == [20..<52, 52..<80])
    #expect(update.lsas.map(\.header.key.lsType) == [.networkV3, LSType(rawValue: 0xA00C)])
    #expect(acknowledgment.lsaHeaders.map(\.key.lsType) == [.link])
    #expect(acknowledgment.lsaHeaders.map(\.lsAge) == [0x8001])
  }

  @Test("What was decoded encodes back to the same octets, reserved fields and checksum included")
  func roundTrip() throws {
    for bytes in OSPFv3SamplePackets.all + CapturedPackets.ospfv3.map(\.bytes) {
      #expect(encode(try decode(bytes, .v3), source: bytes) == bytes)
    }
    var hello = OSPFv3SamplePackets.hello
    hello.replaceSubrange(21..<24, with: [0xFF, 0xFF, 0xFF])
    hello[15] = 0xEE
    #expect(encode(try decode(hello, .v3)) == hello)
    var description = OSPFv3SamplePackets.databaseDescription
    description.replaceSubrange(16..<20, with: [0xAA, 0xFF, 0xFF, 0xFF])
    description.replaceSubrange(22..<24, with: [0xBB, 0xFF])
    #expect(encode(try decode(description, .v3)) == description)
  }

  @Test("RFC 5613 2: an LLS data block follows a Hello whose L-bit, 0x200, announces it")
  func linkLocalSignaling() throws {
    var bytes = OSPFv3SamplePackets.hello
    bytes[22] = 0x02
    bytes += octets("fff6 0003 0001 0004 00000001")
    let packet = try decode(bytes, .v3)
    #expect(packet.linkLocalSignaling?.tlvs.map(\.value) == [[0, 0, 0, 1]])
    #expect(encode(packet) == bytes)
  }

  @Test("RFC 5340 A.3.4: the 16 bits before the type in a Link State Request are not looked at, and come back as they were")
  func requestReserved() throws {
    var bytes = OSPFv3SamplePackets.linkStateRequest
    bytes.replaceSubrange(16..<18, with: [0xAB, 0xCD])
    let packet = try decode(bytes, .v3)
    guard case .linkStateRequest(let request) = packet.body,
      case .linkStateRequest(let plain) = try decode(OSPFv3SamplePackets.linkStateRequest, .v3).body
    else {
      Issue.record("not a request")
      return
    }
    #expect(request.requests == plain.requests)
    #expect(encode(packet) == bytes)
  }

  @Test("Packets of the other version, or cut short, are refused")
  func refusals() {
    #expect(throws: WireError.version(received: 2, expected: 3)) { try decode(SamplePackets.hello, .v3) }
    for bytes in OSPFv3SamplePackets.all {
      for length in 0..<bytes.count {
        #expect(throws: WireError.self) { try decode(Array(bytes.prefix(length)), .v3) }
      }
    }
  }
}
