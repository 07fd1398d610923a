import OSPFProtocol

extension SplitMix64 {
  mutating func octet() -> UInt8 { UInt8(truncatingIfNeeded: next()) }

  /// A number from 0 to `limit` - 1; 0 when there is none.
  mutating func below(_ limit: Int) -> Int { limit <= 0 ? 0 : Int(next() % UInt64(limit)) }
}
