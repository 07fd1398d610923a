import OSPFWire
import Testing

@Suite("OSPFv2 packets, RFC 2328 section A.3")
struct PacketTests {
  let router = RouterID(rawValue: 0x0AFF_0001)

  @Test("A.3.1: the header gives type, router ID, area ID, AuType and authentication")
  func header() throws {
    let header = try decode(SamplePackets.databaseDescription).header
    #expect(header.type == .databaseDescription)
    #expect(header.version == .v2)
    #expect(header.routerID == router)
    #expect(header.areaID == AreaID(rawValue: 1))
    #expect(header.extent == .v2(authenticationType: 0, authentication: 0))
  }

  @Test("A.3.2: every field of a Hello stands where the RFC draws it")
  func hello() throws {
    guard case .hello(let hello) = try decode(SamplePackets.hello).body else {
      Issue.record("not decoded as a Hello")
      return
    }
    #expect(hello.attachment == .networkMask(IPv4Address(255, 255, 255, 0)))
    #expect(hello.helloInterval == 10)
    #expect(hello.options == .externalRouting)
    #expect(hello.priority == 1)
    #expect(hello.routerDeadInterval == 40)
    #expect(hello.designatedRouter.description == "10.9.0.1")
    #expect(hello.backupDesignatedRouter.description == "10.9.0.2")
    #expect(hello.neighbors == [RouterID(rawValue: 0x0AFF_0002)])
  }

  @Test("A.3.3: every field of a Database Description stands where the RFC draws it")
  func databaseDescription() throws {
    guard case .databaseDescription(let description) = try decode(SamplePackets.databaseDescription).body else {
      Issue.record("not decoded as a Database Description")
      return
    }
    #expect(description.interfaceMTU == 1500)
    #expect(description.options == [.opaque, .externalRouting])
    #expect(description.flags == [.initialize, .more, .master])
    #expect(description.sequenceNumber == 0x1234_5678)
    let header = try #require(description.lsaHeaders.first)
    #expect(description.lsaHeaders.count == 1)
    #expect(header.lsAge == 3600)
    #expect(header.options == 2)
    #expect(header.key.lsType == .router)
    #expect(header.key.linkStateID.description == "10.255.0.1")
    #expect(header.key.advertisingRouter == router)
    #expect(header.sequenceNumber.description == "0x80000003")
    #expect(header.checksum == 0xABCD)
    #expect(header.length == 48)
  }

