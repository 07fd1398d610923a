import Glibc
import Synchronization

/// A descriptor that lines are written to, and that never makes the writer wait: a line for which there is no room, because whoever
/// reads the log has stopped, is lost and counted. A log is not worth a missed Hello.
final class LogOutput: Sendable {
  /// Descriptor 2.
  static let standardError = LogOutput(descriptor: STDERR_FILENO)

  private let descriptor: Int32
  private let lost = Mutex(0)

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// As much as a pipe takes at once or not at all, PIPE_BUF.
  static let atomicLength = 4096

  /// Writes one line, in several where it is longer than a pipe takes at once, each after `prefix`; before it, how many were lost, if any
  /// were.
  func write(_ line: String, prefix: String = "") {
    lost.withLock { lost in
      if lost > 0, isWritable, put("\(prefix)\(lost) lines of the log were lost: its reader did not keep up") { lost = 0 }
      for piece in Self.pieces(of: line, limit: Self.atomicLength - prefix.utf8.count - 1) {
        guard lost == 0, isWritable, put(prefix + piece) else { return lost += 1 }
      }
    }
  }

  /// The line in pieces of at most `limit` octets, none of which cuts a character.
  static func pieces(of line: String, limit: Int) -> [Substring] {
    var pieces: [Substring] = []
    var rest = line[...]
    while rest.utf8.count > limit {
      var end = rest.utf8.index(rest.startIndex, offsetBy: limit)
      while end > rest.startIndex, end.samePosition(in: line.unicodeScalars) == nil { end = rest.utf8.index(before: end) }
      guard end > rest.startIndex else { break }
      pieces.append(rest[..<end])
      rest = rest[end...]
    }
    pieces.append(rest)
    return pieces
  }

  private func put(_ line: String) -> Bool {
    let bytes = Array((line + "\n").utf8)
    return Glibc.write(descriptor, bytes, bytes.count) == bytes.count
  }

  /// Whether a line can be written without waiting: a pipe says so when it has room for PIPE_BUF octets.
  private var isWritable: Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&request, 1, 0) == 1 && request.revents & Int16(POLLOUT) != 0
  }
}
