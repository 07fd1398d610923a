/// One check of a service at one instant: an element of `GET /v1/checks`.
public struct CheckReport: Codable, Hashable, Sendable {
  /// The service that it belongs to.
  public var service: String
  /// Its place among the service's checks, from 1.
  public var number: Int
  /// `dns`, `https`, `radius`: the word after `check`.
  public var kind: String
  /// The check in the words of the configuration: `dns name www.example.net type A`.
  public var summary: String
  /// `passing`, `degraded`, `failing`, or `unknown` until there were enough probes to say.
  public var state: CheckStateName
  /// Whether the last probe succeeded, nil before it has finished.
  public var lastPassed: Bool?
  /// What the last probe found: `passing`, `degraded`, `failing`, `wrong`, nil before it has finished.
  public var lastVerdict: VerdictName?
  /// What the last probe said, nil when it said nothing.
  public var lastResult: String?
  /// When the last probe finished.
  public var lastFinishedAt: Timestamp?
  /// How long the last probe took.
  public var lastDurationSeconds: Double?
  /// Time until the next probe begins, nil before the first has finished.
  public var nextProbeSeconds: Double?
  /// Successes since the last failure.
  public var consecutivePasses: Int
  /// Failures since the last success.
  public var consecutiveFailures: Int
  /// Time from the start of one probe to the start of the next.
  public var intervalSeconds: Double
  /// After this long a probe has failed.
  public var timeoutSeconds: Double
  /// Consecutive successes that make it pass.
  public var rise: Int
  /// Consecutive failures that make it fail.
  public var fall: Int
  /// Lines for the shell with which somebody tries by hand what it probes, one for each address and way of asking.
  public var commandLines: [String]?
  /// What it asks on the service's own addresses; empty where it asks somebody else, or nothing that has a port.
  public var ports: [CheckedPortReport] = []

  public init(
    service: String, number: Int, kind: String, summary: String, state: CheckStateName, lastPassed: Bool?,
    lastVerdict: VerdictName? = nil, lastResult: String?,
    lastFinishedAt: Timestamp?, lastDurationSeconds: Double?, nextProbeSeconds: Double?, consecutivePasses: Int,
    consecutiveFailures: Int, intervalSeconds: Double, timeoutSeconds: Double, rise: Int, fall: Int
  ) {
    self.service = service
    self.number = number
    self.kind = kind
    self.summary = summary
    self.state = state
    self.lastPassed = lastPassed
    self.lastVerdict = lastVerdict
    self.lastResult = lastResult
    self.lastFinishedAt = lastFinishedAt
    self.lastDurationSeconds = lastDurationSeconds
    self.nextProbeSeconds = nextProbeSeconds
    self.consecutivePasses = consecutivePasses
    self.consecutiveFailures = consecutiveFailures
    self.intervalSeconds = intervalSeconds
    self.timeoutSeconds = timeoutSeconds
    self.rise = rise
    self.fall = fall
  }
}

/// A port of the service's own addresses that a check asks.
public struct CheckedPortReport: Codable, Hashable, Sendable {
  /// `tcp` or `udp`
  public var transport: Transport
  /// The port.
  public var port: UInt16

  public enum Transport: String, Codable, Hashable, Sendable {
    case tcp, udp
  }

  public init(_ transport: Transport, _ port: UInt16) {
    self.transport = transport
    self.port = port
  }
}
