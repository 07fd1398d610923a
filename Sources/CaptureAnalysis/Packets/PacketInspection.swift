import OSPFProtocol
import OSPFWire
import PacketCapture

/// Understanding a packet in spite of what is wrong with it.
///
/// The decoder of `OSPFWire` refuses a packet at the first thing that is wrong. Here that becomes a problem to report; then what was
/// wrong is put right in a copy, as far as it can be, and decoding goes on behind it.
extension InspectedPacket {
  /// Inspects a packet. Where `keys` are given, its authentication is verified with them.
  public init(_ datagram: CapturedDatagram, frame: Int, keys: [PacketKey] = []) {
    self.frame = frame
    self.datagram = datagram
    let version = datagram.ospfVersion
    if version.rawValue != datagram.bytes.first {
      problems.append("version field says \(datagram.bytes.first.map(String.init) ?? "nothing"), expected \(version.rawValue)")
    }
    decode(version)
    inspectAppendix(version)
    if !keys.isEmpty { verifyAuthentication(keys) }
    if version == .v3 { verifyOSPFv3Checksum() }
    inspectLSAs(version)
  }

  private mutating func decode(_ version: OSPFVersion) {
    var bytes = datagram.bytes
    if !bytes.isEmpty { bytes[0] = version.rawValue }
    // Version, length and checksum can each be put right once.
    for _ in 0..<3 {
      do throws(WireError) {
        let (header, length) = try PacketHeader.decode(bytes.rawSpan, version: version)
        if self.header == nil { keep(header, length) }
        packet = try Packet.decode(bytes.rawSpan, version: version)
        packet?.header.checksum = header.checksum
        return
      } catch {
        problems.append(error.description)
        guard mend(&bytes, error, version) else { return findLSAs(bytes, version) }
      }
    }
  }

  private mutating func keep(_ header: PacketHeader, _ length: Int) {
    self.header = header
    self.length = Int(datagram.bytes[2]) << 8 | Int(datagram.bytes[3])
    if let checksum = datagram.uint16(at: 12) { self.header?.checksum = checksum }
  }

  /// Puts right in a copy what `error` complains about; false when nothing helps.
  private func mend(_ bytes: inout [UInt8], _ error: WireError, _ version: OSPFVersion) -> Bool {
    guard bytes.count >= PacketHeader.size(version) else { return false }
    switch error {
    case .length(what: "packet", _, _):
      bytes.removeLast(max(0, bytes.count - 65_535))
      bytes[2] = UInt8(truncatingIfNeeded: bytes.count >> 8)
      bytes[3] = UInt8(truncatingIfNeeded: bytes.count)
      seal(&bytes, length: bytes.count, version)
      return true
    case .checksum(what: "packet"):
      seal(&bytes, length: Int(bytes[2]) << 8 | Int(bytes[3]), version)
      return true
    case .truncated, .version, .packetType, .length, .count, .remainder, .excess, .checksum, .value: return false
    }
  }

  /// The checksum of OSPFv2, which leaves out the authentication field (RFC 2328 section D.4).
  private func seal(_ bytes: inout [UInt8], length: Int, _ version: OSPFVersion) {
    guard version == .v2, length <= bytes.count, length >= 24 else { return }
    var covered = Array(bytes[..<length])
    for offset in [12, 13] + Array(16..<24) { covered[offset] = 0 }
    let checksum = InternetChecksum.compute(covered.rawSpan)
    bytes[12] = UInt8(truncatingIfNeeded: checksum >> 8)
    bytes[13] = UInt8(truncatingIfNeeded: checksum)
  }

  // MARK: What follows the packet

