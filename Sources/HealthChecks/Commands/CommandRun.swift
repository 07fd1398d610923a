import CLinux
import Glibc
import Subprocess
import Synchronization

/// Runs a command to its end.
///
/// The command leads its own process group, and whatever is left of that group is killed when the command has ended, or when the
/// task is cancelled. A process that keeps the output open after the command has ended is not waited for.
///
/// Limits are set by `prlimit` and privileges dropped by `setpriv`, both of util-linux, which become the command; where there are none, `env` becomes it, so that a
/// command that cannot be run is told in the same way. The subprocess library could set the user itself,
/// but it does so with glibc's functions in a child that was cloned behind glibc's back; there they wait for threads that the
/// child does not have, now and then for ever.
struct CommandRun: Sendable {
  let command: [String]
  let user: CommandUser
  /// What the command's environment has beside `PATH`. Nothing of the daemon's own is passed on.
  let environment: [String: String]

  /// How a command has ended.
  enum Result: Hashable, Sendable {
    /// With an exit status, and the last line of its output.
    case exited(Int, lastLine: String?)
    /// By a signal.
    case signaled(Int, lastLine: String?)
    /// It never began, for a reason.
    case notRun(reason: String)
    /// It was ended before its end, for a reason.
    case ended(reason: String)
  }

  /// Where the launcher, and a command without a slash, is looked for.
  static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// Runs it.
  func result() async -> Result {
    guard let program = command.first, !program.isEmpty else { return .notRun(reason: "no command to run") }
    if case .unavailable(let reason) = user { return .notRun(reason: reason) }
    let processGroup = Mutex<pid_t?>(nil)
    let result = await run(program) { leader in processGroup.withLock { $0 = leader } }
    // The command itself has been reaped, but its number is not given away while its process group lives. When the group is
    // gone, a new process would have to get this number in the same instant, after all the others have been given away.
    if let leader = processGroup.withLock({ $0 }) { kill(-leader, SIGKILL) }
    return result
  }

  private func run(_ program: String, started: @Sendable (pid_t) -> Void) async -> Result {
    do {
      let result = try await Subprocess.run(
        .name(user.launcher[0]), arguments: Arguments(user.launcher.dropFirst() + command),
        environment: .custom(whole(environment)), workingDirectory: "/", platformOptions: platformOptions, input: .none,
        output: .sequence, error: .combinedWithOutput
      ) { execution in
        let leader = execution.processIdentifier.value
        started(leader)
        // What the command starts inherits them.
        if !user.launcherLimits { clinux_limit_command(leader) }
        var output = CommandOutput()
        for try await chunk in execution.standardOutput {
          guard !Task.isCancelled else { break }
          output.append(chunk.bytes)
          guard !output.isTooLong else {
            kill(-leader, SIGKILL)
            break
          }
        }
        return output
      }
      guard !result.closureResult.isTooLong else {
        return .ended(reason: "ended, because it wrote more than \(CommandOutput.longest >> 20) MiB")
      }
      let lastLine = result.closureResult.lastLine
      switch result.terminationStatus {
      case .exited(let code):
        return launchFailure(code, program, lastLine).map { .notRun(reason: $0) } ?? .exited(Int(code), lastLine: lastLine)
      case .signaled(let signal): return .signaled(Int(signal), lastLine: lastLine)
      }
    } catch {
      return .notRun(reason: "cannot run \(user.launcher[0]): \(error)")
    }
  }

  /// The reason when it was not the command that ended, but the launcher that could not become it.
  private func launchFailure(_ code: TerminationStatus.Code, _ program: String, _ lastLine: String?) -> String? {
    guard code == 126 || code == 127, let lastLine else { return nil }
    // `env` puts the path before it that it was started by.
    guard let complaint = lastLine.firstRange(of: user.complaint(about: program)) else { return nil }
    return "cannot run \(program): \(lastLine[complaint.upperBound...])"
  }

  /// A process group of its own, and at the end no mercy for it.
  private var platformOptions: PlatformOptions {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
    return options
  }

  private func whole(_ environment: [String: String]) -> [Environment.Key: String] {
    var whole: [Environment.Key: String] = ["PATH": Self.searchPath]
    for (name, value) in environment { whole[Environment.Key(stringLiteral: name)] = value }
    return whole
  }
}
