import ArgumentParser
import ControlAPI
import LinuxNetwork
import Logging

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run in the foreground (systemd: Type=notify).",
    discussion: """
      Signals: TERM and INT withdraw, flush and leave, a second one leaves at once; HUP reads the configuration anew; TSTP \
      withdraws every service and suspends checking while the adjacencies stay; CONT resumes; URG runs every check now; USR2 restarts \
      gracefully, as the program that is installed now.
      """)

  @OptionGroup var files: ConfigurationOptions

  @Option(name: .long, help: ArgumentHelp("The control socket.", valueName: "path"))
  var socket = ControlSocket.defaultPath

  @Option(name: .long, help: ArgumentHelp("Where drains and added addresses are remembered.", valueName: "directory"))
  var stateDirectory = ServiceAddresses.defaultStateDirectory

  @Option(
    name: .long, help: ArgumentHelp("The least severe level to log: debug, info, notice, warning, error.", valueName: "level"))
  var logLevel: Logger.Level = .info

  func run() async throws {
    let daemon = Daemon(
      files: files.files, socketPath: socket, stateDirectory: stateDirectory, program: .running(),
      logger: Logger(label: "anycast-ospfd") { [logLevel] _ in StandardErrorLog(level: logLevel) })
    try await daemon.run()
  }
}

/// What both commands take.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A configuration file; several are read in order. (default: \(ConfigurationFiles.defaultPath))", valueName: "file"),
    completion: .file())
  var config: [String] = []

  var files: ConfigurationFiles { ConfigurationFiles(paths: config) }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
