import Crypto

/// RFC 2328 section D.4: putting authentication on packets, and verifying it.
extension Authentication {
  /// Puts authentication on a finished packet that has none yet: sets the AuType and the authentication field, mends the checksum or
  /// takes it away, and appends the digest (section D.4.1 to D.4.3) or the authentication trailer. AuType 2 takes the low word of the
  /// sequence number; AuType 3 and the trailer want the address that the packet is sent from. Without a key nothing is done.
  public func seal(_ packet: inout [UInt8], sequenceNumber: UInt64, from source: IPAddress? = nil) {
    switch self {
    case .null: break
    case .simplePassword(let password): Self.seal(&packet, password)
    case .cryptographic(let keys): keys.last?.seal(&packet, UInt32(truncatingIfNeeded: sequenceNumber))
    case .extendedCryptographic(let keys):
      keys.last?.sealExtended(&packet, sequenceNumber, from: source?.v4 ?? .unspecified)
    case .trailer(let keys, let order):
      guard let key = keys.last, let source = source?.v6 else { return }
      AuthenticationTrailer.append(to: &packet, key, order, sequenceNumber: sequenceNumber, from: source)
    }
  }

  /// Puts authentication on a finished packet, and an LLS data block behind it (RFC 5613 section 2): with a checksum where there is no
  /// cryptographic authentication; in OSPFv2 with the Cryptographic Authentication TLV; in OSPFv3 before the authentication trailer, which
  /// covers it. Under AuType 3, for which no such TLV is defined, the block is left out.
  public func seal(
    _ packet: inout [UInt8], with signaling: LinkLocalSignaling, sequenceNumber: UInt64, from source: IPAddress? = nil
  ) {
    switch self {
    case .null, .simplePassword:
      seal(&packet, sequenceNumber: sequenceNumber)
      packet += signaling.octets(checksummed: true)
    case .cryptographic(let keys):
      seal(&packet, sequenceNumber: sequenceNumber)
      packet += keys.last?.octets(of: signaling, UInt32(truncatingIfNeeded: sequenceNumber)) ?? []
    case .extendedCryptographic: seal(&packet, sequenceNumber: sequenceNumber, from: source)
    case .trailer:
      packet += signaling.octets(checksummed: false)
      seal(&packet, sequenceNumber: sequenceNumber, from: source)
    }
  }

  /// Whether ``seal(_:with:sequenceNumber:from:)`` sends a block, and the L-bit belongs into the packet's options.
  public var carriesLinkLocalSignaling: Bool {
    if case .extendedCryptographic = self { false } else { true }
  }

  /// Section D.4.2. The checksum covers the AuType and not the password.
  private static func seal(_ packet: inout [UInt8], _ password: Secret) {
    guard packet.count >= PacketHeader.size(.v2) else { return }
    packet.replaceSubrange(12..<16, with: [0, 0, 0, 1])
    packet.replaceSubrange(16..<24, with: password.padded(to: 8))
    let checksum = InternetChecksum.finish(packet.rawSpan.packetSum)
    packet[12] = UInt8(truncatingIfNeeded: checksum >> 8)
    packet[13] = UInt8(truncatingIfNeeded: checksum)
  }

  /// Refuses a received packet that is not authenticated as ours are (section D.5, RFC 7166 section 4.6). Whether its sequence number is
  /// one that the neighbor may still use is another question.
  ///
  /// `bytes` is the whole payload of the IP datagram from `source`, of which `packet` was decoded.
  public func verify(_ bytes: [UInt8], _ packet: Packet, from source: IPAddress) throws(AuthenticationError) {
    guard packet.header.version == .v3 else { return try verify(bytes, packet.header, from: source) }
    let trailer = AuthenticationTrailer(packet.trailer)
    guard case .trailer(let keys, let order) = self, let source = source.v6 else {
      // The bit says so where there are options; the other types have nothing behind them but a trailer.
      if packet.announcesAuthenticationTrailer ?? (trailer != nil) { throw .trailer(isThere: true) }
      return
    }
    guard let trailer, packet.announcesAuthenticationTrailer ?? true else { throw .trailer(isThere: false) }
    try trailer.verify(bytes, from: source, keys, order)
  }

