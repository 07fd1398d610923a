import CaptureAnalysis
import FoundationEssentials
import OSPFTestSupport
import OSPFWire
import PacketCapture
import Testing

@Suite("Mutated captures")
struct MutationTests {
  private static let environment = ProcessInfo.processInfo.environment
  /// How many captures are mutated: 100,000 take some minutes.
  private static let count = environment["CAPTURE_MUTATIONS"].flatMap { Int($0) } ?? 500
  private static let firstSeed = environment["CAPTURE_MUTATION_SEED"].flatMap { UInt64($0) } ?? 1

  @Test("no mutated capture crashes or hangs decode or replay", .timeLimit(.minutes(60)))
  func mutations() throws {
    let sources = try DescribedRecording.files.map { try MutatedCapture.Source(path: DescribedRecording.directory + "/" + $0) }
    var replays = 0
    var problems = 0
    for seed in Self.firstSeed..<Self.firstSeed + UInt64(Self.count) {
      // A crash leaves the file behind, with the seed in its name.
      let path = FileManager.default.temporaryDirectory.path + "/mutated-capture-\(seed).pcap"
      try Data(MutatedCapture(sources, seed: seed).bytes).write(to: URL(filePath: path))
      let (packets, complaints) = try decode(path, seed)
      problems += complaints
      replays += try replay(packets)
      try FileManager.default.removeItem(atPath: path)
    }
    // Most mutated captures are captures still, and most of them have something wrong that is said.
    #expect(problems > Self.count / 2)
    #expect(replays > Self.count / 2)
  }

  /// Reads a file to where it is damaged, and prints it in every style. Returns the packets and the number of records with something
  /// wrong.
  private func decode(_ path: String, _ seed: UInt64) throws -> ([InspectedPacket], Int) {
    var packets: [InspectedPacket] = []
    var problems = 0
    var printers = [PrintStyle.summary, .fields].map { PacketPrinter(style: $0, keys: [PacketKey(secret: Secret("Secret"))]) }
    var json = PacketPrinter(style: .json)
    do {
      let reader = try CaptureReader(path: path)
      while let record = try reader.next() {
        switch record {
        case .datagram(let datagram, let frame):
          packets.append(InspectedPacket(datagram, frame: frame))
          if packets.last?.problems.isEmpty == false { problems += 1 }
        case .unreadable: problems += 1
        }
        for position in printers.indices { #expect(try said(of: record, by: &printers[position]) > 1) }
        // JSON is slow, and made of the same fields.
        if seed % 8 == 0 { #expect(try said(of: record, by: &json) > 1) }
      }
    } catch is CaptureError {
      problems += 1
    }
    return (packets, problems)
  }

  /// How many octets a printer says.
  private func said(of record: CaptureRecord, by printer: inout PacketPrinter) throws -> Int {
    var text = TextBuffer()
    try printer.append(record, to: &text)
    return text.count
  }

  /// Plays every router that can be played. Returns how many could.
  private func replay(_ packets: [InspectedPacket]) throws -> Int {
    let recording = Recording(packets)
    var count = 0
    for router in recording.routers.prefix(3) {
      guard var replay = try? Replay(recording, playing: router.routerID, at: router.address) else { continue }
      replay.run()
      #expect(!ReplayReport(replay).lines.isEmpty)
      count += 1
    }
    return count
  }
}
