import CaptureAnalysis
import FoundationEssentials
import OSPFTestSupport
import OSPFWire
import PacketCapture
import Testing

extension TsharkTests {
  @Test("what the decoder accepts of damaged packets it reads as tshark does; what tshark cannot read to the end it refuses")
  func damaged() async throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["DAMAGED_PACKETS"].flatMap { Int($0) } ?? 5000
    let seed = environment["DAMAGED_PACKETS_SEED"].flatMap { UInt64($0) } ?? 1
    let sources = try DescribedRecording.files.map { try MutatedCapture.Source(path: DescribedRecording.directory + "/" + $0) }
    let path = FileManager.default.temporaryDirectory.path + "/damaged-packets-\(seed).pcap"
    try Data(MutatedCapture(damagedPackets: count, of: sources, seed: seed).bytes).write(to: URL(filePath: path))
    let theirs = try await Tshark.values(of: TsharkFields.compared + ["_ws.malformed"], in: path)
    var accepted = 0
    var differences: [String] = []
    for packet in try Recording(path: path).packets where packet.problems.isEmpty && !packet.isReadOtherwise {
      let (theirs, ours) = (theirs[packet.frame] ?? [:], TsharkFields(packet).values)
      let place = "frame \(packet.frame) of \(path)"
      guard theirs["_ws.malformed"]?.isEmpty ?? true else {
        if !packet.hasMoreForOthers { differences.append("\(place): accepted, and malformed to tshark") }
        continue
      }
      accepted += 1
      for field in TsharkFields.compared where theirs[field] != ["<MISSING>"] && ours[field] ?? [] != theirs[field] ?? [] {
        differences.append("\(place), \(field): \(ours[field] ?? []), and tshark reads \(theirs[field] ?? [])")
      }
    }
    print("of \(count) damaged packets the decoder accepts \(accepted)")
    #expect(accepted > count / 2)
    #expect(differences.isEmpty)
    // What is read in two ways stays to be looked at.
    if differences.isEmpty { try FileManager.default.removeItem(atPath: path) }
  }
}

extension InspectedPacket {
  /// What tshark reads in another way: LSAs by their function code, whatever their scope and whether the U-bit lets them be known, and
  /// passwords with octets that are no text.
  fileprivate var isReadOtherwise: Bool {
    let version = header?.version ?? .v2
    return keys.contains { $0.lsType.name(version).hasPrefix("LS type") } || header.map(hasUnreadablePassword) ?? false
  }

  /// Whether it has what tshark looks into and this decoder has no use for: lengths of LSAs that are not there, in descriptions and
  /// acknowledgments, and what opaque LSAs say to others.
  fileprivate var hasMoreForOthers: Bool {
    !lsaHeaders.isEmpty || header?.version == .v2 && keys.contains { (9...11).contains($0.lsType.rawValue) }
  }

  private func hasUnreadablePassword(_ header: PacketHeader) -> Bool {
    guard case .v2(authenticationType: 1, let password) = header.extent else { return false }
    let octets = (0..<8).map { UInt8(truncatingIfNeeded: password >> ($0 * 8)) }
    let text = octets.drop { $0 == 0 }
    return text.isEmpty || !text.allSatisfy { (0x20..<0x7F).contains($0) }
  }
}
