import Glibc
import LinuxNetwork

/// Keeps a second daemon from the state directory of a running one: both would take each other's addresses away, and speak on the
/// same interfaces under one router ID.
final class StateDirectoryLock: Sendable {
  /// Another process holds the lock.
  struct Taken: Error, CustomStringConvertible {
    var directory: String
    var processID: Int32?

    var description: String {
      let holder = processID.map { "process \($0)" } ?? "another process"
      return "another daemon (\(holder)) is running with the state directory \(directory); "
        + "stop it, or give this one a directory of its own with --state-directory"
    }
  }

  private let descriptor: Int32

  /// Locks the directory for as long as the process lives. Returns nil where there is no directory that can be written to: that
  /// alone keeps no service off the network.
  static func take(_ directory: String) throws(Taken) -> StateDirectoryLock? {
    try? FileAccess.makeDirectory(directory)
    let path = directory + "/lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isTaken = errno == EWOULDBLOCK
      close(descriptor)
      guard isTaken else { return nil }
      let holder = (try? FileAccess.read(path)).flatMap { Int32(String(decoding: $0, as: UTF8.self)) }
      throw Taken(directory: directory, processID: holder)
    }
    // Only for the message of whoever comes second: the lock itself goes with the process, however it ends.
    let text = Array("\(getpid())".utf8)
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
    return StateDirectoryLock(descriptor)
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
