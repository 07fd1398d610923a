import OSPFWire

/// A password or key with which packets of a capture may have been authenticated.
public struct PacketKey: Hashable, Sendable {
  /// The Key ID or Security Association ID that it belongs to; nil when it is to be tried with every one.
  public var id: UInt16?
  /// The password or key.
  public var secret: Secret

  public init(id: UInt16? = nil, secret: Secret) {
    self.id = id
    self.secret = secret
  }
}

/// Verifying the authentication of captured packets with keys that the reader of the capture knows.
extension InspectedPacket {
  /// RFC 2328 section D.5, RFC 5709 and RFC 7166 section 4.6, but for sequence numbers.
  mutating func verifyAuthentication(_ keys: [PacketKey]) {
    guard let header else { return }
    let problem: String?
    switch header.extent {
    case .v2(1, _): problem = passwordProblem(keys, header)
    case .v2(2, _): problem = digestProblem(keys, header) { .cryptographic([$0]) }
    case .v2(3, _): problem = digestProblem(keys, header) { .extendedCryptographic([$0]) }
    case .v2: return
    case .v3:
      guard let trailer = authenticationTrailer else { return }
      problem = problemOf(trailer, keys)
    }
    isAuthentic = problem == nil
    if let problem { problems.append(problem) }
  }

  private func passwordProblem(_ keys: [PacketKey], _ header: PacketHeader) -> String? {
    let isKnown = keys.contains { key in (try? Authentication.simplePassword(key.secret).verify(datagram.bytes, header)) != nil }
    return isKnown ? nil : "the simple password is not the given one"
  }

  private func digestProblem(
    _ keys: [PacketKey], _ header: PacketHeader, _ authentication: (CryptographicKey) -> Authentication
  ) -> String? {
    let id = header.cryptographicKeyID
    return problem(keys, id: id, digestLength: header.digestLength, CryptographicAlgorithm.allCases) { algorithm, key in
      let authentication = authentication(CryptographicKey(id: id, algorithm: algorithm, secret: key))
      return (try? authentication.verify(datagram.bytes, header, from: datagram.source)) != nil
    }
  }

  private func problemOf(_ trailer: AuthenticationTrailer, _ keys: [PacketKey]) -> String? {
    guard let source = datagram.source.v6 else { return nil }
    let algorithms = CryptographicAlgorithm.allCases.filter { $0 != .md5 }
    func check(_ order: AuthenticationTrailer.ProtocolIDOrder) -> String? {
      problem(keys, id: trailer.securityAssociationID, digestLength: trailer.data.count, algorithms) { algorithm, key in
        trailer.isAuthentic(datagram.bytes, from: source, algorithm, key, order)
      }
    }
    guard let problem = check(.network) else { return nil }
    guard check(.littleEndian) == nil else { return problem }
    return "the digest is right only with the Cryptographic Protocol ID in little-endian order, as FRR puts it behind the key"
  }

  /// Why no key is the right one; nil when one is.
  private func problem(
    _ keys: [PacketKey], id: UInt16, digestLength: Int, _ algorithms: [CryptographicAlgorithm],
    _ isRight: (CryptographicAlgorithm, Secret) -> Bool
  ) -> String? {
    guard let algorithm = algorithms.first(where: { $0.digestLength == digestLength }) else {
      return "the digest has \(digestLength) octets, as no known algorithm makes it"
    }
    let candidates = keys.filter { $0.id ?? id == id }
    if candidates.isEmpty { return "key \(id) is not among the given ones" }
    if candidates.contains(where: { isRight(algorithm, $0.secret) }) { return nil }
    return "the \(algorithm.rawValue) digest is wrong: key \(id) is not the given one, or the packet was changed"
  }
}
