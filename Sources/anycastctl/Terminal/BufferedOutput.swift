import Glibc
import OSPFWire

/// Standard output with a buffer that is larger than that of `print`.
struct BufferedOutput {
  /// What has not been written yet.
  var pending = TextBuffer()
  private static let limit = 1 << 16

  /// Writes out what is buffered when it is much.
  mutating func flushIfLarge() {
    if pending.count >= Self.limit { flush() }
  }

  /// Writes out what is buffered. Whoever reads it may have gone; then there is nobody to tell.
  mutating func flush() {
    while pending.count > 0 {
      let count = write(STDOUT_FILENO, pending.octets, pending.count)
      guard count > 0 else { break }
      pending.removeFirst(count)
    }
    pending.removeFirst(pending.count)
  }
}
