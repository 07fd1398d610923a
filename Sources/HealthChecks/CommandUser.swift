import CLinux
import Glibc

/// Whom the commands of checks run as.
///
/// A check needs no privileges: when the daemon is root, its commands run as a user who has none.
public enum CommandUser: Hashable, Sendable {
  /// The user that the daemon runs as.
  case inherited
  /// Another user and group, without supplementary groups.
  case user(id: UInt32, group: UInt32)
  /// No command is run, because the unprivileged user does not exist. Checks fail with this reason.
  case unavailable(reason: String)

  /// The user `name` when we are root, else the user that we are.
  public static func unprivileged(name: String = "nobody") -> CommandUser {
    guard geteuid() == 0 else { return .inherited }
    var user: uid_t = 0
    var group: gid_t = 0
    switch user_lookup(name, &user, &group) {
    case 0: return .user(id: user, group: group)
    case -1: return .unavailable(reason: "there is no user '\(name)' to run commands as")
    case let error: return .unavailable(reason: "user '\(name)' cannot be looked up: \(errorText(error))")
    }
  }

  /// What `setpriv` is told: capabilities that a service manager has given the daemon are not for its checks either.
  var privilegeOptions: [String] {
    switch self {
    case .inherited, .unavailable: ["--inh-caps=-all", "--ambient-caps=-all"]
    case .user(let id, let group): ["--reuid=\(id)", "--regid=\(group)", "--clear-groups", "--inh-caps=-all"]
    }
  }
}
