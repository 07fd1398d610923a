import ControlAPI
import Glibc
import LogTestSupport
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// A daemon that answers from constants and remembers what it was told.
/// Something that no handler was written for.
struct Unforeseen: Error {}

final class ScriptedHandler: ControlHandler {
  private let received = Mutex<[String]>([])

  let metrics = MetricsRecorder()

  var commands: [String] { received.withLock { $0 } }

  func status() async throws -> StatusReport { Samples.status }
  func interfaces() async throws -> [InterfaceReport] { [] }
  func neighbors() async throws -> [NeighborReport] { [Samples.neighbor] }
  func database(_ receive: ([LSAReport]) async throws -> Void) async throws {
    for start in stride(from: 0, to: Samples.database.count, by: 3000) {
      try await receive(Array(Samples.database[start...].prefix(3000)))
    }
  }
  func services() async throws -> [ServiceReport] { [Samples.service] }
  func service(named name: String) async throws -> ServiceReport {
    guard name == Samples.service.name else { throw ControlError(.notFound, "there is no service '\(name)'") }
    return Samples.service
  }

  func putService(_ request: PutServiceRequest) async throws -> CommandReport {
    received.withLock { $0.append("put \(request.name) \(request.isPersistent) \(request.text)") }
    return CommandReport(messages: ["service \(request.name) added"])
  }

  func removeService(named name: String) async throws -> CommandReport {
    received.withLock { $0.append("remove \(name)") }
    return CommandReport(messages: ["service \(name) removed"])
  }

  func checks() async throws -> [CheckReport] { [Samples.check] }

  func fleet() async throws -> [FleetReport] { [Samples.fleet] }

  func redistribution() async throws -> [RedistributionReport] { [Samples.redistributed] }
  func bfd() async throws -> [BFDSessionReport] { [Samples.bfdSession] }

  func drain(_ request: DrainRequest) async throws -> CommandReport {
    guard request.names == ["dns"] else {
      throw ControlError(.notFound, "there is no service or address \(request.names.joined()); did you mean dns?")
    }
    received.withLock { $0.append("drain \(request.names.joined()) \(request.durationSeconds ?? 0) \(request.reason ?? "")") }
    return CommandReport(messages: ["dns is draining"])
  }

  func drainExclusively(_ request: DrainRequest) async throws -> ExclusiveDrainReport {
    received.withLock { $0.append("drain \(request.names.joined()) exclusively") }
    return ExclusiveDrainReport(
      isBegun: false,
      waitsFor: [DrainObstacleReport(prefix: "192.0.2.53/32", node: "198.51.100.3", hostname: nil, cause: .draining)],
      messages: [])
  }

  func undrain(_ request: UndrainRequest) async throws -> CommandReport {
    received.withLock { $0.append("undrain \(request.names.joined())") }
    return CommandReport(messages: ["dns is no longer drained"])
  }

  func history() async throws -> HistoryReport { Samples.history }

  func acknowledge(_ request: AcknowledgeRequest) async throws -> CommandReport {
    received.withLock { $0.append("acknowledge \(request.names.joined(separator: " "))") }
    return CommandReport(messages: ["acknowledged"])
  }

  func clear(_ request: ClearRequest) async throws -> CommandReport {
    received.withLock { $0.append("clear \(request.protocol.rawValue) \(request.routerID ?? "all")") }
    return CommandReport(messages: ["cleared"])
  }

  func restart(_ request: RestartRequest) async throws -> CommandReport {
    received.withLock { $0.append("restart \(request.gracePeriodSeconds ?? 0)") }
    return CommandReport(messages: ["restarting"])
  }

  func record() async throws -> CommandReport { CommandReport(messages: ["/var/lib/recording.pcapng"]) }

  func logLevel(_ request: LogLevelRequest) async throws -> CommandReport {
    // Not one of the errors that a handler is expected to throw.
    guard let level = request.level else { throw Unforeseen() }
    return CommandReport(messages: ["log level \(level)"])
  }

  func configuration() async throws -> ConfigurationReport { Samples.configuration }

  func reload(_ request: ReloadRequest) async throws -> ReloadReport {
    guard !request.dryRun else { return Samples.plan }
    throw ControlError(
      .configurationInvalid, "the configuration has an error, nothing was changed",
      details: ["a.conf:3:2: unknown word nieghbor; did you mean neighbor?"])
  }
}

enum Samples {
  static let configuration = ConfigurationReport(text: "router ospf\n!\n", files: ["a.conf"], loadedAt: instant)
  static let plan = ReloadReport(messages: ["service web added"], difference: ["@@ -1,0 +2,1 @@", "+anycast service web"])
  static let history = HistoryReport(
    records: [
      EventReport(
        time: instant, level: .warning, kind: .serviceStateChanged, message: "service dns: up -> down: timeout", service: "dns",
        from: "up", to: "down", reason: "timeout")
    ], unreadableLines: 1)
  static let fleet = FleetReport(
    protocol: .ospfV2, addressFamily: .ipv4, service: "dns", prefix: "192.0.2.53/32", externals: .all,
    advertisers: [
      FleetReport.Advertiser(
        routerID: "198.51.100.2", isThisNode: true, isMember: nil, kind: .external, metric: 20, metricType: 2, tag: 0,
        forwardingAddress: nil, area: nil, ageSeconds: 5, isReachable: true, cost: 0, links: 1, areaBorderRouter: nil,
        isPreferred: true)
    ])
  static let redistributed = RedistributionReport(
    protocol: .ospfV2, addressFamily: .ipv4, prefix: "192.0.2.9/32", source: "connected", interface: "lo", advertised: false,
    withheldReason: "ospfd.conf:7 denies it")
  static let bfdSession = BFDSessionReport(
    interface: "eth0", address: "10.0.0.1", localAddress: "10.0.0.2", state: .up, stateAgeSeconds: 1.5,
    diagnostic: .none, localDiscriminator: 7, remoteDiscriminator: 9,
    local: .init(detectMultiplier: 3, transmitIntervalSeconds: 0.05, receiveIntervalSeconds: 0.05))
  static let instant = Timestamp(millisecondsSince1970: 1_763_696_332_120)

