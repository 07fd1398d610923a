import ArgumentParser
import ControlAPI
import FamiliarOutput
import Glibc
import PacketCapture

/// The operator's tool.
struct AnycastCtl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anycastctl",
    abstract: "Query and control a running anycast-ospfd; read captures.",
    version: ProductVersion.described,
    subcommands: [
      StatusCommand.self, TopCommand.self, InterfacesCommand.self, NeighborsCommand.self, BFDCommand.self, DatabaseCommand.self,
      ServicesCommand.self,
      ChecksCommand.self, FleetCommand.self, HistoryCommand.self, RedistributionCommand.self, ShowSubcommand.self,
      WatchCommand.self,
      DoctorCommand.self,
      ServiceCommand.self, DrainCommand.self, UndrainCommand.self, ReloadCommand.self, RestartCommand.self, ClearCommand.self,
      LogLevelCommand.self, AcknowledgeCommand.self, RecordCommand.self, SupportCommand.self,
      DecodeCommand.self,
      ReplayCommand.self, CaptureCommand.self,
    ])
}

extension AnycastCtl {
  /// What the first word may be.
  static var subcommandNames: [String] {
    configuration.subcommands.flatMap { [$0._commandName] + $0.configuration.aliases } + ["help"]
  }
}

/// Runs the command line and leaves with 0, 1 (it failed) or 2 (usage).
@main enum Main {
  static func main() async {
    if let answer = Habit(CommandLine.arguments.dropFirst(), subcommands: AnycastCtl.subcommandNames) { leave(with: answer) }
    do {
      // Only a shell's question for completions waits for the daemon. Everything else is parsed without a suspension: after one there are
      // threads in which a live capture could no longer block its signals.
      let asksForCompletions = CommandLine.arguments.dropFirst().first == "---completion"
      var command = asksForCompletions ? try await AnycastCtl.asyncParseAsRoot() : try AnycastCtl.parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let error as ControlClientError {
      complain("anycastctl: \(error)")
      exit(1)
    } catch let error as CaptureError {
      complain("anycastctl: \(error)")
      exit(1)
    } catch let code as ExitCode {
      exit(code.rawValue)
    } catch {
      leave(with: error)
    }
  }

  private static func leave(with answer: Habit) -> Never {
    complain("anycastctl: \(answer.advice)")
    exit(2)
  }

  private static func leave(with error: any Error) -> Never {
    let code = AnycastCtl.exitCode(for: error)
    guard code != .success else {
      print(AnycastCtl.fullMessage(for: error))
      exit(0)
    }
    complain(AnycastCtl.fullMessage(for: error))
    exit(code == .validationFailure ? 2 : 1)
  }

  private static func complain(_ message: String) {
    var stderr = StandardError()
    print(message, to: &stderr)
  }
}

/// Standard error as a place to print to.
struct StandardError: TextOutputStream {
  mutating func write(_ string: String) {
    for byte in string.utf8 { pending.append(byte) }
    guard pending.last == UInt8(ascii: "\n") else { return }
    _ = Glibc.write(STDERR_FILENO, pending, pending.count)
    pending.removeAll()
  }

  private var pending: [UInt8] = []
}
