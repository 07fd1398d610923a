import FoundationEssentials
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// A piece of a recorded capture file with something wrong in it, made from a seed: in the file's own headers, in the frames, in the
/// order and the times of the frames, or in the OSPF packets, whose checksums are then put right again half of the time, so that what
/// lies behind them is reached too.
struct MutatedCapture {
  /// The octets of the file.
  let bytes: [UInt8]

  /// A capture file in pieces: tcpdump writes pcap in the byte order of the machine.
  struct Source: Sendable {
    let header: [UInt8]
    let frames: [[UInt8]]

    /// The frames with their record headers of 16 octets.
    init(path: String) throws {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
      header = Array(bytes.prefix(24))
      var frames: [[UInt8]] = []
      var offset = 24
      while offset + 16 <= bytes.count {
        let length = bytes[offset + 8..<offset + 12].reversed().reduce(0) { $0 << 8 | Int($1) }
        frames.append(Array(bytes[offset..<min(offset + 16 + length, bytes.count)]))
        offset += 16 + length
      }
      self.frames = frames
    }
  }

  init(_ sources: [Source], seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let source = sources[Int.random(in: sources.indices, using: &random)]
    // A whole adjacency is some forty frames.
    let start = Int.random(in: 0..<max(1, source.frames.count - 8), using: &random)
    var frames = Array(source.frames[start..<min(start + 48, source.frames.count)])
    var header = source.header
    for _ in 0..<Int.random(in: 1...6, using: &random) { Self.mutate(&frames, &header, &random) }
    var bytes = header + frames.flatMap { $0 }
    if Int.random(in: 0..<16, using: &random) == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
    self.bytes = bytes
  }

  /// Packets of recordings, each with some octets behind its header's length changed and its checksums right.
  init(damagedPackets count: Int, of sources: [Source], seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let frames = sources.flatMap(\.frames).filter { Self.packetStart($0) != nil }
    bytes =
      (sources.first?.header ?? [])
      + (0..<count).flatMap { _ in
        var frame = frames[Int.random(in: frames.indices, using: &random)]
        guard let start = Self.packetStart(frame) else { return frame }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let offset = Int.random(in: start + 4..<frame.count, using: &random)
          // The Instance ID says which family the addresses are of, and tshark has other fields for each.
          if !Self.isIPv6(frame) || offset != start + 14 { Self.change(&frame, at: offset, &random) }
        }
        Self.seal(&frame, start, isIPv6: Self.isIPv6(frame))
        return frame
      }
  }

  private static func isIPv6(_ frame: [UInt8]) -> Bool { frame.count > 29 && frame[28] == 0x86 }

  /// Where the packet begins in a frame with its record header; nil where there is hardly one.
  private static func packetStart(_ frame: [UInt8]) -> Int? {
    let start = 16 + 14 + (isIPv6(frame) ? 40 : 20)
    return frame.count > start + 28 ? start : nil
  }

  private static func mutate(_ frames: inout [[UInt8]], _ header: inout [UInt8], _ random: inout SplitMix64) {
    let position = Int.random(in: frames.indices, using: &random)
    switch Int.random(in: 0..<12, using: &random) {
    case 0: flip(&frames[position], from: 16, &random)
    case 1: cut(&frames[position], &random)
    case 2: frames.swapAt(position, Int.random(in: frames.indices, using: &random))
    case 3: frames.insert(frames[position], at: Int.random(in: frames.indices, using: &random))
    case 4: if frames.count > 1 { frames.remove(at: position) }
    case 5: flip(&frames[position], from: 0, to: 8, &random)
    case 6: if Int.random(in: 0..<8, using: &random) == 0 { flip(&header, from: 0, &random) }
    case 7: change(&frames[position], at: 16 + 14 + Int.random(in: 0..<40, using: &random), &random)
    default: damagePacket(&frames[position], &random)
    }
  }

  private static func flip(_ bytes: inout [UInt8], from start: Int, to end: Int = .max, _ random: inout SplitMix64) {
    guard start < min(end, bytes.count) else { return }
    bytes[Int.random(in: start..<min(end, bytes.count), using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
  }

  private static func change(_ bytes: inout [UInt8], at offset: Int, _ random: inout SplitMix64) {
    guard offset < bytes.count else { return }
    bytes[offset] = [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: .min ... .max, using: &random)].randomElement(using: &random) ?? 0
  }

  /// A shorter frame; the original length stays, as with a snap length, or goes along.
  private static func cut(_ frame: inout [UInt8], _ random: inout SplitMix64) {
    guard frame.count > 16 else { return }
    frame.removeLast(Int.random(in: 1...frame.count - 16, using: &random))
    let length = frame.count - 16
    frame[8] = UInt8(truncatingIfNeeded: length)
    frame[9] = UInt8(truncatingIfNeeded: length >> 8)
    if Bool.random(using: &random) { frame.replaceSubrange(12..<16, with: frame[8..<12]) }
  }

  // MARK: The OSPF packet

  /// Changes octets of the packet, lengths and counts among them more often than others.
  private static func damagePacket(_ frame: inout [UInt8], _ random: inout SplitMix64) {
    guard let start = packetStart(frame) else { return }
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let inside = Int.random(in: start..<frame.count, using: &random)
      let favourites = [
        start + 1, start + 3, start + 24 + 3, start + 16 + 3, start + 28 + 19, start + 20 + 19, inside, inside, inside,
      ]
      change(&frame, at: favourites.randomElement(using: &random) ?? inside, &random)
    }
    if Bool.random(using: &random) { seal(&frame, start, isIPv6: isIPv6(frame)) }
  }

  /// Puts the checksums of LSAs and packet right.
  private static func seal(_ frame: inout [UInt8], _ start: Int, isIPv6: Bool) {
    var packet = Array(frame[start...])
    let headerSize = isIPv6 ? 16 : 24
    if packet[1] == 4 { sealLSAs(&packet, from: headerSize + 4) }
    let length = min(Int(packet[2]) << 8 | Int(packet[3]), packet.count)
    guard length >= headerSize else { return }
    packet[12] = 0
    packet[13] = 0
    let checksum: UInt16?
    if isIPv6 {
      let addresses = frame[start - 32..<start]
      guard let source = IPv6Address(octets: addresses.prefix(16)), let destination = IPv6Address(octets: addresses.suffix(16))
      else { return }
      checksum = InternetChecksum.compute(ospfv3: packet.rawSpan, source: source, destination: destination)
    } else {
      var covered = Array(packet[..<length])
      for offset in 16..<24 { covered[offset] = 0 }
      checksum = InternetChecksum.compute(covered.rawSpan)
    }
    packet[12] = UInt8(truncatingIfNeeded: (checksum ?? 0) >> 8)
    packet[13] = UInt8(truncatingIfNeeded: checksum ?? 0)
    frame.replaceSubrange(start..., with: packet)
  }

  private static func sealLSAs(_ packet: inout [UInt8], from start: Int) {
    var offset = start
    while offset + 20 <= packet.count {
      let length = Int(packet[offset + 18]) << 8 | Int(packet[offset + 19])
      guard length >= 20, offset + length <= packet.count else { return }
      let lsa = Array(packet[offset..<offset + length])
      if let checksum = FletcherChecksum.compute(lsa.rawSpan) {
        packet[offset + 16] = UInt8(truncatingIfNeeded: checksum >> 8)
        packet[offset + 17] = UInt8(truncatingIfNeeded: checksum)
      }
      offset += length
    }
  }
}
