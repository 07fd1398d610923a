import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// The operator's end of the control socket. Every call opens a connection of its own.
///
/// Every method throws `ControlClientError`, whose description says what to do.
public struct ControlClient: Sendable {
  private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

  private let path: String
  private let timeoutSeconds: Int64
  private let group: any EventLoopGroup

  /// A client of the daemon that listens at `socketPath`, which must begin to answer within `timeoutSeconds`.
  public init(
    socketPath: String = ControlSocket.defaultPath, timeoutSeconds: Int64 = 20,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) {
    path = socketPath
    self.timeoutSeconds = timeoutSeconds
    self.group = group
  }

  /// `GET /v1/status`
  public func status() async throws -> StatusReport { try await get("/v1/status") }
  /// `GET /v1/interfaces`
  public func interfaces() async throws -> [InterfaceReport] { try await get("/v1/interfaces") }
  /// `GET /v1/neighbors`
  public func neighbors() async throws -> [NeighborReport] { try await get("/v1/neighbors") }
  /// `GET /v1/database`, ordered by instance, scope, LS type, Link State ID and Advertising Router. (The daemon sends the LSAs of a
  /// scope as it finds them.)
  public func database() async throws -> [LSAReport] { LSAReport.ordered(try await get("/v1/database")) }
  /// `GET /v1/services`
  public func services() async throws -> [ServiceReport] { try await get("/v1/services") }
  /// `PUT /v1/services/NAME`
  public func putService(_ request: PutServiceRequest) async throws -> CommandReport {
    try await call(
      .PUT, "/v1/services/\(Self.escaped(request.name))\(request.isPersistent ? "?persist" : "")",
      body: ByteBuffer(string: request.text))
  }
  /// `DELETE /v1/services/NAME`
  public func removeService(named name: String) async throws -> CommandReport {
    try await call(.DELETE, "/v1/services/\(Self.escaped(name))", body: ByteBuffer())
  }
  /// `GET /v1/checks`
  public func checks() async throws -> [CheckReport] { try await get("/v1/checks") }

  /// `GET /v1/fleet`
  public func fleet() async throws -> [FleetReport] { try await get("/v1/fleet") }

  /// `GET /v1/history`
  public func history() async throws -> HistoryReport { try await get("/v1/history") }

  /// The routes that are redistributed, and those that a rule keeps from it.
  public func redistribution() async throws -> [RedistributionReport] { try await get("/v1/redistribution") }
  /// `GET /v1/bfd`
  public func bfd() async throws -> [BFDSessionReport] { try await get("/v1/bfd") }
  /// `GET /v1/configuration`
  public func configuration() async throws -> ConfigurationReport { try await get("/v1/configuration") }
  /// `POST /v1/drain`
  public func drain(_ request: DrainRequest) async throws -> CommandReport {
    try await post("/v1/drain", JSONCoding.encode(request))
  }
  /// `POST /v1/drain/exclusive`
  public func drainExclusively(_ request: DrainRequest) async throws -> ExclusiveDrainReport {
    try await post("/v1/drain/exclusive", JSONCoding.encode(request))
  }
  /// `POST /v1/undrain`
  public func undrain(_ request: UndrainRequest) async throws -> CommandReport {
    try await post("/v1/undrain", JSONCoding.encode(request))
  }
  /// `POST /v1/clear`
  public func clear(_ request: ClearRequest) async throws -> CommandReport {
    try await post("/v1/clear", JSONCoding.encode(request))
  }
  /// `POST /v1/acknowledge`
  public func acknowledge(_ request: AcknowledgeRequest) async throws -> CommandReport {
    try await post("/v1/acknowledge", JSONCoding.encode(request))
  }
  /// `POST /v1/restart`
  public func restart(_ request: RestartRequest) async throws -> CommandReport {
    try await post("/v1/restart", JSONCoding.encode(request))
  }
  /// `POST /v1/record`
  public func record() async throws -> CommandReport { try await post("/v1/record", ByteBuffer()) }
  /// `POST /v1/log-level`
  public func logLevel(_ request: LogLevelRequest) async throws -> CommandReport {
    try await post("/v1/log-level", JSONCoding.encode(request))
  }
  /// `POST /v1/reload`
  public func reload(_ request: ReloadRequest = ReloadRequest()) async throws -> ReloadReport {
    try await post("/v1/reload", JSONCoding.encode(request))
  }

