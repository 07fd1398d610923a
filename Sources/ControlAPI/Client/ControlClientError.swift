import Glibc
import NIOCore

/// Why a question was not answered.
public enum ControlClientError: Error, Hashable, CustomStringConvertible {
  /// There is no socket, or nobody listens on it.
  case notRunning(path: String)
  /// The socket's mode forbids it.
  case permissionDenied(path: String)
  /// The system refused in another way.
  case cannotConnect(path: String, reason: String)
  /// The daemon did not answer in time.
  case noAnswer(path: String, seconds: Int64)
  /// The answer cannot be understood.
  case brokenAnswer(path: String, reason: String)
  /// The connection ended in the middle of the answer: the daemon died, or this watcher was too slow.
  case cutOff(path: String)
  /// The daemon answered that it will not.
  case refused(ControlError)

  init(connecting path: String, _ error: IOError) {
    switch error.errnoCode {
    case ENOENT, ECONNREFUSED: self = .notRunning(path: path)
    case EACCES, EPERM: self = .permissionDenied(path: path)
    default: self = .cannotConnect(path: path, reason: error.description)
    }
  }

  /// A sentence that says what to do.
  public var description: String {
    switch self {
    case .notRunning(let path):
      "no daemon listens at \(path): start it (systemctl start anycast-ospfd), or name its socket with --socket"
    case .permissionDenied(let path):
      "permission denied at \(path): use sudo, or join the group that owns the socket"
    case .cannotConnect(let path, let reason): "cannot connect to \(path): \(reason)"
    case .noAnswer(let path, let seconds):
      "the daemon at \(path) accepts connections but has not answered for \(seconds) s: look at its log, then restart it"
    case .brokenAnswer(let path, let reason):
      "the answer from \(path) cannot be understood; are daemon and anycastctl of the same version? (\(reason))"
    case .cutOff(let path): "the connection to \(path) ended in the middle of an answer: the daemon has stopped, or cut us off"
    case .refused(let error): ([error.message] + error.details).joined(separator: "\n")
    }
  }
}
