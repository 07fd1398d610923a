import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import PacketCapture
import Testing

@Suite struct CaptureCodecTests {
  private func datagrams(_ file: String) throws -> [CapturedDatagram] {
    let (datagrams, unreadable) = try CaptureReader.read(path: Recording.directory + "/" + file)
    #expect(unreadable.isEmpty)
    return datagrams
  }

  @Test("every recorded packet decodes, and encodes back to the same octets", arguments: Recording.files)
  func packets(_ file: String) throws {
    let datagrams = try datagrams(file)
    #expect(datagrams.count > 20)
    var types: Set<PacketType> = []
    for datagram in datagrams {
      let packet = try Packet.decode(datagram.bytes.rawSpan, version: .v2)
      types.insert(packet.header.type)
      let encoded = packet.encode(source: datagram.bytes.rawSpan)
      #expect(encoded == datagram.bytes)
    }
    #expect(types == Set(PacketType.allCases))
  }

  @Test("every recorded LSA has a right checksum, decodes, and encodes back to the same octets", arguments: Recording.files)
  func lsas(_ file: String) throws {
    var count = 0
    for datagram in try datagrams(file) {
      guard case .linkStateUpdate(let update) = try Packet.decode(datagram.bytes.rawSpan, version: .v2).body else { continue }
      for slice in update.lsas {
        let lsa = Array(datagram.bytes[slice.range])
        let isChecksumRight = FletcherChecksum.verifies(lsa.rawSpan)
        #expect(isChecksumRight)
        let body = try LSABody.decode(lsa.rawSpan, version: .v2)
        if case .opaque = body { throw TestFailure("\(slice.header.summary) is of a type that should be known") }
        #expect(LSAEncoder.encode(header: slice.header, body: body, version: .v2) == lsa)
        count += 1
      }
    }
    #expect(count > 5)
  }
}
