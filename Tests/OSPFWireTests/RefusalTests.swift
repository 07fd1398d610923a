import OSPFWire
import Testing

@Suite("What is refused, and what the operator reads")
struct RefusalTests {
  /// `bytes` with octets replaced and the checksum made right again.
  private func changed(_ bytes: [UInt8], at offset: Int, to octets: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes.replaceSubrange(offset..<offset + octets.count, with: octets)
    return Reference.sealed(bytes)
  }

  private func expectRefusal(_ bytes: [UInt8], _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation) {
    do throws(WireError) {
      _ = try decode(bytes)
      Issue.record("accepted, not refused with: \(sentence)", sourceLocation: sourceLocation)
    } catch {
      #expect(error.description == sentence, sourceLocation: sourceLocation)
    }
  }

  @Test("A.3.1: a packet shorter than its header")
  func shortHeader() {
    expectRefusal([], "packet header needs 24 octets, 0 octets are there")
    expectRefusal([2], "packet header needs 24 octets, 1 octet is there")
    expectRefusal(Array(SamplePackets.hello.prefix(23)), "packet header needs 24 octets, 23 octets are there")
  }

  @Test("8.2: another version")
  func version() {
    expectRefusal(changed(SamplePackets.hello, at: 0, to: [3]), "version field says 3, expected 2")
  }

  @Test("A.3.1: an unknown packet type", arguments: [0, 6, 255] as [UInt8])
  func packetType(type: UInt8) {
    expectRefusal(changed(SamplePackets.hello, at: 1, to: [type]), "packet type \(type) is none of 1 to 5")
  }

  @Test("A.3.1: a packet length that is longer than the datagram or shorter than the header")
  func packetLength() {
    expectRefusal(changed(SamplePackets.hello, at: 2, to: [0, 64]), "packet length field says 64, 48 octets are there")
    expectRefusal(changed(SamplePackets.hello, at: 2, to: [0, 23]), "packet length field says 23, 48 octets are there")
  }

  @Test("8.2: a wrong checksum")
  func checksum() {
    var bytes = SamplePackets.hello
    bytes[40] ^= 1
    expectRefusal(bytes, "packet checksum is wrong")
  }

  @Test("A.3.2: a Hello without all its fields, or with a part of a neighbor")
  func hello() {
    expectRefusal(changed(SamplePackets.hello, at: 2, to: [0, 43]), "Hello needs 20 octets, 19 octets are there")
    expectRefusal(
      changed(SamplePackets.hello, at: 2, to: [0, 47]), "neighbor list of the Hello has 3 octets, which is no multiple of 4")
  }

  @Test("A.3.3: a Database Description without all its fields, or with a part of a header")
  func databaseDescription() {
    expectRefusal(
      changed(SamplePackets.databaseDescription, at: 2, to: [0, 31]), "Database Description needs 8 octets, 7 octets are there")
    expectRefusal(
      changed(SamplePackets.databaseDescription, at: 2, to: [0, 33]),
      "list of LSA headers has 1 octet, which is no multiple of 20")
  }

  @Test("A.3.4: a request with a part of an entry is refused, one for an LS type that no version has is the receiver's to judge")
  func linkStateRequest() throws {
    expectRefusal(
      changed(SamplePackets.linkStateRequest, at: 2, to: [0, 47]), "list of requests has 23 octets, which is no multiple of 12")
    let wide = changed(SamplePackets.linkStateRequest, at: 24, to: [0, 1, 0, 0])
    let packet = try Packet.decode(wide.rawSpan, version: .v2)
    guard case .linkStateRequest(let request) = packet.body else {
      Issue.record("not a request")
      return
    }
    #expect(request.reserved.first == 1)
    #expect(packet.encode() == wide)
  }

  @Test("A.3.5: an update that has fewer LSAs than it says, or more octets than its LSAs")
  func linkStateUpdateCount() {
    expectRefusal(
      changed(SamplePackets.linkStateUpdate, at: 2, to: [0, 27]), "Link State Update needs 4 octets, 3 octets are there")
    expectRefusal(
      changed(SamplePackets.linkStateUpdate, at: 24, to: [0xFF, 0xFF, 0xFF, 0xFF]),
      "number of LSAs says 4294967295, there is room for 3")
    expectRefusal(
      changed(SamplePackets.linkStateUpdate, at: 24, to: [0, 0, 0, 3]), "LSA header needs 20 octets, 0 octets are there")
    expectRefusal(
      changed(SamplePackets.linkStateUpdate, at: 24, to: [0, 0, 0, 1]),
      "Link State Update ends after 40 octets, 68 octets are there")
  }

  @Test("A.4.1: an LSA whose length is shorter than its header or longer than the packet")
  func lsaLength() {
    expectRefusal(changed(SamplePackets.linkStateUpdate, at: 46, to: [0, 19]), "LSA length field says 19, 64 octets are there")
    expectRefusal(changed(SamplePackets.linkStateUpdate, at: 46, to: [0, 65]), "LSA length field says 65, 64 octets are there")
  }

  @Test("A.3.6: an acknowledgment with a part of a header")
  func linkStateAcknowledgment() {
    expectRefusal(
      changed(SamplePackets.linkStateAcknowledgment, at: 2, to: [0, 63]),
      "list of LSA headers has 39 octets, which is no multiple of 20")
  }

  @Test("Every packet that is cut short anywhere is refused", arguments: SamplePackets.all.prefix(5))
  func truncation(bytes: [UInt8]) {
    for length in 0..<bytes.count {
      #expect(throws: WireError.self) { try decode(Array(bytes.prefix(length))) }
    }
  }
}
