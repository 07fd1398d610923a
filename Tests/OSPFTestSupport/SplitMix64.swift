import OSPFProtocol

extension SplitMix64 {
  /// True `percent` times in a hundred.
  public mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  /// A duration between the two ends, in whole microseconds.
  public mutating func duration(_ range: ClosedRange<Duration>) -> Duration {
    let bounds = range.lowerBound.wholeMicroseconds...range.upperBound.wholeMicroseconds
    return .microseconds(Int64.random(in: bounds, using: &self))
  }
}

extension Duration {
  /// Whole microseconds, rounded down.
  var wholeMicroseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
