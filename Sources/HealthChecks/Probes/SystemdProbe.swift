import AnycastPolicy

/// Asks systemd whether a unit is active, with `systemctl is-active`.
///
/// The program of systemd's own is asked and not its D-Bus interface, because it reaches the manager also where no message bus
/// runs, and needs no D-Bus library in the daemon. It runs as the daemon's user, because the manager's private socket is root's.
struct SystemdProbe: Probe {
  let unit: String
  var program = "systemctl"

  func run() async -> Verdict {
    let run = CommandRun(command: [program, "is-active", "--", unit], user: .inherited, environment: [:])
    switch await run.result() {
    case .exited(0, _): return .passing(detail: nil)
    // 3 is the state of a unit that is not active, 4 that of one that does not exist; other numbers are of systemctl itself.
    case .exited(3, let state?): return .failing(reason: "\(unit) is \(state)")
    case .exited(4, let state): return .failing(reason: "there is no unit \(unit)\(state.map { ": \($0)" } ?? "")")
    case .exited(let code, let line):
      return .failing(reason: "\(program) ended with exit status \(code)\(line.map { ": \($0)" } ?? "")")
    case .signaled(let signal, _): return .failing(reason: "\(program) was killed by signal \(signal)")
    case .notRun(let reason), .ended(let reason): return .failing(reason: reason)
    }
  }
}