  /// The OSPFv2 side.
  public func verify(_ bytes: [UInt8], _ header: PacketHeader, from source: IPAddress? = nil) throws(AuthenticationError) {
    guard case .v2(let type, let field) = header.extent else { return }
    guard type == self.type else { throw .type(received: type, ours: self.type) }
    switch self {
    case .null, .trailer: break
    case .simplePassword(let password):
      // One comparison of all bits, which takes the same time wherever they differ.
      guard password.padded(to: 8).reduce(0, { $0 << 8 | UInt64($1) }) == field else { throw .password }
    case .cryptographic(let keys):
      try Self.key(header.cryptographicKeyID, among: keys).verify(bytes, header, apad: nil)
    case .extendedCryptographic(let keys):
      let key = try Self.key(header.cryptographicKeyID, among: keys)
      try key.verify(bytes, header, apad: key.extendedApad(source?.v4 ?? .unspecified))
    }
  }

  private static func key(
    _ id: UInt16, among keys: [CryptographicKey]
  ) throws(AuthenticationError) -> CryptographicKey {
    guard let key = keys.last(where: { $0.id == id }) else { throw .unknownKey(id: id) }
    return key
  }
}

extension PacketHeader {
  /// The Key ID of a packet under cryptographic authentication (RFC 2328 section D.3, RFC 7474 section 3).
  public var cryptographicKeyID: UInt16 {
    switch extent {
    case .v2(2, let field): UInt16(UInt8(truncatingIfNeeded: field >> 40))
    case .v2(3, let field): UInt16(clamping: UInt32(truncatingIfNeeded: field))
    case .v2, .v3: 0
    }
  }

  /// The Cryptographic sequence number of a packet under cryptographic authentication; nil without (RFC 2328 section D.3).
  public var cryptographicSequenceNumber: UInt32? {
    if case .v2(2, let field) = extent { UInt32(truncatingIfNeeded: field) } else { nil }
  }
}

extension Packet {
  /// The Cryptographic sequence number: of the header, of what follows the packet (RFC 7474), or of the authentication trailer; nil
  /// without.
  public var cryptographicSequenceNumber: UInt64? {
    switch header.extent {
    case .v2(2, _): return header.cryptographicSequenceNumber.map(UInt64.init)
    case .v2(3, _):
      let octets = authenticationData.prefix(PacketHeader.extendedSequenceNumberSize)
      return octets.count == PacketHeader.extendedSequenceNumberSize ? octets.reduce(0) { $0 << 8 | UInt64($1) } : nil
    case .v2: return nil
    case .v3: return AuthenticationTrailer(trailer)?.sequenceNumber
    }
  }
}

extension CryptographicKey {
  /// The key's digests with what RFC 7474 section 6 puts behind the key: the Cryptographic Protocol ID of OSPF.
  private var extendedSecret: [UInt8] { secret.bytes + [0, 1] }

  /// RFC 7474 section 5: the source address, then 0x878FE1F3 again and again.
  fileprivate func extendedApad(_ source: IPv4Address) -> [UInt8] {
    (0..<algorithm.digestLength).map {
      $0 < 4 ? UInt8(truncatingIfNeeded: source.rawValue >> (24 - 8 * $0)) : CryptographicAlgorithm.apad[$0 % 4]
    }
  }

  /// RFC 7474 section 3: the header has a Key ID of 32 bits, and the sequence number follows the packet.
  fileprivate func sealExtended(_ packet: inout [UInt8], _ sequenceNumber: UInt64, from source: IPv4Address) {
    guard packet.count >= PacketHeader.size(.v2) else { return }
    packet.replaceSubrange(12..<16, with: [0, 0, 0, 3])
    packet.replaceSubrange(16..<20, with: [0, 0, 0, UInt8(truncatingIfNeeded: algorithm.digestLength)])
    packet.replaceSubrange(20..<24, with: [0, 0, UInt8(truncatingIfNeeded: id >> 8), UInt8(truncatingIfNeeded: id)])
    packet += (0..<8).map { UInt8(truncatingIfNeeded: sequenceNumber >> (56 - 8 * $0)) }
    packet += algorithm.hmac(of: packet[...] + extendedApad(source), under: extendedSecret)
  }

  /// Section D.4.3.
  fileprivate func seal(_ packet: inout [UInt8], _ sequenceNumber: UInt32) {
    guard packet.count >= PacketHeader.size(.v2) else { return }
    packet.replaceSubrange(12..<16, with: [0, 0, 0, 2])
    let length = UInt8(truncatingIfNeeded: algorithm.digestLength)
    packet.replaceSubrange(16..<20, with: [0, 0, UInt8(truncatingIfNeeded: id), length])
    packet.replaceSubrange(20..<24, with: (0..<4).map { UInt8(truncatingIfNeeded: sequenceNumber >> (24 - 8 * $0)) })
    packet += digest(of: packet[...])
  }

