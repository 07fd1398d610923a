/// What the daemon answers. Every method may throw `ControlError`, which is sent as it is; any other error becomes
/// `internalError`.
public protocol ControlHandler: Sendable {
  /// `GET /v1/status`
  func status() async throws -> StatusReport
  /// `GET /v1/interfaces`
  func interfaces() async throws -> [InterfaceReport]
  /// `GET /v1/neighbors`
  func neighbors() async throws -> [NeighborReport]
  /// `GET /v1/database`, in pieces: `receive` returns when the asker can take the next one.
  func database(_ receive: ([LSAReport]) async throws -> Void) async throws
  /// `GET /v1/services`
  func services() async throws -> [ServiceReport]
  /// `GET /v1/services/NAME`
  func service(named name: String) async throws -> ServiceReport
  /// `PUT /v1/services/NAME`
  func putService(_ request: PutServiceRequest) async throws -> CommandReport
  /// `DELETE /v1/services/NAME`
  func removeService(named name: String) async throws -> CommandReport
  /// `GET /v1/checks`
  func checks() async throws -> [CheckReport]
  /// `GET /v1/fleet`
  func fleet() async throws -> [FleetReport]
  /// `GET /v1/history`
  func history() async throws -> HistoryReport
  /// `GET /v1/redistribution`
  func redistribution() async throws -> [RedistributionReport]
  /// `GET /v1/bfd`
  func bfd() async throws -> [BFDSessionReport]
  /// What has been counted, for `GET /metrics`.
  var metrics: MetricsRecorder { get }
  /// `POST /v1/clear`
  func clear(_ request: ClearRequest) async throws -> CommandReport
  /// `POST /v1/acknowledge`
  func acknowledge(_ request: AcknowledgeRequest) async throws -> CommandReport
  /// `POST /v1/restart`
  func restart(_ request: RestartRequest) async throws -> CommandReport
  /// `POST /v1/record`
  func record() async throws -> CommandReport
  /// `POST /v1/log-level`
  func logLevel(_ request: LogLevelRequest) async throws -> CommandReport
  /// `GET /v1/configuration`
  func configuration() async throws -> ConfigurationReport
  /// `POST /v1/drain`
  func drain(_ request: DrainRequest) async throws -> CommandReport
  /// `POST /v1/drain/exclusive`
  func drainExclusively(_ request: DrainRequest) async throws -> ExclusiveDrainReport
  /// `POST /v1/undrain`
  func undrain(_ request: UndrainRequest) async throws -> CommandReport
  /// `POST /v1/reload`
  func reload(_ request: ReloadRequest) async throws -> ReloadReport
}
