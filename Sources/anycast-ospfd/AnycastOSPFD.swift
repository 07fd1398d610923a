import ArgumentParser
import ControlAPI
import Glibc
import HealthChecks
import LinuxNetwork

/// The daemon.
struct AnycastOSPFD: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anycast-ospfd",
    abstract: "Advertises anycast service addresses by OSPF while, and only while, the service behind them is healthy.",
    version: ProductVersion.described,
    subcommands: [RunCommand.self, CheckCommand.self, InitCommand.self, ImportCommand.self])
}

/// A failure whose description has been written for an operator: it goes to standard error as it is, and the exit status is 1.
struct OperatorError: Error {
  var lines: [String]
}

/// Runs the command line and leaves with 0, 1 (it failed) or 2 (usage).
@main enum Main {
  static func main() {
    do {
      var command = try AnycastOSPFD.parseAsRoot()
      guard let daemon = command as? RunCommand else { return try command.run() }
      CommandUser.keepCapabilitiesFromCommands()
      let calls = Environment.value(of: "ANYCAST_OSPFD_SYSTEM_CALLS").flatMap(Privileges.SystemCalls.init)
      if let error = Privileges.giveUp(calls ?? .deny) { complain("anycast-ospfd: \(error); it goes on without") }
      try Signal.block()
      // Detached, because the main actor lives on this thread, which from here on only fetches signals.
      Task.detached { await run(daemon) }
      Signal.fetch()
    } catch {
      leave(with: error)
    }
  }

  private static func run(_ daemon: RunCommand) async -> Never {
    do {
      try await daemon.run()
      exit(0)
    } catch {
      leave(with: error)
    }
  }

  private static func leave(with error: any Error) -> Never {
    if let error = error as? OperatorError {
      for line in error.lines { complain("anycast-ospfd: \(line)") }
      exit(1)
    }
    let code = AnycastOSPFD.exitCode(for: error)
    guard code != .success else {
      print(AnycastOSPFD.fullMessage(for: error))
      exit(0)
    }
    complain(AnycastOSPFD.fullMessage(for: error))
    exit(code == .validationFailure ? 2 : 1)
  }

  private static func complain(_ message: String) {
    let bytes = Array((message + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
