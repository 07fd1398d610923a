/// Architectural constants (RFC 2328 appendix B).
enum ProtocolConstants {
  /// The age at which a self-originated LSA is originated anew.
  static let lsRefreshTime: Duration = .seconds(1800)
  /// The age at which an LSA is no longer used, in seconds.
  static let maxAge: UInt16 = 3600
  /// The checksum of an LSA in the database is verified whenever its age is a multiple of this, in seconds.
  static let checkAge: UInt16 = 300
  /// Two instances whose ages differ by more are different ones, in seconds.
  static let maxAgeDiff: UInt16 = 900
  /// The external metric of an unreachable destination.
  static let lsInfinity: UInt32 = 0xFF_FFFF
  /// The cost of a link that is not for transit (RFC 6987).
  static let maxLinkMetric: UInt16 = 0xFFFF

  /// How long an acknowledgment may wait for others to share its packet: well below the smallest sensible RxmtInterval
  /// (RFC 2328 section 13.5).
  static let delayedAcknowledgmentInterval: Duration = .milliseconds(500)
  /// How long after an adjacency has become Full its neighbor may take to describe it: MinLSInterval there, and a retransmission or two
  /// on the way.
  static let linkBackPatience: Duration = .seconds(20)
  /// The shortest time between two Hellos when the second one answers something that was heard.
  static let triggeredHelloInterval: Duration = .milliseconds(500)
  /// A network delays one packet more than the next; an LSA that follows another by exactly MinLSArrival would be discarded.
  static let arrivalMargin: Duration = .milliseconds(50)
  /// How many times in a row an LSA may change as soon as the shortest interval allows.
  static let tolerableHaste = 4
  /// A first Database Description is repeated no sooner than this for a neighbor that shows that it can take it now.
  static let descriptionRepetitionInterval: Duration = .milliseconds(50)
  /// Packets of retransmitted LSAs sent to one neighbor in one go; the rest follows after `retransmissionPause`.
  static let retransmissionBurst = 32
  /// A flush, or what else says that a prefix is gone, is sent again after each of these, one after the other, to each neighbor that has not
  /// acknowledged it. Together they are MinLSArrival and a little more; the last one is a duplicate for whoever takes the one before.
  static let earlyRetransmissionDelays: [Duration] = [
    .milliseconds(50), .milliseconds(200), .milliseconds(800), .milliseconds(50),
  ]
  /// LSAs that are repeated early in one go; the rest follows after `retransmissionPause`.
  static let earlyRetransmissionBurst = 1000
  /// See `retransmissionBurst`.
  static let retransmissionPause: Duration = .milliseconds(100)
}
