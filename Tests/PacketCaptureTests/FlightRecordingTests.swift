import AnycastNode
import FoundationEssentials
import OSPFProtocol
import OSPFWire
import Testing

@testable import PacketCapture

@Suite("Recordings of the daemon")
struct FlightRecordingTests {
  private static let epoch: Int64 = 1_796_000_000_000_000_000

  private func packet(_ source: String, _ destination: String, on index: UInt32, _ octets: [UInt8]) throws -> FlightRecord.Packet
  {
    FlightRecord.Packet(
      interfaceIndex: index, source: try #require(IPAddress(source)), destination: try #require(IPAddress(destination)),
      direction: .outbound, bytes: octets)
  }

  @Test("libpcap reads the packets of every device with their times, and the events between them are found")
  func read() throws {
    let hello = Array(repeating: UInt8(2), count: 44)
    let later = Instant.zero + .nanoseconds(1_000_000_001)
    var bfd = try packet("10.0.0.2", "10.0.0.1", on: 2, Array(repeating: 0x20, count: 24))
    bfd.kind = .bfd
    let recording = FlightRecording(
      records: [
        FlightRecord(time: later, content: .packet(try packet("fe80::2", "ff02::5", on: 3, hello + [1]))),
        FlightRecord(time: .zero, content: .packet(try packet("10.0.0.2", "224.0.0.5", on: 2, hello))),
        FlightRecord(time: .zero + .milliseconds(500), content: .event("neighbor 192.0.2.1: Full -> Down\nsecond = line")),
        FlightRecord(time: .zero + .milliseconds(600), content: .packet(bfd)),
      ], comment: "anycast-ospfd 1: asked for", devices: [2: "eth0"], epoch: Self.epoch)
    let path = FileManager.default.temporaryDirectory.path + "/recording-\(UInt64.random(in: 0 ... .max)).pcapng"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(recording.pcapng).write(to: URL(fileURLWithPath: path))

    let (datagrams, unreadable) = try CaptureReader.read(path: path)
    #expect(unreadable.isEmpty)
    #expect(datagrams.map(\.bytes) == [hello, hello + [1]])
    #expect(datagrams.map(\.source.description) == ["10.0.0.2", "fe80::2"])
    #expect(datagrams.map(\.timestamp) == [.nanoseconds(Self.epoch), .nanoseconds(Self.epoch + 1_000_000_001)])
    let entries = JournalEntry.read(path: path)
    #expect(entries.map(\.message) == ["neighbor 192.0.2.1: Full -> Down second = line"])
    #expect(entries.map(\.timestamp) == [.nanoseconds(Self.epoch + 500_000_000)])
  }

  @Test("A file that is cut off, and one of another kind, has the events that are whole, or none")
  func damaged() {
    let recording = FlightRecording(
      records: (0..<3).map { FlightRecord(time: .zero + .seconds($0), content: .event("event \($0)")) }, comment: "",
      devices: [:], epoch: 0)
    for length in 0..<recording.pcapng.count {
      let entries = JournalEntry.read(Array(recording.pcapng.prefix(length)))
      #expect(entries.count < 3 && entries.enumerated().allSatisfy { $1.message == "event \($0)" })
    }
    #expect(JournalEntry.read([0xD4, 0xC3, 0xB2, 0xA1]).isEmpty)
  }
}
