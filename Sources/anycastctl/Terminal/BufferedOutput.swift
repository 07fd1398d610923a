import Glibc

/// Standard output with a buffer that is larger than that of `print`.
struct BufferedOutput {
  private var pending: [UInt8] = []
  private static let limit = 1 << 16

  /// Appends a line.
  mutating func line(_ text: String) {
    pending += text.utf8
    pending.append(UInt8(ascii: "\n"))
    if pending.count >= Self.limit { flush() }
  }

  /// Writes out what is buffered. Whoever reads it may have gone; then there is nobody to tell.
  mutating func flush() {
    while !pending.isEmpty {
      let count = write(STDOUT_FILENO, pending, pending.count)
      guard count > 0 else { break }
      pending.removeFirst(count)
    }
    pending.removeAll(keepingCapacity: true)
  }
}
