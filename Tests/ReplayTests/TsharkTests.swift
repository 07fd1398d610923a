import CaptureAnalysis
import OSPFTestSupport
import OSPFWire
import PacketCapture
import Testing

@Suite("Agreement with tshark", .serialized)
struct TsharkTests {
  @Test("tshark reads the same in every field of every recorded packet", arguments: DescribedRecording.files)
  func agreement(_ file: String) async throws {
    let path = DescribedRecording.directory + "/" + file
    let theirs = try await Tshark.values(of: TsharkFields.compared, in: path)
    let ours = try Recording(path: path).packets
    #expect(Set(ours.map(\.frame)) == Set(theirs.keys))
    for packet in ours {
      let fields = TsharkFields(packet)
      for field in TsharkFields.compared {
        #expect(fields.values[field] ?? [] == theirs[packet.frame]?[field] ?? [], "frame \(packet.frame), \(field)")
      }
    }
  }

  @Test("every field that is compared stands in some recorded packet")
  func coverage() throws {
    let found = Set(DescribedRecording.all.flatMap(\.recording.packets).flatMap { TsharkFields($0).values.keys })
    // FRR and BIRD send no LLS data block, and none of the recorded externals has a tag.
    #expect(Set(TsharkFields.compared).subtracting(found) == ["ospf.lls.checksum", "ospf.v3.lsa.external_route_tag"])
  }
}
