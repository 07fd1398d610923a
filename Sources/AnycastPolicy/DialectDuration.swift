import OSPFProtocol

extension Duration {
  /// The duration as the dialect writes it, in the largest unit that divides it: `500ms`, `1s`, `5m`.
  package var dialectText: String {
    let microseconds = nanoseconds / 1_000
    guard microseconds % 1_000 == 0 else { return "\(microseconds)us" }
    let milliseconds = microseconds / 1_000
    guard milliseconds % 1_000 == 0, milliseconds != 0 else { return "\(milliseconds)ms" }
    let seconds = milliseconds / 1_000
    guard seconds % 60 == 0 else { return "\(seconds)s" }
    return seconds % 3_600 == 0 ? "\(seconds / 3_600)h" : "\(seconds / 60)m"
  }
}
