/// The generator behind every random choice of the tests: small, fast, and the same on every platform, so that a seed tells the
/// whole run (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Makes a generator.
  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

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
