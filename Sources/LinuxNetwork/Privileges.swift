import CLinux

/// What this process gives up for good, before it is reached by anything from outside. What it becomes at a graceful restart, and what its
/// checks start, has it no more either.
public enum Privileges {
  /// What becomes of system calls that nobody here has any business with.
  public enum SystemCalls: String, Sendable {
    /// They fail.
    case deny
    /// The kernel logs them, for whoever looks for the reason of a failure.
    case audit
    /// Nothing.
    case allow
  }

  /// The capabilities that are kept, where the process has them.
  public static var keptCapabilities: UInt64 { clinux_kept_capabilities() }

  /// Gives them up. Called before there is a second thread: a thread has what the one had that made it. Returns why system calls are not
  /// filtered.
  public static func giveUp(_ calls: SystemCalls) -> SystemCallError? {
    clinux_give_up_capabilities()
    guard calls != .allow else { return nil }
    let result = clinux_deny_system_calls(calls == .audit)
    return result == 0 ? nil : SystemCallError("filter system calls", code: -result)
  }
}
