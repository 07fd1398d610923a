import AnycastPolicy
import OSPFWire

/// Runs a command: exit status 0 passes, 2 is degraded, others fail, 3 because the service answers wrongly. The last line of its output is
/// the reason.
struct CommandProbe: Probe {
  let command: [String]
  let service: String
  let addresses: [IPAddress]
  let user: CommandUser

  func run() async -> Verdict {
    let run = CommandRun(
      command: command, user: user,
      environment: [
        "SERVICE": service,
        "ADDRESS": addresses.first?.description ?? "",
        "ADDRESSES": addresses.map(\.description).joined(separator: " "),
      ])
    switch await run.result() {
    case .exited(0, let line): return .passing(detail: line)
    case .exited(2, let line): return .degraded(reason: line ?? "exit status 2")
    case .exited(3, let line): return .wrong(reason: "exit status 3\(line.map { ": \($0)" } ?? "")")
    case .exited(let code, let line): return .failing(reason: "exit status \(code)\(line.map { ": \($0)" } ?? "")")
    case .signaled(let signal, let line): return .failing(reason: "killed by signal \(signal)\(line.map { ": \($0)" } ?? "")")
    case .notRun(let reason), .ended(let reason): return .failing(reason: reason)
    }
  }
}
