import OSPFProtocol
import OSPFWire
import Testing

@Suite("Mutated packets")
struct MutationTests {
  private static let valid: [(OSPFVersion, [UInt8])] =
    (SamplePackets.all + CapturedPackets.ospfv2).map { (.v2, $0) }
    + (OSPFv3SamplePackets.all + CapturedPackets.ospfv3.map(\.bytes)).map { (.v3, $0) }

  /// One to four changes of the kinds that break decoders: bits, extreme octets, cuts, additions, lengths.
  private static func mutate(_ original: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = original
    for _ in 0...random.below(4) {
      let position = random.below(bytes.count)
      switch random.below(7) {
      case 0 where !bytes.isEmpty: bytes[position] ^= 1 << random.below(8)
      case 1 where !bytes.isEmpty: bytes[position] = [0, 1, 0x7F, 0x80, 0xFF][random.below(5)]
      case 2: bytes.removeLast(random.below(bytes.count + 1))
      case 3: bytes += (0..<random.below(24)).map { _ in random.octet() }
      case 4: bytes.insert(contentsOf: bytes.prefix(random.below(bytes.count)).suffix(20), at: position)
      case 5 where bytes.count >= 4:
        let length = random.below(2) == 0 ? bytes.count : random.below(bytes.count + 8)
        bytes[2...3] = [UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length)]
      default: bytes = (0..<random.below(120)).map { _ in random.octet() }
      }
    }
    return bytes
  }

  /// Decodes everything that is there to be decoded, and expects what was accepted to encode back. Returns whether it was.
  private static func exercise(_ bytes: [UInt8], _ version: OSPFVersion) -> Bool {
    guard let packet = try? decode(bytes, version) else { return false }
    var same = encode(packet, source: bytes) == bytes
    if case .linkStateUpdate(let update) = packet.body {
      for slice in update.lsas {
        let lsa = Array(bytes[slice.range])
        _ = verifiesFletcher(lsa)
        guard let body = try? decodeBody(lsa, version) else { continue }
        same = same && encodeBody(body) == Array(lsa.dropFirst(20))
      }
    }
    #expect(same, "\(version), does not encode back: \(bytes)")
    return true
  }

  @Test(
    "No mutated packet traps, and every one that is accepted encodes back to the same octets", arguments: 0..<10 as Range<UInt64>)
  func mutations(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var accepted = 0
    for _ in 0..<5000 {
      let (version, original) = Self.valid[random.below(Self.valid.count)]
      var bytes = Self.mutate(original, &random)
      if version == .v2, random.below(8) != 0 { bytes = Reference.sealed(bytes) }
      if Self.exercise(bytes, version) { accepted += 1 }
    }
    // Both ways through the decoders are taken, or this proves nothing.
    #expect((500...4500).contains(accepted), "\(accepted) of 5000 were accepted")
  }

  private static func exerciseBody(_ body: [UInt8], _ type: UInt16, _ version: OSPFVersion) {
    guard let decoded = try? decodeBody(lsa(version, type: type, body: body), version) else { return }
    #expect(encodeBody(decoded) == body, "\(version), type \(type)")
  }

  @Test("No octets at all trap the decoders of LSA bodies", arguments: 0..<4 as Range<UInt64>)
  func bodies(seed: UInt64) {
    var random = SplitMix64(seed: 1000 + seed)
    for _ in 0..<2500 {
      let body = (0..<random.below(80)).map { _ in random.below(3) == 0 ? random.octet() : UInt8(random.below(4)) }
      for type in 1...11 as ClosedRange<UInt16> { Self.exerciseBody(body, type, .v2) }
      for (type, _) in OSPFv3SampleBodies.all { Self.exerciseBody(body, type.rawValue, .v3) }
    }
  }
}
