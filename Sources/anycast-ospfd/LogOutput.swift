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

  /// Writes one line; before it, how many were lost, if any were.
  func write(_ line: String) {
    lost.withLock { lost in
      if lost > 0, isWritable, put("\(lost) lines of the log were lost: its reader did not keep up") { lost = 0 }
      guard lost == 0, isWritable, put(line) else { return lost += 1 }
    }
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
