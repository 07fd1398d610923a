import AnycastPolicy
import OSPFProtocol

/// Checks of files that the daemon does not see where its unit runs it: there each service has a /tmp of its own, and no home directories.
/// One that wants such a file absent passes for ever.
enum CheckPathNotes {
  static func take(_ draft: inout Draft) {
    for (index, service) in draft.configuration.services.enumerated() {
      for check in service.checks {
        guard let required = check.kind.definition.requiredPath,
          let directory = hidden.first(where: { isBelow($0, required.path) })
        else { continue }
        draft.note(
          .caution, line: "check \(check.kind.summary)", at: .service(index),
          "the unit of the package hides \(directory) from the daemon, so that \(required.consequence); put it elsewhere, below /run for example, or "
            + "let a drop-in for the unit show it")
      }
    }
  }

  /// What `PrivateTmp=` and `ProtectHome=` hide.
  private static let hidden = ["/tmp", "/var/tmp", "/home", "/root", "/run/user"]

  private static func isBelow(_ directory: String, _ path: String) -> Bool { path.hasPrefix(directory + "/") }
}
