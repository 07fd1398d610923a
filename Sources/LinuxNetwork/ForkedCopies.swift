import Glibc

/// What a process holds by an open file (a lock, a name in the network namespace) outlives the process, or its `close`, for some
/// milliseconds where a child was forked just before: the child has a copy of every descriptor until it executes its program.
public enum ForkedCopies {
  /// Waits 5 ms: nothing tells when another process closes its copy.
  public static func pause() { _ = poll(nil, 0, 5) }

  /// Tries to take what another one holds, again and again for about a tenth of a second: a child that still holds a copy lets go
  /// within that time; a second daemon does not. Returns nil when it is held to the end.
  ///
  /// - Parameters:
  ///   - attempt: Returns nil while somebody else holds it.
  ///   - pause: Waits between two attempts.
  public static func outlast<Value, Failure: Error>(
    pause: () -> Void = ForkedCopies.pause, _ attempt: () throws(Failure) -> Value?
  ) throws(Failure) -> Value? {
    for _ in 0..<20 {
      if let value = try attempt() { return value }
      pause()
    }
    return try attempt()
  }
}
