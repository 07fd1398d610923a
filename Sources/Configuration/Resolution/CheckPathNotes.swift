import AnycastPolicy
import OSPFProtocol

/// Checks of files that the daemon does not see where its unit runs it: there each service has a /tmp of its own, and no home directories.
/// One that wants such a file absent passes for ever.
enum CheckPathNotes {
  static func take(_ draft: inout Draft) {
    for (index, service) in draft.configuration.services.enumerated() {
      for check in service.checks {
        guard let (path, consequence) = path(of: check.kind), let directory = hidden.first(where: { isBelow($0, path) }) else {
          continue
        }
        draft.note(
          .caution, line: "check \(check.kind.summary)", at: .service(index),
          "the unit of the package hides \(directory) from the daemon, so that \(consequence); put it elsewhere, below /run for example, or "
            + "let a drop-in for the unit show it")
      }
    }
  }

  /// What `PrivateTmp=` and `ProtectHome=` hide.
  private static let hidden = ["/tmp", "/var/tmp", "/home", "/root", "/run/user"]

  /// The path that a check looks at, and what becomes of the check when nothing is there.
  private static func path(of kind: CheckKind) -> (path: String, consequence: String)? {
    switch kind {
    case .file(let path, .absent): return (path, "the check passes always")
    case .file(let path, .exists): return (path, "the check never passes")
    case .exec(let command): return command.first.map { ($0, "the program is not found") }
    case .http(let check):
      guard case .authority(let file) = check.trust else { return nil }
      return (file, "the certificate cannot be verified")
    default: return nil
    }
  }

  private static func isBelow(_ directory: String, _ path: String) -> Bool { path.hasPrefix(directory + "/") }
}
