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

    /// For a listener that anybody may reach: no body, fewer connections, shorter timeouts.
    public static var web: Limits {
      var limits = Limits()
      (limits.bodyLength, limits.connections, limits.transferSeconds) = (0, 32, 10)
      return limits
    }
  }

  /// The socket's file; nil for one of TCP.
  private let path: String?
  /// What can be asked here.
  private let routes: [Route]
  private let listener: NIOAsyncChannel<Connection, Never>
  private let handler: any ControlHandler
  private let events: EventBroadcaster
  private let limits: Limits
  private let logger: Logger
  private let answers = WebAnswers()

  private init(
    path: String?, routes: [Route], listener: NIOAsyncChannel<Connection, Never>, handler: any ControlHandler,
    events: EventBroadcaster, limits: Limits, logger: Logger
  ) {
    self.path = path
    self.routes = routes
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
      path: path, routes: Route.table, listener: listener, handler: handler, events: events, limits: limits, logger: logger)
  }

  /// Listens on TCP, where everybody may ask, and only for what can be looked at: the metrics and the status page. Throws
  /// `ControlSocket.Failure`.
  public static func listen(
    address: String, port: Int, handler: any ControlHandler, events: EventBroadcaster, limits: Limits = .web,
    group: any EventLoopGroup, logger: Logger
  ) async throws -> ControlServer {
    do {
      let listener = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 64)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .bind(host: address, port: port) { serve($0) }
      return ControlServer(
        path: nil, routes: Route.web, listener: listener, handler: handler, events: events, limits: limits, logger: logger)
    } catch let error as IOError {
      throw ControlSocket.Failure.system(path: "\(address) port \(port)", reason: error.description)
    } catch let error as SocketAddressError {
      throw ControlSocket.Failure.system(path: "\(address) port \(port)", reason: "\(error)")
    }
  }

  /// The port that a server on TCP listens on.
  public var port: Int? { listener.channel.localAddress?.port }

  private static func serve(_ channel: any Channel) -> EventLoopFuture<Connection> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
      return try Connection(wrappingChannelSynchronously: channel)
    }
  }

  private static func bind(
    path: String, replace: Bool, group: any EventLoopGroup
  ) async throws -> NIOAsyncChannel<Connection, Never> {
    do {
      return try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 64)
        .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: replace) { serve($0) }
    } catch let error as IOError {
      throw ControlSocket.Failure.system(path: path, reason: error.description)
    } catch let error as SocketAddressError {
      throw ControlSocket.Failure.system(path: path, reason: "\(error)")
    }
  }

  /// Serves until the task is cancelled or the listening socket fails, and removes the socket.
  public func run() async throws {
    defer { if let path { unlink(path) } }
    let gate = ConnectionGate(limit: limits.connections)
    try await withThrowingDiscardingTaskGroup { group in
      try await listener.executeThenClose { connections in
        for try await connection in connections {
          guard gate.enter() else {
            logger.debug("\(name): more than \(limits.connections) connections, one is closed")
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

  private var name: String { path == nil ? "metrics listener" : "control socket" }

  private func serve(_ connection: Connection) async {
    var session = ControlSession(connection: connection, handler: handler, events: events, limits: limits)
    session.routes = routes
    session.answers = answers
    do {
      try await session.run()
    } catch {
      logger.debug("\(name): connection ended: \(error)")
    }
  }
}
