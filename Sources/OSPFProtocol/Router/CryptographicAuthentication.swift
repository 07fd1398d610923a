import OSPFWire

/// Where this router's Cryptographic sequence numbers come from (RFC 2328 section D.3): the seconds of the wall clock when the router
/// started, and the seconds since. They never go back, in one run because instants do not, and from one run to the next because the
/// wall clock does not. Packets of one second have the same number, which receivers take: it must not be lower than the last one.
struct CryptographicSequence {
  private let first: UInt32
  private let start: Instant
  /// The instant of the turn in which packets are being sent.
  var now: Instant

  init(first: UInt32, at start: Instant) {
    self.first = first
    self.start = start
    now = start
  }

  /// The number of packets that are sent now. It stays at the last one when there are none left.
  var number: UInt32 { UInt32(clamping: Int64(first) + max((now - start).wholeSeconds, 0)) }
}

/// Cryptographic sequence numbers of neighbors (RFC 2328 section D.5.3).
extension Router {
  /// Refuses a packet whose number is lower than the last one of its sender: it may have been recorded and sent again by somebody else.
  func verifySequenceNumber(_ header: PacketHeader, of neighbor: Neighbor?) throws(Refusal) {
    guard let number = header.cryptographicSequenceNumber, let neighbor, neighbor.routerID == header.routerID else { return }
    guard number >= neighbor.cryptographicSequenceNumber else {
      throw .cryptographicSequenceNumberTooLow(
        received: number, last: neighbor.cryptographicSequenceNumber, keyID: header.cryptographicKeyID)
    }
  }

  /// Remembers the number of a packet that was accepted.
  func noteSequenceNumber(_ header: PacketHeader, of neighbor: Neighbor?) {
    guard let number = header.cryptographicSequenceNumber, let neighbor, neighbor.routerID == header.routerID else { return }
    neighbor.cryptographicSequenceNumber = number
  }
}

extension Refusal {
  /// What the failure of authentication is to the engine.
  init(_ error: AuthenticationError) {
    switch error {
    case .type(let received, let ours): self = .authenticationTypeMismatch(received: received, ours: ours)
    case .password, .unknownKey, .digestLength, .digest: self = .authenticationFailed(error)
    }
  }
}
