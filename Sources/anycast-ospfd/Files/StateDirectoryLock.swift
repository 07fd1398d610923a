import Glibc
import LinuxNetwork
import Synchronization

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

  /// Locks the directory for as long as the process lives. Where there is no directory that can be written to, the failure is returned:
  /// that alone keeps no service off the network. `pause` waits between two attempts, 5 ms unless given.
  static func take(
    _ directory: String, pause: (() -> Void)? = nil
  ) throws(Taken) -> Result<StateDirectoryLock, FileAccess.Failure> {
    do throws(FileAccess.Failure) {
      try FileAccess.makeDirectory(directory)
    } catch {
      return .failure(error)
    }
    let path = directory + "/lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return .failure(FileAccess.Failure(path: path, code: errno)) }
    let refusal = ForkedCopies.outlast(pause: pause ?? ForkedCopies.pause) { () -> Int32? in
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return 0 }
      return errno == EWOULDBLOCK ? nil : errno
    }
    guard refusal == 0 else {
      close(descriptor)
      if let refusal { return .failure(FileAccess.Failure(path: path, code: refusal)) }
      let holder = (try? FileAccess.read(path)).flatMap { Int32(String(decoding: $0, as: UTF8.self)) }
      throw Taken(directory: directory, processID: holder)
    }
    // Only for the message of whoever comes second: the lock itself goes with the process, however it ends.
    let text = Array("\(getpid())".utf8)
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
    return .success(StateDirectoryLock(descriptor))
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}

/// The state directory as far as it is locked, now or later.
final class LockedStateDirectory: StateStore {
  private let directory: String
  private let problems: StandingProblems
  private let lock = Mutex<StateDirectoryLock?>(nil)

  /// Locks the directory, or says that it could not be.
  init(_ directory: String, problems: StandingProblems) throws(StateDirectoryLock.Taken) {
    self.directory = directory
    self.problems = problems
    try take()
  }

  func retry() {
    guard problems.stands(.stateDirectoryNotLocked) else { return }
    do {
      // Not at the start: the loop does not wait, and comes again.
      try take(pause: {})
    } catch {
      problems.raise(.stateDirectoryNotLocked, error.description)
    }
  }

  private func take(pause: (() -> Void)? = nil) throws(StateDirectoryLock.Taken) {
    switch try StateDirectoryLock.take(directory, pause: pause) {
    case .success(let taken):
      lock.withLock { $0 = taken }
      problems.mend(.stateDirectoryNotLocked)
    case .failure(let error):
      problems.raise(
        .stateDirectoryNotLocked, "the state directory cannot be locked, and a second daemon on it is not noticed: \(error)")
    }
  }
}
