import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// The daemon's end of the control socket: HTTP/1.1 over a Unix socket.
///
/// `listen` makes the socket; `run` serves it until its task is cancelled, then removes it. Requests are decoded and answers
/// encoded on the concurrent pool, never on the loop that the handler works on.
public final class ControlServer: Sendable {
  typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

  /// What one client can make the server hold.
  public struct Limits: Sendable {
    /// Octets of a request's body.
    public var bodyLength = 64 << 10
    /// Connections at the same time; further ones are closed.
    public var connections = 64
    /// How long a request or an answer may take to pass through the socket.
    public var transferSeconds: Int64 = 60

    /// The defaults.
    public init() {}
  }

  private let path: String
  private let listener: NIOAsyncChannel<Connection, Never>
  private let handler: any ControlHandler
  private let events: EventBroadcaster
  private let limits: Limits
  private let logger: Logger

  private init(
    path: String, listener: NIOAsyncChannel<Connection, Never>, handler: any ControlHandler, events: EventBroadcaster,
    limits: Limits, logger: Logger
  ) {
    self.path = path
    self.listener = listener
    self.handler = handler
    self.events = events
    self.limits = limits
    self.logger = logger
  }

  /// Makes the socket at `path` with mode 0660, its directory with mode 0755 where it is missing, and replaces the socket of a
  /// daemon that died. Throws `ControlSocket.Failure`.
  public static func listen(
    path: String, handler: any ControlHandler, events: EventBroadcaster, limits: Limits = Limits(),
    group: any EventLoopGroup, logger: Logger
  ) async throws -> ControlServer {
    try ControlSocket.makeDirectory(for: path)
    let replace = try await ControlSocket.hasStaleSocket(at: path, group: group)
    let listener = try await bind(path: path, replace: replace, group: group)
    do {
      try ControlSocket.setMode(of: path)
    } catch {
      try? await listener.executeThenClose { _ in }
      throw error
    }
    return ControlServer(
      path: path, listener: listener, handler: handler, events: events, limits: limits, logger: logger)
  }

  private static func bind(
    path: String, replace: Bool, group: any EventLoopGroup
  ) async throws -> NIOAsyncChannel<Connection, Never> {
    do {
      return try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 64)
        .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: replace) { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
            return try Connection(wrappingChannelSynchronously: channel)
          }
        }
    } catch let error as IOError {
      throw ControlSocket.Failure.system(path: path, reason: error.description)
    } catch let error as SocketAddressError {
      throw ControlSocket.Failure.system(path: path, reason: "\(error)")
    }
  }

  /// Serves until the task is cancelled or the listening socket fails, and removes the socket.
  public func run() async throws {
    defer { unlink(path) }
    let gate = ConnectionGate(limit: limits.connections)
    try await withThrowingDiscardingTaskGroup { group in
      try await listener.executeThenClose { connections in
        for try await connection in connections {
          guard gate.enter() else {
            logger.warning("control socket: more than \(limits.connections) connections, one is closed")
            group.addTask { try? await connection.executeThenClose { _, _ in } }
            continue
          }
          group.addTask {
            defer { gate.leave() }
            await self.serve(connection)
          }
        }
      }
      group.cancelAll()
    }
  }

  private func serve(_ connection: Connection) async {
    let session = ControlSession(connection: connection, handler: handler, events: events, limits: limits)
    do {
      try await session.run()
    } catch {
      logger.debug("control socket: connection ended: \(error)")
    }
  }
}
