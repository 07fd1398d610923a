import OSPFProtocol
import OSPFWire
import Testing

@Suite("Checksums")
struct ChecksumTests {
  @Test("RFC 1071 section 3: the example of the RFC sums up to 0xDDF2")
  func internetExample() {
    let bytes = octets("0001 f203 f4f5 f6f7")
    #expect(internetChecksum(bytes) == ~0xDDF2)
  }

  @Test("RFC 1071: an odd last octet is padded with zero, and every length agrees with octet by octet")
  func internetLengths() {
    var random = SplitMix64(seed: 1071)
    for length in 0..<70 {
      let bytes = (0..<length).map { _ in random.octet() }
      #expect(internetChecksum(bytes) == Reference.internet(bytes))
    }
  }

  @Test("12.1.7: the LSAs that FRR checksummed verify, and are given the checksum that they have")
  func fletcherOfFRR() throws {
    for (bytes, version) in [
      (CapturedPackets.linkStateUpdate, OSPFVersion.v2), (CapturedPackets.linkLSAsV3.bytes, .v3),
      (CapturedPackets.areaLSAsV3.bytes, .v3),
    ] {
      guard case .linkStateUpdate(let update) = try decode(bytes, version).body else {
        Issue.record("not decoded as a Link State Update")
        return
      }
      #expect(update.lsas.count >= 4)
      for slice in update.lsas {
        let lsa = Array(bytes[slice.range])
        #expect(verifiesFletcher(lsa))
        #expect(fletcherChecksum(lsa) == slice.header.checksum)
      }
    }
  }

  @Test("12.1.7: LS age is not covered, every other octet is")
  func fletcherCoverage() {
    var lsa = Array(CapturedPackets.linkStateUpdate[28..<64])
    lsa[0] = 0x0E
    lsa[1] = 0x10
    #expect(verifiesFletcher(lsa))
    for position in 2..<lsa.count {
      var changed = lsa
      changed[position] ^= 0x40
      #expect(!verifiesFletcher(changed), "octet \(position)")
    }
  }

  @Test("RFC 905 annex B: both sums are zero over octets of any length, content and former checksum")
  func fletcherLengths() throws {
    var random = SplitMix64(seed: 905)
    for length in Array(20..<60) + [255, 256, 4096, 65487, 65535] {
      for fill in [nil, 0x00, 0xFF] as [UInt8?] {
        var lsa = (0..<length).map { _ in fill ?? random.octet() }
        let checksum = try #require(fletcherChecksum(lsa))
        lsa[16] = UInt8(checksum >> 8)
        lsa[17] = UInt8(checksum & 0xFF)
        #expect(Reference.fletcherSums(lsa.dropFirst(2)) == (0, 0), "\(length) octets")
        #expect(verifiesFletcher(lsa), "\(length) octets")
      }
    }
  }

  @Test("12.1.7: a checksum of zero is none, and less than a header or more than a length has none")
  func fletcherRefusals() {
    #expect(!verifiesFletcher([UInt8](repeating: 0, count: 36)))
    #expect(!verifiesFletcher([UInt8](repeating: 1, count: 19)))
    #expect(fletcherChecksum([UInt8](repeating: 1, count: 19)) == nil)
    #expect(fletcherChecksum([UInt8](repeating: 1, count: 65536)) == nil)
  }

  @Test("RFC 5340 A.3.1: the checksums that FRR's kernel put over packet and pseudo-header are right")
  func pseudoHeader() {
    for packet in CapturedPackets.ospfv3 {
      let (source, destination) = (packet.source, packet.destination)
      #expect(verifiesOSPFv3(packet.bytes, source, destination))
      var bytes = packet.bytes
      let checksum = UInt16(bytes[12]) << 8 | UInt16(bytes[13])
      #expect(ospfv3Checksum(bytes, source, destination) == checksum)
      let other = IPv6Address(high: source.high, low: source.low ^ 1)
      #expect(!verifiesOSPFv3(bytes, other, destination))
      bytes[12...13] = [0, 0]
      #expect(ospfv3Checksum(bytes, source, destination) == checksum)
    }
  }

  @Test("RFC 5340 A.3.1: the checksum covers as much as the packet's length says, and nothing of less than a header")
  func pseudoHeaderLength() {
    let packet = CapturedPackets.helloV3
    let (source, destination) = (packet.source, packet.destination)
    let longer = packet.bytes + [1, 2, 3, 4]
    #expect(verifiesOSPFv3(longer, source, destination))
    let shorter = Array(packet.bytes.dropLast())
    #expect(!verifiesOSPFv3(shorter, source, destination))
    #expect(ospfv3Checksum(shorter, source, destination) == nil)
    #expect(ospfv3Checksum([UInt8](repeating: 0, count: 15), source, destination) == nil)
  }
}