  private mutating func inspectAppendix(_ version: OSPFVersion) {
    guard let packet else { return }
    if packet.authenticationData.count < packet.header.authenticationDataLength {
      problems.append(
        "authentication data: \(packet.header.authenticationDataLength) octets are announced, "
          + "\(packet.authenticationData.count) are there")
    }
    if version == .v3 { authenticationTrailer = AuthenticationTrailer(packet.trailer) }
    if packet.announcesLinkLocalSignaling, packet.linkLocalSignaling == nil {
      problems.append("the LLS data block that the L-bit announces is missing, or its checksum is wrong")
    }
    if packet.announcesAuthenticationTrailer == true, authenticationTrailer == nil {
      problems.append("the authentication trailer that the AT-bit announces is missing or not whole")
    }
  }

  /// Under authentication the checksum is not computed (RFC 7166 section 4.1).
  private mutating func verifyOSPFv3Checksum() {
    guard let header, header.checksum != 0 || authenticationTrailer == nil else { return }
    guard let source = datagram.source.v6, let destination = datagram.destination.v6 else { return }
    // A length that is wrong has been complained about, and says nothing about what the checksum covers.
    guard length >= PacketHeader.size(.v3), length <= datagram.bytes.count else { return }
    if !InternetChecksum.verifies(ospfv3: datagram.bytes.rawSpan, source: source, destination: destination) {
      problems.append(WireError.checksum(what: "packet").description)
    }
  }

  // MARK: LSAs

  private mutating func inspectLSAs(_ version: OSPFVersion) {
    if case .linkStateUpdate(let update) = packet?.body {
      lsas = update.lsas.map { InspectedLSA(datagram.bytes, $0.range, $0.header, version) }
    }
    for lsa in lsas where !lsa.problems.isEmpty {
      problems += lsa.problems.map { "\(lsa.header.key.words(version)): \($0)" }
    }
  }

  /// The LSAs up to the one that spoils the update.
  private mutating func findLSAs(_ bytes: [UInt8], _ version: OSPFVersion) {
    guard header?.type == .linkStateUpdate else { return }
    let end = min(length, bytes.count)
    var offset = PacketHeader.size(version) + 4
    while offset + LSAHeader.size <= end, let header = try? LSAHeader.decode(bytes.rawSpan, at: offset, version: version),
      Int(header.length) >= LSAHeader.size, offset + Int(header.length) <= end
    {
      lsas.append(InspectedLSA(bytes, offset..<offset + Int(header.length), header, version))
      offset += Int(header.length)
    }
  }
}

extension InspectedLSA {
  fileprivate init(_ packet: [UInt8], _ range: Range<Int>, _ header: LSAHeader, _ version: OSPFVersion) {
    self.header = header
    self.version = version
    octets = packet[range]
    let lsa = packet.rawSpan.extracting(range)
    var problems: [String] = []
    if !FletcherChecksum.verifies(lsa) { problems.append(WireError.checksum(what: "LSA").description) }
    do throws(WireError) {
      try LSABody.examine(lsa, header.key.lsType, version: version)
    } catch {
      problems.append(error.description)
    }
    self.problems = problems
  }
}

extension CapturedDatagram {
  /// The version that the packet says it is of; where it says neither, that of its IP version.
  public var ospfVersion: OSPFVersion {
    bytes.first.flatMap(OSPFVersion.init(rawValue:)) ?? (source.v4 == nil ? .v3 : .v2)
  }

  fileprivate func uint16(at offset: Int) -> UInt16? {
    offset + 1 < bytes.count ? UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1]) : nil
  }
}

extension Packet {
  fileprivate var options: Options {
    switch body {
    case .hello(let hello): hello.options
    case .databaseDescription(let description): description.options
    case .linkStateRequest, .linkStateUpdate, .linkStateAcknowledgment: []
    }
  }

  fileprivate var announcesLinkLocalSignaling: Bool {
    options.contains(header.version == .v2 ? .linkLocalSignaling : .linkLocalSignalingV3)
  }

}

extension LSAKey {
  /// `router-LSA 192.0.2.1 of 192.0.2.1`
  public func words(_ version: OSPFVersion) -> String { "\(lsType.name(version)) \(linkStateID) of \(advertisingRouter)" }
}
