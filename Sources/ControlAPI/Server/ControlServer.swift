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
    /// Connections at the same time. A further one takes the place of the one that has been idle longest; where all are being answered
    /// it is told so.
    public var connections = 64
    /// How many more root may have while all are being answered.
    public var reservedConnections = 2
    /// How long a connection may take to send its next request whole.
    public var idleSeconds: Int64 = 10
    /// How long an answer may take to pass through the socket.
    public var transferSeconds: Int64 = 60

    /// The defaults.
    public init() {}

    /// For a listener that anybody may reach: no body, fewer connections, shorter timeouts.
    public static var web: Limits {
      var limits = Limits()
      (limits.bodyLength, limits.connections, limits.reservedConnections, limits.transferSeconds) = (0, 32, 0, 10)
      return limits
    }
  }

  /// The socket's file; nil for one of TCP.
  private let path: String?
  /// Which file that was when it was made; nil for one of TCP.
  private let file: ControlSocket.FileIdentity?
  /// Who may change something; nil for a listener of TCP, where nobody can.
  private let access: ControlAccess?
  /// What the socket's file was given when it was made.
  private let firstRules: ControlAccess.Rules
  /// What can be asked here.
  private let routes: [Route]
  private let listener: NIOAsyncChannel<Accepted, Never>
  private let handler: any ControlHandler
  private let events: EventBroadcaster
  private let limits: Limits
  private let logger: Logger
  private let answers = WebAnswers()

  private init(
    path: String?, file: ControlSocket.FileIdentity?, access: ControlAccess?, rules: ControlAccess.Rules, routes: [Route],
    listener: NIOAsyncChannel<Accepted, Never>,
    handler: any ControlHandler,
    events: EventBroadcaster, limits: Limits, logger: Logger
  ) {
    self.path = path
    self.file = file
    self.access = access
    firstRules = rules
    self.routes = routes
    self.listener = listener
    self.handler = handler
    self.events = events
    self.limits = limits
    self.logger = logger
  }

  /// Makes the socket at `path` with mode 0660, or what `access` says, its directory with mode 0755 where it is missing, and replaces the socket of a
  /// daemon that died. Throws `ControlSocket.Failure`.
  public static func listen(
    path: String, handler: any ControlHandler, events: EventBroadcaster, limits: Limits = Limits(),
    access: ControlAccess = ControlAccess(), group: any EventLoopGroup, logger: Logger
  ) async throws -> ControlServer {
    try ControlSocket.makeDirectory(for: path)
    let replace = try await ControlSocket.hasStaleSocket(at: path, group: group)
    let listener = try await bind(path: path, replace: replace, group: group)
    let rules = access.rules
    do {
      try ControlSocket.setAccess(rules, of: path)
    } catch {
      try? await listener.executeThenClose { _ in }
      throw error
    }
    return ControlServer(
      path: path, file: ControlSocket.FileIdentity(of: path), access: access, rules: rules, routes: Route.table,
      listener: listener,
      handler: handler,
      events: events, limits: limits, logger: logger)
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
        .childChannelOption(.autoRead, value: false)
        .bind(host: address, port: port) { $0.eventLoop.makeSucceededFuture(Accepted($0)) }
      return ControlServer(
        path: nil, file: nil, access: nil, rules: .init(), routes: Route.web, listener: listener, handler: handler,
        events: events,
        limits: limits,
        logger: logger)
    } catch let error as IOError {
      throw ControlSocket.Failure.system(path: "\(address) port \(port)", reason: error.description)
    } catch let error as SocketAddressError {
      throw ControlSocket.Failure.system(path: "\(address) port \(port)", reason: "\(error)")
    }
  }

  /// The port that a server on TCP listens on.
  public var port: Int? { listener.channel.localAddress?.port }

  /// What was accepted becomes a connection only now: one that nobody takes, when the server ends at the moment in which a client
  /// connects, must not be one yet: NIO ends the process where a connection's writer goes without having been used. Until then nothing
  /// is read.
  private static func connection(on channel: any Channel) async throws -> Connection {
    try await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
      let connection = try Connection(wrappingChannelSynchronously: channel)
      try channel.syncOptions?.setOption(.autoRead, value: true)
      return connection
    }.get()
  }

  private static func bind(
    path: String, replace: Bool, group: any EventLoopGroup
  ) async throws -> NIOAsyncChannel<Accepted, Never> {
    do {
      return try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 64)
        .childChannelOption(.autoRead, value: false)
        .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: replace) { $0.eventLoop.makeSucceededFuture(Accepted($0)) }
    } catch let error as IOError {
      throw ControlSocket.Failure.system(path: path, reason: error.description)
    } catch let error as SocketAddressError {
      throw ControlSocket.Failure.system(path: path, reason: "\(error)")
    }
  }

  /// Serves until the task is cancelled, the listening socket fails or its file is gone or another one (`ControlSocket.Failure.lost`), and
  /// removes the socket.
  public func run() async throws {
    defer { if let path, file?.isAt(path) ?? false { unlink(path) } }
    let table = ConnectionTable(limit: limits.connections, reserve: limits.reservedConnections)
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { try await self.watchFile() }
      try await listener.executeThenClose { connections in
        for try await accepted in connections {
          group.addTask { await self.admit(accepted.take(), to: table) }
        }
      }
      group.cancelAll()
    }
  }

  /// How often the file is looked for: nobody can connect without it.
  private static let fileInterval = Duration.seconds(1)

  private func watchFile() async throws {
    guard let path, let file, let access else { return }
    var rules = firstRules
    while true {
      try await Task.sleep(for: Self.fileInterval)
      if rules != access.rules, file.isAt(path) {
        rules = access.rules
        do {
          try ControlSocket.setAccess(rules, of: path)
        } catch {
          logger.error("\(error); who may use it is as before")
        }
      }
      guard !file.isAt(path) else { continue }
      // Ends the loop that accepts.
      listener.channel.close(promise: nil)
      throw ControlSocket.Failure.lost(path: path)
    }
  }

  private func admit(_ channel: any Channel, to table: ConnectionTable) async {
    guard let connection = try? await Self.connection(on: channel) else {
      channel.close(promise: nil)
      return
    }
    let peer = path == nil ? nil : await PeerCredentials.of(connection.channel)
    let mayChange = access?.mayChange(peer) ?? false
    switch table.enter(connection.channel, isPrivileged: peer?.isPrivileged ?? false) {
    case .admitted(let id):
      defer { table.leave(id) }
      await serve(connection, of: peer, mayChange: mayChange) { isIdle in isIdle ? table.setIdle(id) : table.setBusy(id) }
    case .refused:
      defer { table.leaveRefused() }
      let reason = "all \(limits.connections) connections of the \(name) are being answered: close one, or try again"
      logger.debug("\(name): \(reason)")
      await serve(connection, of: peer, refusal: ControlError(.unavailable, reason)) { _ in }
    case .dropped:
      try? await connection.executeThenClose { _, _ in }
    }
  }

  private var name: String { path == nil ? "metrics listener" : "control socket" }

  private func serve(
    _ connection: Connection, of peer: PeerCredentials?, mayChange: Bool = false, refusal: ControlError? = nil,
    noteIdle: @escaping @Sendable (Bool) -> Void
  ) async {
    var session = ControlSession(
      connection: connection, handler: handler, events: events, limits: limits, refusal: refusal, noteIdle: noteIdle)
    session.routes = routes
    session.mayChange = mayChange
    session.answers = answers
    session.noteChange = { [logger] change, outcome in
      let who = peer.map { "\($0)" } ?? "somebody"
      logger.notice("control socket: \(who): \(change): \(outcome)")
    }
    do {
      try await session.run()
    } catch {
      logger.debug("\(name): connection ended: \(error)")
    }
  }
}
