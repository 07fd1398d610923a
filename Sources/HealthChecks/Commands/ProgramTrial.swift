/// Runs a program to see whether it can be run.
public enum ProgramTrial {
  /// How long it may take.
  private static let patience = Duration.seconds(20)

  /// What is wrong with a command that is to end well: the last line that it has said, or how it ended. Nil when nothing is.
  public static func problem(with command: [String]) async -> String? {
    let result = await withTaskGroup(of: CommandRun.Result?.self) { group in
      group.addTask { await CommandRun(command: command, user: .inherited, environment: [:]).result() }
      group.addTask {
        try? await Task.sleep(for: patience)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    switch result {
    case .exited(0, _): return nil
    case .exited(let code, let lastLine): return lastLine ?? "it has ended with status \(code)"
    case .signaled(let signal, let lastLine): return lastLine ?? "it was ended by signal \(signal)"
    case .notRun(let reason), .ended(let reason): return reason
    case nil: return "it has not ended within \(patience.components.seconds) seconds"
    }
  }
}
