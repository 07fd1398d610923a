import AnycastNode
import ControlAPI
import FoundationEssentials
import OSPFProtocol
import Testing

@testable import anycast_ospfd

@Suite("Recordings on the disk")
struct FlightRecordingStoreTests {
  @Test("The newest 20 are kept, for their owner alone to read")
  func newest() async throws {
    let directory = FileManager.default.temporaryDirectory.path + "/recordings-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let store = FlightRecordingStore(stateDirectory: directory)
    var paths: [String] = []
    for second in 0..<23 {
      let time = Timestamp(millisecondsSince1970: 1_796_000_000_000).advanced(bySeconds: Double(second))
      let occasion: FlightRecorder.Occasion = second % 2 == 0 ? .asked : .adjacencyLost
      paths.append(
        try await store.write(for: occasion, at: time) {
          FlightRecording(
            records: [FlightRecord(time: .zero, content: .event("event"))], comment: "", devices: [:], epoch: 0)
        })
    }
    let kept = try FileManager.default.contentsOfDirectory(atPath: directory + "/recordings").sorted()
    #expect(kept.map { "\(directory)/recordings/\($0)" } == Array(paths.suffix(20)))
    let attributes = try FileManager.default.attributesOfItem(atPath: try #require(paths.last))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(kept.last?.hasSuffix("-asked.pcapng") == true)
  }
}