  static let status = StatusReport(
    version: "0.1.0", processID: 42, state: .running, startedAt: instant, uptimeSeconds: 12.5,
    configurationFiles: ["/etc/anycast-ospfd/anycast-ospfd.conf"], configurationLoadedAt: instant,
    instances: [
      InstanceReport(
        protocol: .ospfV2, addressFamily: .ipv4, routerID: "198.51.100.2", areas: ["0.0.0.0"], interfaceCount: 1,
        neighborCount: 1,
        adjacencyCount: 1, lsaCount: 3,
        advertisements: [
          AdvertisementReport(
            prefix: "192.0.2.1/32", kind: .external, metric: 20, metricType: 2, tag: 0, acknowledged: true)
        ])
    ], services: ["up": 1])

  static let neighbor = NeighborReport(
    protocol: .ospfV2, addressFamily: .ipv4, routerID: "10.0.0.1", priority: 1, state: .full, role: .dr, deadSeconds: 34.5,
    address: "10.0.12.1",
    interface: "eth0", interfaceAddress: "10.0.12.2", area: "0.0.0.0", designatedRouter: "10.0.12.1",
    backupDesignatedRouter: nil, stateAgeSeconds: 60, stateChangeCount: 6, retransmissionCount: 0, requestCount: 0,
    summaryCount: 0)

  /// More than fits into the buffers of a socket.
  static let database: [LSAReport] = (0..<20_000).map { number in
    var body = LSABodyReport()
    body.prefix = "192.0.2.1/32"
    return LSAReport(
      protocol: .ospfV2, addressFamily: .ipv4, scope: .autonomousSystem, area: nil, interface: nil, lsType: 5,
      lsTypeName: "as-external",
      linkStateID: "192.0.2.\(number)", advertisingRouter: "10.0.0.1", ageSeconds: 3, options: "E",
      sequenceNumber: "0x80000001", checksum: "0x1a2b", length: 36, selfOriginated: false, body: body)
  }

  static let service = ServiceReport(
    name: "dns", description: nil, state: .up, reason: "2 of 2 checks pass", since: instant,
    addresses: [
      ServiceAddressReport(
        address: "192.0.2.1", prefix: "192.0.2.1/32", advertised: true, metric: 20, withheldReason: nil, acknowledged: true,
        present: true, drain: DrainReport(reason: "x", until: instant))
    ], addressMode: .always, device: "lo", passingChecks: 2, checkCount: 2, require: "all", drain: nil)

  static let check = CheckReport(
    service: "dns", number: 1, kind: "dns", summary: "dns name www.example.net type A", state: .passing, lastPassed: true,
    lastResult: "NOERROR", lastFinishedAt: instant, lastDurationSeconds: 0.002, nextProbeSeconds: 0.9, consecutivePasses: 9,
    consecutiveFailures: 0, intervalSeconds: 1, timeoutSeconds: 0.5, rise: 2, fall: 3)

  static func event(_ number: Int) -> EventReport {
    EventReport(
      time: instant, level: .notice, kind: .neighborStateChanged, message: "event \(number)", protocol: .ospfV2,
      from: "Loading", to: "Full")
  }
}

/// A directory of the test's own, removed afterwards with what is in it.
func withSocketPath<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let directory = "/tmp/anycast-ospfd-control-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  let path = directory + "/run/control.sock"
  defer {
    unlink(path)
    rmdir(directory + "/run")
    rmdir(directory)
  }
  return try await body(path)
}

/// Serves `handler` at `path` for as long as `body` runs.
func withServer<Result: Sendable>(
  at path: String, handler: any ControlHandler = ScriptedHandler(), events: EventBroadcaster = EventBroadcaster(),
  limits: ControlServer.Limits = ControlServer.Limits(), access: ControlAccess = ControlAccess(),
  _ body: @Sendable (ControlClient) async throws -> Result
) async throws -> Result {
  let server = try await ControlServer.listen(
    path: path, handler: handler, events: events, limits: limits, access: access, group: MultiThreadedEventLoopGroup.singleton,
    logger: .silent)
  return try await withThrowingTaskGroup { group in
    group.addTask { try await server.run() }
    defer { group.cancelAll() }
    return try await body(ControlClient(socketPath: path))
  }
}

/// Sends bytes as they are, and returns everything that comes back until the server closes the connection.
func converse(with path: String, _ bytes: String) async throws -> String {
  let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .connect(unixDomainSocketPath: path) { channel in
      channel.eventLoop.makeCompletedFuture {
        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
      }
    }
  return try await connection.executeThenClose { inbound, outbound in
    try await outbound.write(ByteBuffer(string: bytes))
    var answer = ByteBuffer()
    for try await piece in inbound { answer.writeImmutableBuffer(piece) }
    return String(buffer: answer)
  }
}
