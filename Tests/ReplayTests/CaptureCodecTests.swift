import CaptureAnalysis
import OSPFTestSupport
import OSPFWire
import PacketCapture
import Testing

@Suite struct CaptureCodecTests {
  /// No router that was recorded sends anything that should be refused, whatever another router makes of it.
  @Test("nothing is wrong with any recorded packet", arguments: DescribedRecording.files)
  func soundness(_ file: String) throws {
    let path = DescribedRecording.directory + "/" + file
    let (datagrams, unreadable) = try CaptureReader.read(path: path)
    #expect(unreadable.isEmpty)
    #expect(datagrams.count > 20)
    for (position, datagram) in datagrams.enumerated() {
      let packet = InspectedPacket(datagram, frame: position + 1)
      #expect(packet.problems.isEmpty, "packet \(position + 1)")
    }
  }

  @Test("every recorded packet decodes, and encodes back to the same octets", arguments: DescribedRecording.files)
  func packets(_ file: String) throws {
    for datagram in try CaptureReader.read(path: DescribedRecording.directory + "/" + file).datagrams {
      let packet = try Packet.decode(datagram.bytes.rawSpan, version: datagram.ospfVersion)
      let encoded = packet.encode(source: datagram.bytes.rawSpan)
      #expect(encoded == datagram.bytes)
    }
  }

  @Test("the recordings of an adjacency have packets of all types", arguments: DescribedRecording.adjacencies)
  func types(_ recording: DescribedRecording) {
    #expect(Set(recording.recording.packets.compactMap(\.type)) == Set(PacketType.allCases))
  }

  @Test("every recorded LSA decodes, and encodes back to the same octets", arguments: DescribedRecording.adjacencies)
  func lsas(_ recording: DescribedRecording) throws {
    var count = 0
    for lsa in recording.recording.packets.flatMap(\.lsas) {
      let body = try #require(lsa.body)
      #expect(LSAEncoder.encode(header: lsa.header, body: body, version: recording.version) == lsa.bytes)
      count += 1
    }
    #expect(count > 5)
  }

  @Test("the recordings have every LSA type that FRR and BIRD originate")
  func lsTypes() {
    var found: [OSPFVersion: Set<LSType>] = [:]
    for recording in DescribedRecording.adjacencies {
      found[recording.version, default: []].formUnion(recording.recording.packets.flatMap(\.lsas).map(\.header.key.lsType))
    }
    #expect(
      found == [
        .v2: [
          .router, .network, .summaryNetwork, .summaryASBR, .asExternal, .nssaExternal, .opaqueLink, .opaqueArea,
        ],
        .v3: [
          .routerV3, .networkV3, .interAreaPrefix, .interAreaRouter, .asExternalV3, .nssaV3, .link, .intraAreaPrefix,
        ],
      ])
  }

  @Test("an update that came in IP fragments is longer than the MTU")
  func fragments() throws {
    let recording = try #require(DescribedRecording.all.first { $0.story == "fragments" })
    let long = recording.recording.packets.filter { $0.datagram.bytes.count > 1480 }
    #expect(!long.isEmpty)
    #expect(long.allSatisfy { $0.type == .linkStateUpdate && $0.problems.isEmpty })
  }
}
