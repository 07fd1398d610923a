import FoundationEssentials
import PacketCapture
import Testing

@Suite("The project's own captures")
struct RecordedCaptureTests {
  private static let directory =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/captures"

  static let names: [String] = {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return entries.filter { $0.hasSuffix(".pcap") }.sorted()
  }()

  @Test("There are captures to read")
  func exist() {
    #expect(!Self.names.isEmpty)
  }

  @Test("Every frame is read, and was sent between neighbors", arguments: names)
  func read(name: String) throws {
    let (datagrams, unreadable) = try CaptureReader.read(path: Self.directory + "/" + name)
    #expect(unreadable.isEmpty)
    #expect(datagrams.count > 20)
    // FRR lets the packets that its ospf6d sends to one neighbor have the system's hop limit.
    #expect(datagrams.allSatisfy { $0.ttl == 1 || $0.destination.v6?.isMulticast == false })
    #expect(zip(datagrams, datagrams.dropFirst()).allSatisfy { $0.timestamp <= $1.timestamp })
  }
}
