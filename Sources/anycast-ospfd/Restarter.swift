import AnycastNode
import ControlAPI
import HealthChecks
import LinuxNetwork
import Logging

/// Restarts the daemon gracefully: in this process, as the program that is installed now, so that neither the service manager nor a
/// neighbor sees it go.
struct Restarter {
  let program: Program
  let files: ConfigurationFiles
  let loop: ProtocolLoop
  let logger: Logger

  /// Begins a restart. Before it the program that is installed is asked whether it can be run at all, and what it says of the configuration:
  /// with one that cannot start everything is as it was.
  func restart(gracePeriod: Duration? = nil) async throws(ControlError) -> CommandReport {
    if let problem = await ProgramTrial.problem(with: [program.path, "check"] + files.paths.flatMap { ["--config", $0] }) {
      logger.error("no graceful restart, \(program.path) could not begin: \(problem)")
      throw ControlError(.conflict, "\(program.path) could not begin, and nothing was done", details: [problem])
    }
    do {
      try await loop.turn { node, now throws(GracefulRestartRefusal) in
        try node.restartGracefully(gracePeriod: gracePeriod, at: now)
      }
    } catch {
      logger.error("no graceful restart: \(error)")
      throw ControlError(.conflict, "no graceful restart: \(error)")
    }
    logger.notice("graceful restart: the neighbors are told, nothing is withdrawn")
    return CommandReport(messages: ["restarting gracefully: the neighbors are told, nothing is withdrawn"])
  }
}
