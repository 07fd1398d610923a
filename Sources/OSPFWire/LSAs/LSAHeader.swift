/// The sequence number of an LSA: signed, from InitialSequenceNumber to MaxSequenceNumber (RFC 2328 section 12.1.6).
public struct SequenceNumber: RawRepresentable, Hashable, Comparable, Sendable {
  /// The signed number.
  public var rawValue: Int32

  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// 0x80000000, which no LSA has
  public static let reserved = SequenceNumber(rawValue: .min)
  /// 0x80000001
  public static let initial = SequenceNumber(rawValue: .min + 1)
  /// 0x7FFFFFFF
  public static let max = SequenceNumber(rawValue: .max)

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension SequenceNumber: CustomStringConvertible, TextWritable {
  /// Hexadecimal, `0x80000001`.
  public var description: String { notation }

  public func write(to text: inout TextBuffer) {
    text.append("0x")
    text.append(hexadecimal: UInt64(UInt32(bitPattern: rawValue)), digits: 8)
  }
}

/// What identifies an LSA in its database (RFC 2328 section 12.1).
public struct LSAKey: Hashable, Comparable, Sendable {
  public var lsType: LSType
  public var linkStateID: LinkStateID
  public var advertisingRouter: RouterID

  public init(lsType: LSType, linkStateID: LinkStateID, advertisingRouter: RouterID) {
    self.lsType = lsType
    self.linkStateID = linkStateID
    self.advertisingRouter = advertisingRouter
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.lsType, left.linkStateID, left.advertisingRouter) < (right.lsType, right.linkStateID, right.advertisingRouter)
  }
}

extension LSAKey {
  /// Two words in place of three fields: the index of a large database is looked up often.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(UInt64(linkStateID.rawValue) << 32 | UInt64(advertisingRouter.rawValue))
    hasher.combine(lsType.rawValue)
  }
}

/// The 20-octet header that every LSA begins with (RFC 2328 section A.4.1, RFC 5340 section A.4.2).
public struct LSAHeader: Hashable, Sendable {
  /// LS age in seconds; the high bit is DoNotAge (RFC 1793).
  public var lsAge: UInt16
  /// The options octet of OSPFv2; zero in OSPFv3, whose header has none.
  public var options: UInt8
  /// Type, ID and originator.
  public var key: LSAKey
  /// LS sequence number
  public var sequenceNumber: SequenceNumber
  /// The Fletcher checksum of the whole LSA except LS age.
  public var checksum: UInt16
  /// Length of the whole LSA in octets, this header included.
  public var length: UInt16

  public init(
    lsAge: UInt16, options: UInt8 = 0, key: LSAKey, sequenceNumber: SequenceNumber, checksum: UInt16, length: UInt16
  ) {
    self.lsAge = lsAge
    self.options = options
    self.key = key
    self.sequenceNumber = sequenceNumber
    self.checksum = checksum
    self.length = length
  }

  /// 20
  public static let size = 20
}
