import OSPFWire

/// Which of two instances of one LSA is newer.
enum Recency: Sendable {
  case newer, same, older
}

extension LSAHeader {
  /// Whether the age has reached MaxAge.
  var isMaxAge: Bool { lsAge >= ProtocolConstants.maxAge }

  /// RFC 2328 section 13.1: how recent this instance is in comparison with `other`, an instance of the same LSA.
  func recency(comparedTo other: LSAHeader) -> Recency {
    if sequenceNumber != other.sequenceNumber { return sequenceNumber > other.sequenceNumber ? .newer : .older }
    if checksum != other.checksum { return checksum > other.checksum ? .newer : .older }
    if isMaxAge != other.isMaxAge { return isMaxAge ? .newer : .older }
    let difference = lsAge > other.lsAge ? lsAge - other.lsAge : other.lsAge - lsAge
    if difference > ProtocolConstants.maxAgeDiff { return lsAge < other.lsAge ? .newer : .older }
    return .same
  }
}

extension LSAHeader {
  /// What makes an LSA one that no router may keep: an age beyond MaxAge, which DoNotAge (RFC 1793) is to routers without demand
  /// circuits, or the sequence number that is reserved (section 12.1.6).
  var flaw: WireError? {
    if lsAge > ProtocolConstants.maxAge { return .value(what: "LS age", UInt64(lsAge)) }
    if sequenceNumber == .reserved {
      return .value(what: "LS sequence number", UInt64(UInt32(bitPattern: sequenceNumber.rawValue)))
    }
    return nil
  }
}
