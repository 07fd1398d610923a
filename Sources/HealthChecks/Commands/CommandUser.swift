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

  /// Keeps the capabilities that a service manager has given this process from everything that it runs, and lets no program that it runs
  /// gain any, setuid programs neither. Called before there is a second thread: a thread has what the one had that made it.
  public static func keepCapabilitiesFromCommands() {
    clinux_keep_capabilities_from_children()
  }

  /// The program, with its arguments, that becomes the command. The unit's filter of system calls forbids `setpriv`, which sets
  /// capabilities even when it has none to set; where there is no user to change to, `env` does.
  var launcher: [String] {
    switch self {
    case .inherited, .unavailable: ["env", "--"]
    case .user(let id, let group):
      Self.limiter + ["setpriv", "--reuid=\(id)", "--regid=\(group)", "--clear-groups", "--inh-caps=-all", "--no-new-privs"]
        // A container may keep from its root what empties the bounding set; where nothing is gained any more it matters little.
        + (clinux_may_empty_bounding_set() ? ["--bounding-set=-all", "--"] : ["--"])
    }
  }

  /// Root limits what it becomes before it is another user, whom it may not be allowed to limit.
  private static let limiter: [String] = {
    var words = ["prlimit"]
    var limit: UInt64 = 0
    while let option = clinux_command_limit(words.count - 1, &limit) { words.append("\(String(cString: option))=\(limit)") }
    return words
  }()

  /// Whether the launcher sets the limits of the command.
  var launcherLimits: Bool { if case .user = self { true } else { false } }

  /// How the launcher's complaint begins when it cannot become `program`.
  func complaint(about program: String) -> String {
    switch self {
    case .inherited, .unavailable: "env: '\(program)': "
    case .user: "setpriv: failed to execute \(program): "
    }
  }
}