  /// The digest of AuType 2.
  private func digest(of message: ArraySlice<UInt8>) -> [UInt8] {
    switch algorithm {
    case .md5: Array(keyedMD5(of: message))
    case .hmacSHA1, .hmacSHA256, .hmacSHA384, .hmacSHA512: algorithm.hmac(of: message + algorithm.apad, under: secret.bytes)
    }
  }

  /// An LLS data block that ends in the Cryptographic Authentication TLV: the packet's sequence number, and the digest of everything
  /// before it (RFC 5613 section 2.6).
  fileprivate func octets(of signaling: LinkLocalSignaling, _ sequenceNumber: UInt32) -> [UInt8] {
    var writer = WireWriter()
    let valueLength = 4 + algorithm.digestLength
    writer.uint16(0)
    writer.uint16(UInt16(truncatingIfNeeded: (4 + signaling.payload.count + 4 + valueLength) / 4))
    writer.append(signaling.payload)
    writer.uint16(2)
    writer.uint16(UInt16(truncatingIfNeeded: valueLength))
    writer.uint32(sequenceNumber)
    return writer.bytes + digest(of: writer.bytes[...])
  }

  /// Compares the digest that follows the packet with the one that it should be, in a time that does not depend on where they differ.
  fileprivate func verify(_ bytes: [UInt8], _ header: PacketHeader, apad: [UInt8]?) throws(AuthenticationError) {
    let packetLength = bytes.count >= 4 ? Int(bytes[2]) << 8 | Int(bytes[3]) : 0
    let length = packetLength + (apad == nil ? 0 : PacketHeader.extendedSequenceNumberSize)
    let announced = header.digestLength
    let digest = bytes.dropFirst(length).prefix(announced)
    guard announced == algorithm.digestLength, digest.count == announced else {
      throw .digestLength(keyID: id, algorithm: algorithm, received: min(announced, digest.count))
    }
    let packet = bytes.prefix(length)
    let isRight =
      switch (algorithm, apad) {
      case (.md5, nil): keyedMD5(of: packet) == digest
      case (.md5, _): false
      case (.hmacSHA1, _), (.hmacSHA256, _), (.hmacSHA384, _), (.hmacSHA512, _):
        algorithm.isHMAC(
          digest, of: packet + (apad ?? algorithm.apad), under: apad == nil ? secret.bytes : extendedSecret)
      }
    guard isRight else { throw .digest(keyID: id, algorithm: algorithm) }
  }

  /// The packet, then the key, filled up with zeros to 16 octets.
  private func keyedMD5(of packet: ArraySlice<UInt8>) -> Insecure.MD5.Digest {
    var md5 = Insecure.MD5()
    md5.update(data: packet)
    md5.update(data: secret.padded(to: 16))
    return md5.finalize()
  }
}

/// HMAC as OSPFv2 (RFC 5709) and OSPFv3 (RFC 7166) use it. A digest of keyed MD5 is none.
extension CryptographicAlgorithm {
  /// What a message ends with in the place of its digest is made of this (RFC 5709 section 3.3).
  static let apad: [UInt8] = [0x87, 0x8F, 0xE1, 0xF3]

  /// The whole of it, in OSPFv2.
  fileprivate var apad: [UInt8] { (0..<digestLength).map { Self.apad[$0 % 4] } }

  func hmac(of message: ArraySlice<UInt8>, under key: [UInt8]) -> [UInt8] {
    switch self {
    case .md5: []
    case .hmacSHA1: Array(code(Insecure.SHA1.self, message, key))
    case .hmacSHA256: Array(code(SHA256.self, message, key))
    case .hmacSHA384: Array(code(SHA384.self, message, key))
    case .hmacSHA512: Array(code(SHA512.self, message, key))
    }
  }

  /// Compares in a time that does not depend on where the octets differ.
  func isHMAC(_ digest: ArraySlice<UInt8>, of message: ArraySlice<UInt8>, under key: [UInt8]) -> Bool {
    switch self {
    case .md5: false
    case .hmacSHA1: code(Insecure.SHA1.self, message, key) == digest
    case .hmacSHA256: code(SHA256.self, message, key) == digest
    case .hmacSHA384: code(SHA384.self, message, key) == digest
    case .hmacSHA512: code(SHA512.self, message, key) == digest
    }
  }

  /// A key that is longer than the digest is hashed first (RFC 5709 section 3.3), sooner than HMAC itself does it.
  private func code<Hash: HashFunction>(_ hash: Hash.Type, _ message: ArraySlice<UInt8>, _ key: [UInt8]) -> HMAC<Hash>.MAC {
    let key = key.count > digestLength ? Array(Hash.hash(data: key)) : key
    return HMAC<Hash>.authenticationCode(for: message, using: SymmetricKey(data: key))
  }
}
