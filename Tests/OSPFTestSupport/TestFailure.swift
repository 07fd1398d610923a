/// What a helper throws when the engine did not do what the test needs; the text says what was expected and what was seen.
public struct TestFailure: Error, CustomStringConvertible {
  public let description: String

  /// Makes a failure.
  public init(_ description: String) { self.description = description }
}
