import OSPFWire
import Testing

/// The octets of hexadecimal lines; spaces are only for the reader.
func octets(_ lines: String...) -> [UInt8] {
  var octets: [UInt8] = []
  var high: Int?
  for digit in lines.joined() where digit != " " {
    guard let value = digit.hexDigitValue else {
      Issue.record("\(digit) is no hexadecimal digit")
      return []
    }
    if let first = high {
      octets.append(UInt8(first << 4 | value))
      high = nil
    } else {
      high = value
    }
  }
  #expect(high == nil, "an odd number of digits")
  return octets
}

/// The checksums once more, octet by octet as the RFCs tell them, to compare with.
enum Reference {
  /// RFC 1071 section 1: the end-around carry after every addition.
  static func internet(_ bytes: some Collection<UInt8>) -> UInt16 {
    var sum: UInt32 = 0
    for (position, octet) in bytes.enumerated() {
      sum += position.isMultiple(of: 2) ? UInt32(octet) << 8 : UInt32(octet)
      if sum > 0xFFFF { sum -= 0xFFFF }
    }
    return ~UInt16(sum)
  }

  /// RFC 905 annex B: both sums modulo 255 after every octet.
  static func fletcherSums(_ bytes: some Collection<UInt8>) -> (c0: Int, c1: Int) {
    bytes.reduce((0, 0)) { sums, octet in
      let c0 = (sums.0 + Int(octet)) % 255
      return (c0, (sums.1 + c0) % 255)
    }
  }

  /// An OSPFv2 packet with the right checksum at its place (RFC 2328 section D.4.1).
  static func sealed(_ packet: [UInt8]) -> [UInt8] {
    guard packet.count >= 24 else { return packet }
    let length = min(max(Int(packet[2]) << 8 | Int(packet[3]), 24), packet.count)
    var sealed = packet
    sealed.replaceSubrange(12..<14, with: [0, 0])
    let checksum = internet(sealed[0..<16] + sealed[24..<length])
    sealed.replaceSubrange(12..<14, with: [UInt8(checksum >> 8), UInt8(checksum & 0xFF)])
    return sealed
  }
}

// The expectation macros take no spans: the calls that need one stand here.

func internetChecksum(_ bytes: [UInt8]) -> UInt16 { InternetChecksum.compute(bytes.rawSpan) }

func fletcherChecksum(_ lsa: [UInt8]) -> UInt16? { FletcherChecksum.compute(lsa.rawSpan) }

func verifiesFletcher(_ lsa: [UInt8]) -> Bool { FletcherChecksum.verifies(lsa.rawSpan) }

func ospfv3Checksum(_ packet: [UInt8], _ source: IPv6Address, _ destination: IPv6Address) -> UInt16? {
  InternetChecksum.compute(ospfv3: packet.rawSpan, source: source, destination: destination)
}

func verifiesOSPFv3(_ packet: [UInt8], _ source: IPv6Address, _ destination: IPv6Address) -> Bool {
  InternetChecksum.verifies(ospfv3: packet.rawSpan, source: source, destination: destination)
}

func decode(_ bytes: [UInt8], _ version: OSPFVersion = .v2) throws(WireError) -> Packet {
  try Packet.decode(bytes.rawSpan, version: version)
}

func encode(_ packet: Packet, source: [UInt8] = []) -> [UInt8] { packet.encode(source: source.rawSpan) }

func decodeBody(_ lsa: [UInt8], _ version: OSPFVersion = .v2) throws(WireError) -> LSABody {
  try LSABody.decode(lsa.rawSpan, version: version)
}

func encodeBody(_ body: LSABody) -> [UInt8] {
  var writer = WireWriter()
  body.encode(into: &writer)
  return writer.bytes
}

/// A header of 20 octets for a body, with zeros where nothing is asked for.
func lsa(_ version: OSPFVersion = .v2, type: UInt16, body: [UInt8]) -> [UInt8] {
  let header = LSAHeader(
    lsAge: 0,
    key: LSAKey(
      lsType: LSType(rawValue: type), linkStateID: LinkStateID(rawValue: 0), advertisingRouter: RouterID(rawValue: 0)),
    sequenceNumber: .initial, checksum: 0, length: UInt16(20 + body.count))
  var writer = WireWriter()
  header.encode(into: &writer, version: version)
  writer.append(body)
  return writer.bytes
}
