import AnycastPolicy
import Glibc
import OSPFWire
import Subprocess
import Synchronization

/// Runs a command: exit status 0 passes, and the last line of its output is the reason.
///
/// The command leads its own process group, and whatever is left of that group is killed when the command has ended, or when the
/// probe is cancelled. A process that keeps the output open after the command has ended is not waited for.
///
/// Privileges are dropped by `setpriv` of util-linux, which becomes the command. The subprocess library could set the user itself,
/// but it does so with glibc's functions in a child that was cloned behind glibc's back; there they wait for threads that the
/// child does not have, now and then for ever.
struct CommandProbe: Probe {
  let command: [String]
  let service: String
  let addresses: [IPAddress]
  let user: CommandUser

  /// Where `setpriv`, and a command without a slash, is looked for.
  static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  func run() async -> Verdict {
    guard let program = command.first, !program.isEmpty else { return .failing(reason: "no command to run") }
    if case .unavailable(let reason) = user { return .failing(reason: reason) }
    let processGroup = Mutex<pid_t?>(nil)
    let verdict = await run { leader in processGroup.withLock { $0 = leader } }
    // The command itself has been reaped, but its number is not given away while its process group lives. When the group is
    // gone, a new process would have to get this number in the same instant, after all the others have been given away.
    if let leader = processGroup.withLock({ $0 }) { kill(-leader, SIGKILL) }
    return verdict
  }

  private func run(started: @Sendable (pid_t) -> Void) async -> Verdict {
    do {
      let result = try await Subprocess.run(
        .name("setpriv"), arguments: Arguments(user.privilegeOptions + ["--"] + command), environment: environment,
        workingDirectory: "/", platformOptions: platformOptions, input: .none, output: .sequence, error: .combinedWithOutput
      ) { execution in
        started(execution.processIdentifier.value)
        var output = CommandOutput()
        for try await chunk in execution.standardOutput {
          guard !Task.isCancelled else { break }
          output.append(chunk.bytes)
        }
        return output
      }
      return verdict(status: result.terminationStatus, lastLine: result.closureResult.lastLine)
    } catch {
      return .failing(reason: "cannot run setpriv: \(error)")
    }
  }

  private func verdict(status: TerminationStatus, lastLine: String?) -> Verdict {
    let words = lastLine.map { ": \($0)" } ?? ""
    switch status {
    case .exited(0): return .passing(detail: lastLine)
    case .exited(let code): return .failing(reason: launchFailure(code, lastLine) ?? "exit status \(code)\(words)")
    case .signaled(let signal): return .failing(reason: "killed by signal \(signal)\(words)")
    }
  }

  /// The reason when it was not the command that ended, but `setpriv` that could not become it.
  private func launchFailure(_ code: TerminationStatus.Code, _ lastLine: String?) -> String? {
    guard code == 126 || code == 127, let program = command.first, let lastLine else { return nil }
    let prefix = "setpriv: failed to execute \(program): "
    return lastLine.hasPrefix(prefix) ? "cannot run \(program): \(lastLine.dropFirst(prefix.count))" : nil
  }

  /// A process group of its own, and at the end of the probe no mercy for it.
  private var platformOptions: PlatformOptions {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
    return options
  }

  /// Nothing of the daemon's own environment is passed on.
  private var environment: Environment {
    .custom([
      "PATH": Self.searchPath,
      "SERVICE": service,
      "ADDRESS": addresses.first?.description ?? "",
      "ADDRESSES": addresses.map(\.description).joined(separator: " "),
    ])
  }
}
