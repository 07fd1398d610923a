import CaptureAnalysis
import OSPFTestSupport
import OSPFWire
import Testing

@Suite("What is wrong with a packet")
struct InspectionTests {
  private let hello = Samples.packet(.hello(Samples.hello), .hello)

  @Test("Nothing, where nothing is")
  func sound() {
    let packet = Samples.inspected(hello)
    #expect(packet.problems.isEmpty)
    #expect(packet.packet?.body == .hello(Samples.hello))
    #expect(packet.length == 48)
  }

  @Test("RFC 2328 section D.4: a wrong checksum is said, and everything is decoded all the same")
  func checksum() {
    var bytes = hello
    bytes[12] ^= 1
    let packet = Samples.inspected(bytes)
    #expect(packet.problems == ["packet checksum is wrong"])
    #expect(packet.packet?.body == .hello(Samples.hello))
    #expect(packet.header?.checksum == UInt16(bytes[12]) << 8 | UInt16(bytes[13]))
  }

  @Test("A wrong content behind a checksum that no longer fits is shown as it is")
  func changedContent() throws {
    var bytes = hello
    bytes[31] = 77
    let packet = Samples.inspected(bytes)
    #expect(packet.problems == ["packet checksum is wrong"])
    guard case .hello(let hello) = packet.packet?.body else {
      Issue.record("not decoded")
      return
    }
    #expect(hello.priority == 77)
  }

  @Test("A length field that says more than there is, or less than a header, is said, and what is there is decoded")
  func length() {
    for length: UInt8 in [200, 3] {
      let packet = Samples.inspected(Samples.resealed(hello) { $0[3] = length })
      #expect(packet.problems == ["packet length field says \(length), 48 octets are there"])
      #expect(packet.packet?.body == .hello(Samples.hello))
      #expect(packet.length == Int(length))
    }
  }

  @Test("A version that is none is said, and the one of the IP version is taken")
  func version() {
    let packet = Samples.inspected(Samples.resealed(hello) { $0[0] = 9 })
    #expect(packet.problems.contains("version field says 9, expected 2"))
    #expect(packet.packet?.body == .hello(Samples.hello))
  }

  @Test("A packet type that is none leaves nothing to decode")
  func type() {
    let packet = Samples.inspected(Samples.resealed(hello) { $0[1] = 6 })
    #expect(packet.problems == ["packet type 6 is none of 1 to 5"])
    #expect(packet.header == nil)
  }

  @Test("A packet shorter than a header is said to be so, however short", arguments: 0..<24)
  func short(count: Int) {
    let packet = Samples.inspected(Array(hello.prefix(count)))
    #expect(packet.header == nil)
    #expect(packet.problems.contains { $0.hasPrefix("packet header needs 24 octets") })
  }

  @Test("A body that contradicts itself leaves the header, and says why")
  func body() {
    let packet = Samples.inspected(Samples.resealed(hello + [0, 0]) { $0[3] = 50 })
    #expect(packet.problems == ["neighbor list of the Hello has 6 octets, which is no multiple of 4"])
    #expect(packet.header?.routerID == "192.0.2.1")
    #expect(packet.packet == nil)
  }

  @Test("RFC 2328 section 12.1.7: a wrong LSA checksum is said with the LSA's name, and the LSA is shown")
  func lsaChecksum() {
    var damaged = Samples.external
    damaged[23] ^= 1
    let packet = Samples.inspected(Samples.update([Samples.router, damaged]))
    #expect(packet.problems == ["AS-external-LSA 203.0.113.1 of 192.0.2.1: LSA checksum is wrong"])
    #expect(packet.lsas.map(\.problems) == [[], ["LSA checksum is wrong"]])
    #expect(packet.lsas.allSatisfy { $0.body != nil })
  }

  @Test("An update that breaks off gives the LSAs in front of the break")
  func brokenUpdate() {
    let bytes = Samples.resealed(Samples.update([Samples.router, Samples.external])) { $0[28 + Samples.router.count + 19] = 200 }
    let packet = Samples.inspected(bytes)
    #expect(packet.problems == ["LSA length field says 200, 36 octets are there"])
    #expect(packet.lsas.map(\.header.key) == [LSAs.v2.key(Samples.router)])
  }

