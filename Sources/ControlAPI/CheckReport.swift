/// One check of a service at one instant: an element of `GET /v1/checks`.
public struct CheckReport: Codable, Hashable, Sendable {
  /// The service that it belongs to.
  public var service: String
  /// Its place among the service's checks, from 1.
  public var number: Int
  /// `exec`, `tcp`, `dns`
  public var kind: String
  /// What is probed: `www.example.net A`.
  public var target: String
  /// `passing`, `failing`, or `pending` until the first verdict.
  public var state: String
  /// Since when, nil before the first verdict.
  public var since: Timestamp?
  /// What the last probe found, nil before it has finished.
  public var lastResult: String?
  /// When the last probe finished.
  public var lastFinishedAt: Timestamp?
  /// How long the last probe took.
  public var lastDurationSeconds: Double?
  /// Consecutive successes or failures, up to the last probe.
  public var streak: Int
  /// Time from the start of one probe to the start of the next.
  public var intervalSeconds: Double
  /// After this long a probe has failed.
  public var timeoutSeconds: Double
  /// Consecutive successes that make it pass.
  public var rise: Int
  /// Consecutive failures that make it fail.
  public var fall: Int

  /// Makes a report.
  public init(
    service: String, number: Int, kind: String, target: String, state: String, since: Timestamp?, lastResult: String?,
    lastFinishedAt: Timestamp?, lastDurationSeconds: Double?, streak: Int, intervalSeconds: Double,
    timeoutSeconds: Double, rise: Int, fall: Int
  ) {
    self.service = service
    self.number = number
    self.kind = kind
    self.target = target
    self.state = state
    self.since = since
    self.lastResult = lastResult
    self.lastFinishedAt = lastFinishedAt
    self.lastDurationSeconds = lastDurationSeconds
    self.streak = streak
    self.intervalSeconds = intervalSeconds
    self.timeoutSeconds = timeoutSeconds
    self.rise = rise
    self.fall = fall
  }
}
