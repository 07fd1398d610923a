import Dispatch
import Glibc
import Synchronization

/// A file that the log is appended to, by a thread of its own: a slow disk delays nobody. Lines that come faster than it takes them are
/// lost and counted. A file that was moved away or removed, as logrotate does, is made anew.
final class LogFile: Sendable {
  /// So many lines wait.
  static let queueLength = 4096

  let path: String
  private let thread = DispatchQueue(label: "log file")
  private let state = Mutex(State())
  private let onFailure: @Sendable (FileAccess.Failure) -> Void

  private struct State {
    var lines: [String] = []
    var lost = 0
    var isClosed = false
  }

  /// What only the thread looks at.
  private final class Handle: @unchecked Sendable {
    var descriptor: Int32 = -1
    var identity: (dev_t, ino_t) = (0, 0)
    var hasFailed = false
  }
  private let handle = Handle()

  /// `onFailure` is told when the file begins not to take lines any more, on the thread.
  init(path: String, onFailure: @escaping @Sendable (FileAccess.Failure) -> Void) {
    self.path = path
    self.onFailure = onFailure
  }

  /// Appends a line soon.
  func write(_ line: String) {
    let mustWake = state.withLock { state in
      guard !state.isClosed else { return false }
      guard state.lines.count < Self.queueLength else {
        state.lost += 1
        return false
      }
      state.lines.append(line)
      return state.lines.count == 1
    }
    if mustWake { thread.async { [self] in writePending() } }
  }

  /// Writes what waits, then closes the file.
  func close() {
    state.withLock { $0.isClosed = true }
    thread.async { [self] in
      writePending()
      if handle.descriptor >= 0 { Glibc.close(handle.descriptor) }
      handle.descriptor = -1
    }
  }

  /// Waits until what was given to `write` before is written, or could not be.
  func flush() { thread.sync {} }

  private func writePending() {
    let (lines, lost) = state.withLock { state in
      defer { (state.lines, state.lost) = ([], 0) }
      return (state.lines, state.lost)
    }
    guard !lines.isEmpty else { return }
    let text = (lost > 0 ? lines + ["\(lost) lines of the log were lost: the disk did not keep up"] : lines).map { $0 + "\n" }
      .joined()
    do throws(FileAccess.Failure) {
      try open()
      try put(Array(text.utf8))
      handle.hasFailed = false
    } catch {
      if !handle.hasFailed { onFailure(error) }
      handle.hasFailed = true
    }
  }

  private func open() throws(FileAccess.Failure) {
    var status = stat()
    let isThere = stat(path, &status) == 0
    if handle.descriptor >= 0, isThere, handle.identity == (status.st_dev, status.st_ino) { return }
    if handle.descriptor >= 0 { Glibc.close(handle.descriptor) }
    handle.descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o640)
    guard handle.descriptor >= 0 else { throw FileAccess.Failure(path: path, code: errno) }
    guard fstat(handle.descriptor, &status) == 0 else { throw FileAccess.Failure(path: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      Glibc.close(handle.descriptor)
      handle.descriptor = -1
      throw FileAccess.Failure(path: path, problem: .notRegular)
    }
    handle.identity = (status.st_dev, status.st_ino)
  }

  private func put(_ bytes: [UInt8]) throws(FileAccess.Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(handle.descriptor, Array(rest), rest.count)
      guard count >= 0 else {
        guard errno != EINTR else { continue }
        throw FileAccess.Failure(path: path, code: errno)
      }
      rest = rest.dropFirst(count)
    }
  }
}