  @Test("An LSA body that contradicts itself is said, and its octets are shown")
  func lsaBody() {
    let lsa = LSAs.v2.make(.network, id: "10.0.0.2", from: "192.0.2.1", body: .opaque([1, 2, 3, 4, 5]))
    let packet = Samples.inspected(Samples.update([lsa]))
    #expect(
      packet.problems == [
        "network-LSA 10.0.0.2 of 192.0.2.1: attached routers of the network-LSA has 1 octet, which is no multiple of 4"
      ])
    var text = TextBuffer()
    packet.appendLines(to: &text, indentation: 0)
    #expect(String(decoding: text.octets, as: UTF8.self).contains("Octets 0102030405"))
  }

  @Test("RFC 2328 section D.3: a digest that is shorter than announced is said; a packet under authentication has no checksum")
  func digest() {
    let header = Samples.header(.hello, authenticationType: 2, authentication: 0x0000_0110_0000_0007)
    var bytes = Packet(header: header, body: .hello(Samples.hello), authenticationData: Array(1...16)).encode()
    #expect(Samples.inspected(bytes).problems.isEmpty)
    bytes.removeLast(2)
    #expect(Samples.inspected(bytes).problems == ["authentication data: 16 octets are announced, 14 are there"])
  }

  @Test("RFC 5613: an LLS data block that the L-bit announces and that is not there is said")
  func linkLocalSignaling() {
    var hello = Samples.hello
    hello.options.insert(.linkLocalSignaling)
    let without = Samples.packet(.hello(hello), .hello)
    #expect(
      Samples.inspected(without).problems == [
        "the LLS data block that the L-bit announces is missing, or its checksum is wrong"
      ])
    #expect(Samples.inspected(without + [0xFF, 0xF6, 0, 3, 0, 1, 0, 4, 0, 0, 0, 1]).problems.isEmpty)
  }
}

@Suite("What is wrong with an OSPFv3 packet")
struct OSPFv3InspectionTests {
  private func hello(options: Options = [.v6, .externalRouting, .router]) -> [UInt8] {
    let hello = Hello(
      attachment: .interfaceID(3), helloInterval: 10, options: options, priority: 1, routerDeadInterval: 40,
      designatedRouter: .none, backupDesignatedRouter: .none, neighbors: [])
    let header = PacketHeader(
      type: .hello, routerID: "192.0.2.1", areaID: .backbone, extent: .v3(instanceID: 0, reserved: 0))
    return Packet(header: header, body: .hello(hello)).encode()
  }

  private func inspected(_ bytes: [UInt8]) -> InspectedPacket {
    Samples.inspected(bytes, from: .v6(.linkLocal1), to: .v6(.allSPFRouters))
  }

  private func sealed(_ bytes: [UInt8]) throws -> [UInt8] {
    var bytes = bytes
    let computed = InternetChecksum.compute(ospfv3: bytes.rawSpan, source: .linkLocal1, destination: .allSPFRouters)
    let checksum = try #require(computed)
    bytes[12] = UInt8(checksum >> 8)
    bytes[13] = UInt8(checksum & 0xFF)
    return bytes
  }

  @Test("RFC 5340 section A.3.1: the checksum covers the IPv6 addresses")
  func checksum() throws {
    #expect(inspected(try sealed(hello())).problems.isEmpty)
    #expect(inspected(hello()).problems == ["packet checksum is wrong"])
    let elsewhere = Samples.inspected(try sealed(hello()), from: .v6(.linkLocal1), to: .v6(.linkLocal1))
    #expect(elsewhere.problems == ["packet checksum is wrong"])
  }

  @Test("RFC 7166 section 4.1: a packet with a trailer has no checksum; a trailer that is not whole is said")
  func trailer() {
    let authenticated = hello(options: [.v6, .externalRouting, .router, .authenticationTrailer])
    let trailer: [UInt8] = [0, 1, 0, 48, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 1, 2] + Array(repeating: 0xAB, count: 32)
    let packet = inspected(authenticated + trailer)
    #expect(packet.problems.isEmpty)
    #expect(packet.authenticationTrailer?.type == 1)
    #expect(packet.authenticationTrailer?.securityAssociationID == 7)
    #expect(packet.authenticationTrailer?.sequenceNumber == 258)
    #expect(packet.authenticationTrailer?.data == Array(repeating: 0xAB, count: 32))
    let broken = inspected(authenticated + trailer.dropLast())
    #expect(broken.problems.contains("the authentication trailer that the AT-bit announces is missing or not whole"))
  }
}