  /// Calls `receive` for every event, and `onOpen` once the daemon is sending them. Returns when the daemon ends the stream.
  public func watch(
    onOpen: @Sendable () async throws -> Void = {}, _ receive: @Sendable (EventReport) async throws -> Void
  ) async throws {
    try await exchange(.GET, "/v1/events", body: ByteBuffer()) { response in
      try await onOpen()
      var lines = LineSplitter()
      while let piece = try await response.nextPiece() {
        for line in lines.split(piece) { try await receive(decode(line)) }
      }
    }
  }

  /// A name as a part of a path. What is no name of a service is refused by the daemon, in whatever form.
  private static func escaped(_ name: String) -> String {
    name.utf8.map { byte in
      let isPlain = byte < 0x80 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
      return isPlain || [0x2D, 0x2E, 0x5F].contains(byte) ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16)
    }.joined()
  }

  private func get<Answer: Decodable & Sendable>(_ uri: String) async throws -> Answer {
    try await call(.GET, uri, body: ByteBuffer())
  }

  private func post<Answer: Decodable & Sendable>(_ uri: String, _ body: ByteBuffer) async throws -> Answer {
    try await call(.POST, uri, body: body)
  }

  private func call<Answer: Decodable & Sendable>(
    _ method: HTTPMethod, _ uri: String, body: ByteBuffer
  ) async throws -> Answer {
    try await exchange(method, uri, body: body) { response in try await decode(response.wholeBody()) }
  }

  /// What is decoded here goes to a terminal: control characters in its strings become words, except in a configuration, whose lines end
  /// with them, and which the daemon has written itself.
  private func decode<Value: Decodable>(_ buffer: ByteBuffer) throws -> Value {
    do {
      return try JSONCoding.decode(
        Value.self, from: Value.self is ConfigurationReport.Type ? buffer : HarmlessText.named(in: buffer))
    } catch {
      throw ControlClientError.brokenAnswer(path: path, reason: "\(error)")
    }
  }

  /// Sends a request and gives a successful response to `read`; the daemon's refusal is thrown.
  private func exchange<Result: Sendable>(
    _ method: HTTPMethod, _ uri: String, body: ByteBuffer,
    read: @Sendable (inout ControlResponse) async throws -> Result
  ) async throws -> Result {
    let connection = try await connect()
    let headers: HTTPHeaders = [
      "Host": "localhost", "Content-Type": "application/json", "Content-Length": String(body.readableBytes),
      "Connection": "close",
    ]
    let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers)
    let channel = connection.channel
    let expired = NIOLoopBoundBox.makeBoxSendingValue(false, eventLoop: channel.eventLoop)
    let deadline = channel.eventLoop.scheduleTask(in: .seconds(timeoutSeconds)) {
      expired.value = true
      channel.close(promise: nil)
    }
    defer { deadline.cancel() }
    do {
      return try await connection.executeThenClose { inbound, outbound in
        try await outbound.write(contentsOf: [.head(head), .body(.byteBuffer(body)), .end(nil)])
        var response = ControlResponse(parts: inbound.makeAsyncIterator(), path: path)
        let status = try await response.head().status
        deadline.cancel()
        guard status == .ok else {
          let refusal: ControlError = try await decode(response.wholeBody())
          throw ControlClientError.refused(refusal)
        }
        return try await read(&response)
      }
    } catch let error as ControlClientError {
      let isLate = try await channel.eventLoop.submit { expired.value }.get()
      throw isLate ? ControlClientError.noAnswer(path: path, seconds: timeoutSeconds) : error
    } catch is ChannelError, HTTPParserError.invalidEOFState {
      throw ControlClientError.cutOff(path: path)
    } catch let error as IOError {
      throw ControlClientError.brokenAnswer(path: path, reason: error.description)
    } catch let error as HTTPParserError {
      throw ControlClientError.brokenAnswer(path: path, reason: "\(error)")
    }
  }

  private func connect() async throws -> Connection {
    do {
      return try await ClientBootstrap(group: group).connect(unixDomainSocketPath: path) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          return try Connection(wrappingChannelSynchronously: channel)
        }
      }
    } catch let error as IOError {
      throw ControlClientError(connecting: path, error)
    } catch let error as SocketAddressError {
      throw ControlClientError.cannotConnect(path: path, reason: "\(error)")
    }
  }
}
