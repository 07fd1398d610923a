import Configuration
import ControlAPI
import Logging

/// Keeps the listeners that the configuration names: where one cannot be opened it is tried again, and the protocol goes on.
actor WebListeners {
  private let listen: @Sendable (MetricsListener) async throws -> ControlServer
  private let logger: Logger
  private var tasks: [MetricsListener: Task<Void, Never>] = [:]

  /// A keeper of nothing; `listen` opens a listener.
  init(logger: Logger, listen: @escaping @Sendable (MetricsListener) async throws -> ControlServer) {
    self.logger = logger
    self.listen = listen
  }

  /// Listens where it is wanted, and nowhere else; what is wanted still goes on undisturbed.
  func apply(_ wanted: [MetricsListener]) {
    for (listener, task) in tasks where !wanted.contains(listener) {
      task.cancel()
      tasks[listener] = nil
    }
    for listener in wanted where tasks[listener] == nil {
      tasks[listener] = Task { [listen, logger] in await Self.serve(listener, listen, logger) }
    }
  }

  private static let retry = Duration.seconds(5)

  private static func serve(
    _ listener: MetricsListener, _ listen: @Sendable (MetricsListener) async throws -> ControlServer, _ logger: Logger
  ) async {
    var isKnown = false
    while !Task.isCancelled {
      do {
        let server = try await listen(listener)
        logger.info("metrics listen \(listener): open")
        isKnown = false
        try await server.run()
      } catch is CancellationError {
        return
      } catch {
        // Said once, until it succeeds.
        if !isKnown, !Task.isCancelled { logger.error("metrics listen \(listener): \(error); trying again") }
        isKnown = true
      }
      try? await Task.sleep(for: retry)
    }
  }
}
