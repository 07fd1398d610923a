import OSPFProtocol
import OSPFWire
import Testing

@Suite("Examining an LSA without reading it")
struct ExaminationTests {
  private static let types: [OSPFVersion: [UInt16]] = [
    .v2: Array(1...12), .v3: [0x2001, 0x2002, 0x2003, 0x2004, 0x4005, 0x2007, 0x0008, 0x2009, 0x000B, 0xA00C, 0x8ABC],
  ]

  @Test("It refuses what reading refuses, for the same reason", arguments: OSPFVersion.allCases)
  func agrees(version: OSPFVersion) throws {
    var random = SplitMix64(seed: 7)
    var refused = 0
    for type in try #require(Self.types[version]) {
      for _ in 0..<2_000 {
        let lsa = Self.lsa(type, version, &random)
        let examined = Self.refusal { () throws(WireError) in
          try LSABody.examine(lsa.rawSpan, LSType(rawValue: type), version: version)
        }
        let read = Self.refusal { () throws(WireError) in _ = try LSABody.decode(lsa.rawSpan, version: version) }
        #expect(examined == read, "\(version), type \(type), \(lsa)")
        if read != nil { refused += 1 }
      }
    }
    #expect(refused > 1_000)
  }

  /// A header of the type, and a body of small numbers, of which more make sense than of others.
  private static func lsa(_ type: UInt16, _ version: OSPFVersion, _ random: inout SplitMix64) -> [UInt8] {
    var lsa = [UInt8](repeating: 0, count: 20)
    (lsa[2], lsa[3]) = (version == .v2 ? 0 : UInt8(type >> 8), UInt8(truncatingIfNeeded: type))
    for _ in 0..<Int.random(in: 0...72, using: &random) {
      lsa.append(Bool.random(using: &random) ? 0 : UInt8.random(in: 0...(Bool.random(using: &random) ? 4 : 255), using: &random))
    }
    lsa[19] = UInt8(lsa.count)
    return lsa
  }

  private static func refusal(_ body: () throws(WireError) -> Void) -> String? {
    do throws(WireError) {
      try body()
      return nil
    } catch {
      return error.description
    }
  }
}
