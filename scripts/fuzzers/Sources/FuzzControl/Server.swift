import ControlAPI
import Foundation
import Logging
import NIOPosix

/// The control socket of a daemon that says again what it was told, for as long as the process lives.
final class Server: Sendable {
  /// In memory, and of this process alone.
  let path = "/dev/shm/anycast-ospfd-fuzz-\(ProcessInfo.processInfo.processIdentifier)/control.sock"

  init() {
    let path = path
    let isListening = DispatchSemaphore(value: 0)
    Task.detached {
      do {
        var limits = ControlServer.Limits()
        limits.bodyLength = 1024
        // A busy host is no finding.
        limits.idleSeconds = 600
        let server = try await ControlServer.listen(
          path: path, handler: Echo(), events: EventBroadcaster(), limits: limits, group: MultiThreadedEventLoopGroup.singleton,
          logger: Logger(label: "fuzz") { _ in HarmlessLog() })
        isListening.signal()
        try await server.run()
      } catch {
        preconditionFailure("the server has ended: \(error)")
      }
    }
    isListening.wait()
  }
}

/// Nothing that a client sends colours a terminal or begins a line.
private struct HarmlessLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .notice

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let text = "\(event.message)"
    precondition(!text.unicodeScalars.contains(where: isControl), "control characters in the log: \(text.debugDescription)")
  }
}

private struct Echo: ControlHandler {
  let metrics = MetricsRecorder()

  /// The request as the handler has it, which must come through JSON as it is.
  private func said<Request: Codable & Hashable>(_ request: Request) throws -> CommandReport {
    let again = try JSONDecoder().decode(Request.self, from: JSONEncoder().encode(request))
    precondition(again == request, "\(request)")
    return CommandReport(messages: ["\(request)"])
  }

  func status() async throws -> StatusReport { throw ControlError(.unavailable, "nothing runs") }
  func interfaces() async throws -> [InterfaceReport] { [] }
  func neighbors() async throws -> [NeighborReport] { [] }
  func database(_ receive: ([LSAReport]) async throws -> Void) async throws { try await receive([]) }
  func services() async throws -> [ServiceReport] { [] }
  func service(named name: String) async throws -> ServiceReport {
    throw ControlError(.notFound, "there is no service '\(name)'")
  }
  func putService(_ request: PutServiceRequest) async throws -> CommandReport {
    CommandReport(messages: [request.name] + request.text.split(separator: "\n").map(String.init))
  }
  func removeService(named name: String) async throws -> CommandReport { CommandReport(messages: [name]) }
  func checks() async throws -> [CheckReport] { [] }
  func fleet() async throws -> [FleetReport] { [] }
  func history() async throws -> HistoryReport { HistoryReport(records: [], unreadableLines: 0) }
  func redistribution() async throws -> [RedistributionReport] { [] }
  func bfd() async throws -> [BFDSessionReport] { [] }
  func clear(_ request: ClearRequest) async throws -> CommandReport { try said(request) }
  func acknowledge(_ request: AcknowledgeRequest) async throws -> CommandReport { try said(request) }
  func restart(_ request: RestartRequest) async throws -> CommandReport { try said(request) }
  func record() async throws -> CommandReport { throw ControlError(.conflict, "nothing is recorded") }
  func logLevel(_ request: LogLevelRequest) async throws -> CommandReport { try said(request) }
  func configuration() async throws -> ConfigurationReport { throw ControlError(.unavailable, "nothing is configured") }
  func drain(_ request: DrainRequest) async throws -> CommandReport { try said(request) }
  func drainExclusively(_ request: DrainRequest) async throws -> ExclusiveDrainReport {
    ExclusiveDrainReport(isBegun: false, waitsFor: [], messages: try said(request).messages)
  }
  func undrain(_ request: UndrainRequest) async throws -> CommandReport { try said(request) }
  func reload(_ request: ReloadRequest) async throws -> ReloadReport {
    throw ControlError(.configurationInvalid, "the configuration has an error", details: try said(request).messages)
  }
}