  @Test("A.3.4: a request is LS type, Link State ID and Advertising Router")
  func linkStateRequest() throws {
    guard case .linkStateRequest(let request) = try decode(SamplePackets.linkStateRequest).body else {
      Issue.record("not decoded as a Link State Request")
      return
    }
    let neighbor = RouterID(rawValue: 0x0AFF_0002)
    #expect(
      request.requests == [
        LSAKey(lsType: .router, linkStateID: LinkStateID(rawValue: 0x0AFF_0002), advertisingRouter: neighbor),
        LSAKey(lsType: .asExternal, linkStateID: LinkStateID(rawValue: 0xC000_0200), advertisingRouter: neighbor),
      ])
  }

  @Test("A.3.5: an update tells where each LSA lies, without copying it")
  func linkStateUpdate() throws {
    guard case .linkStateUpdate(let update) = try decode(SamplePackets.linkStateUpdate).body else {
      Issue.record("not decoded as a Link State Update")
      return
    }
    #expect(update.lsas.map(\.range) == [28..<64, 64..<92])
    #expect(update.lsas.map(\.header.key.lsType) == [.asExternal, .network])
    #expect(update.lsas.map(\.header.lsAge) == [1, 2])
  }

  @Test("A.3.6: an acknowledgment is a list of LSA headers")
  func linkStateAcknowledgment() throws {
    guard case .linkStateAcknowledgment(let acknowledgment) = try decode(SamplePackets.linkStateAcknowledgment).body else {
      Issue.record("not decoded as a Link State Acknowledgment")
      return
    }
    #expect(acknowledgment.lsaHeaders.map(\.key.lsType) == [.asExternal, .opaqueArea])
    #expect(acknowledgment.lsaHeaders.last?.lsAge == 0x8E10)
    #expect(acknowledgment.lsaHeaders.last?.sequenceNumber == .max)
  }

  @Test("D.3: the message digest follows the packet's length, and nothing is checksummed")
  func cryptographicAuthentication() throws {
    var bytes = SamplePackets.cryptographicHello
    let packet = try decode(bytes)
    #expect(packet.header.isCryptographicallyAuthenticated)
    #expect(packet.header.authenticationDataLength == 16)
    #expect(packet.authenticationData == Array(0...15))
    bytes[12] = 0xAA
    #expect(encode(try decode(bytes)) == bytes)
  }

  @Test("D.4.1: the simple password lies outside of the checksum")
  func simplePassword() throws {
    var bytes = SamplePackets.hello
    bytes[15] = 1
    bytes = Reference.sealed(bytes)
    bytes.replaceSubrange(16..<24, with: Array("password".utf8))
    let packet = try decode(bytes)
    #expect(packet.header.extent == .v2(authenticationType: 1, authentication: 0x7061_7373_776F_7264))
    #expect(encode(packet) == bytes)
  }

  @Test("RFC 5613 2: an LLS data block follows a Hello whose L-bit announces it")
  func linkLocalSignaling() throws {
    let block = try #require(try decode(SamplePackets.signalingHello).linkLocalSignaling)
    #expect(block.tlvs.map(\.type) == [1])
    #expect(block.tlvs.map(\.value) == [[0, 0, 0, 1]])
  }

  @Test("RFC 5613 2.5: a block with a wrong checksum, or without an L-bit, is ignored and the packet is taken")
  func ignoredLinkLocalSignaling() throws {
    var wrong = SamplePackets.signalingHello
    wrong[wrong.count - 1] = 2
    let packet = try decode(wrong)
    #expect(packet.linkLocalSignaling == nil)
    #expect(packet.trailer.count == 12)
    #expect(encode(packet) == wrong)

    var unannounced = SamplePackets.signalingHello
    unannounced[30] = 2
    unannounced = Reference.sealed(unannounced)
    #expect(try decode(unannounced).linkLocalSignaling == nil)
    #expect(try decode(unannounced).trailer.count == 12)
  }

  @Test("RFC 5613 2: under cryptographic authentication the block follows the digest and has no checksum")
  func signalingAfterDigest() throws {
    var bytes = SamplePackets.cryptographicHello
    bytes[30] = 0x12
    bytes += octets("0000 0003 0001 0004 00000001")
    let packet = try decode(bytes)
    #expect(packet.authenticationData.count == 16)
    #expect(packet.linkLocalSignaling?.tlvs.count == 1)
    #expect(encode(packet) == bytes)
  }

  @Test("A TLV that is not whole ends the list of TLVs")
  func truncatedTLV() {
    let block = LinkLocalSignaling(checksum: 0, payload: octets("0001 0003 aabbcc00 0002 0009 00000000"))
    #expect(block.tlvs.map(\.value) == [[0xAA, 0xBB, 0xCC]])
  }

  @Test("What was decoded encodes back to the same octets", arguments: SamplePackets.all)
  func roundTrip(bytes: [UInt8]) throws {
    #expect(encode(try decode(bytes), source: bytes) == bytes)
  }

  @Test("A.1: reserved and unknown bits come back as they came")
  func reservedBits() throws {
    var hello = SamplePackets.hello
    hello[30] = 0xFF
    var description = SamplePackets.databaseDescription
    description[27] = 0xFF
    for bytes in [hello, description].map(Reference.sealed) {
      #expect(encode(try decode(bytes), source: bytes) == bytes)
    }
  }

  @Test("RFC 1071: a checksum of 0xFFFF means the same as one of zero, and comes back as it came")
  func negativeZero() throws {
    var bytes = SamplePackets.hello
    // Make the sum over everything else 0xFFFF by moving the checksum into the priority-and-options word.
    bytes.replaceSubrange(12..<14, with: [0, 0])
    bytes.replaceSubrange(30..<32, with: [0, 0])
    let rest = Reference.internet(bytes)
    bytes.replaceSubrange(30..<32, with: [UInt8(rest >> 8), UInt8(rest & 0xFF)])
    #expect(encode(try decode(bytes)) == bytes)
    bytes.replaceSubrange(12..<14, with: [0xFF, 0xFF])
    #expect(encode(try decode(bytes)) == bytes)
  }

  @Test("The checksum of a decoded packet that is changed and encoded again is right")
  func changedPacket() throws {
    var packet = try decode(SamplePackets.hello)
    guard case .hello(var hello) = packet.body else {
      Issue.record("not decoded as a Hello")
      return
    }
    hello.neighbors = []
    packet.body = .hello(hello)
    let bytes = encode(packet)
    #expect(bytes == Reference.sealed(bytes))
    #expect(bytes[2...3] == [0, 44])
  }

  @Test("A packet packed piece by piece is the one that is encoded at once")
  func packetWriter() throws {
    let bytes = SamplePackets.linkStateUpdate
    let packet = try decode(bytes)
    var header = packet.header
    header.checksum = 0
    var writer = PacketWriter(header: header)
    writer.writer.uint32(0)
    writer.append(lsa: bytes.rawSpan.extracting(28..<64), lsAge: 1)
    writer.append(lsa: bytes.rawSpan.extracting(64..<92), lsAge: 2)
    writer.patchLSACount(2)
    writer.seal()
    #expect(writer.count == 92)
    #expect(writer.writer.bytes == bytes)
  }

  @Test("Octets after everything that was announced are kept apart")
  func trailer() throws {
    let bytes = SamplePackets.hello + [1, 2, 3]
    let packet = try decode(bytes)
    #expect(packet.trailer == [1, 2, 3])
    #expect(encode(packet) == bytes)
  }
}
