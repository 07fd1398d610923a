import OSPFWire

/// Cryptographic sequence numbers that were set aside for one run of a router before it uses them. Whoever keeps the router keeps
/// `end` where a crash does not reach it, and gives it to the next run.
///
/// Numbers have 64 bits, of which the high word counts the runs (RFC 7166 section 4.1). The low word goes on from run to run as well:
/// OSPFv2 sends that word alone (RFC 2328 section D.3), and FRR compares the two words of OSPFv3 one by one.
public struct SequenceNumberReservation: Hashable, Sendable {
  /// How many numbers are set aside at once: more than the packets of a database exchange with a common network, and so few that a
  /// daemon that crashes every few seconds has enough of them for months.
  public static let blockSize: UInt64 = 1024

  public var first: UInt64
  /// The first number that is not set aside.
  public var end: UInt64

  /// Sets numbers aside behind those of every earlier run: behind `formerEnd`, the end of the last run's, and in each word not below the
  /// time of day in seconds since 1970, which takes its place when it is lost.
  public init(after formerEnd: UInt64? = nil, wallClock: Int64) {
    let clock = UInt64(UInt32(clamping: wallClock))
    let (runs, last) = formerEnd.map { ($0 >> 32 + 1, $0 & 0xFFFF_FFFF) } ?? (0, 0)
    first = min(max(runs, clock), 0xFFFF_FFFF) << 32 | max(last, clock)
    end = first &+ Self.blockSize
  }
}

/// The numbers of this router's own packets. Each packet has a number that is higher than that of the one before, whatever interface
/// either leaves through: what a neighbor sees of them increases strictly, as RFC 7474 and FRR from version 10.6 on demand.
struct CryptographicSequence {
  private var next: UInt64
  private var end: UInt64

  init(_ reservation: SequenceNumberReservation) {
    next = reservation.first
    end = reservation.end
  }

  /// The number of the packet that is sent now.
  mutating func take() -> UInt64 {
    // After the last one come the first ones again; a neighbor takes them when it has forgotten this router (RFC 2328 section D.3).
    defer { next &+= 1 }
    return next
  }

  /// Where the numbers end that are to be set aside now; nil while less than half of the block is used.
  mutating func extend() -> UInt64? {
    let (left, isUsedUp) = end.subtractingReportingOverflow(next)
    guard isUsedUp || left < SequenceNumberReservation.blockSize / 2 else { return nil }
    end = next &+ SequenceNumberReservation.blockSize
    return end
  }
}

/// Cryptographic sequence numbers of neighbors (RFC 2328 section D.5.3).
extension Router {
  /// Refuses a packet whose number is not above the last one of its sender: it may have been recorded and sent again by somebody else.
  /// RFC 2328 lets the number of the last packet stand for others as well, and BIRD sends all packets of a second with one.
  /// With AuType 3 and authentication trailers it never stands for others.
  func verifySequenceNumber(_ packet: Packet, of neighbor: Neighbor?) throws(Refusal) {
    guard let number = packet.cryptographicSequenceNumber, let neighbor, neighbor.routerID == packet.header.routerID,
      let last = neighbor.sequenceNumbers[packet.header]
    else { return }
    let settings = neighbor.interface.settings
    let mayRepeat: Bool =
      switch settings.authentication {
      case .null, .simplePassword: true
      case .cryptographic: !settings.demandsIncreasingSequenceNumbers
      case .extendedCryptographic, .trailer: false
      }
    guard number > last || number == last && mayRepeat else {
      throw .cryptographicSequenceNumberTooLow(received: number, last: last, keyID: packet.keyID)
    }
  }

  /// Remembers the number of a packet that was accepted.
  func noteSequenceNumber(_ packet: Packet, of neighbor: Neighbor?) {
    guard let number = packet.cryptographicSequenceNumber, let neighbor, neighbor.routerID == packet.header.routerID else {
      return
    }
    neighbor.sequenceNumbers[packet.header] = number
  }
}

extension Packet {
  /// The key that the packet names.
  fileprivate var keyID: UInt16 {
    header.version == .v2 ? header.cryptographicKeyID : AuthenticationTrailer(trailer)?.securityAssociationID ?? 0
  }
}

extension Refusal {
  /// What the failure of authentication is to the engine.
  init(_ error: AuthenticationError) {
    switch error {
    case .type(let received, let ours): self = .authenticationTypeMismatch(received: received, ours: ours)
    case .trailer(let isThere): self = .authenticationTrailerMismatch(received: isThere)
    case .password, .unknownKey, .keyNotInForce, .digestLength, .digest, .protocolIDOrder: self = .authenticationFailed(error)
    }
  }
}
