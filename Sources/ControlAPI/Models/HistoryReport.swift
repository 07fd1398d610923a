/// What has happened to the services, the adjacencies and the configuration, over restarts: `GET /v1/history`.
public struct HistoryReport: Codable, Hashable, Sendable {
  /// What happened, the oldest first.
  public var records: [EventReport]
  /// Lines that could not be read: a crash tears the one that is being written.
  public var unreadableLines: Int

  public init(records: [EventReport], unreadableLines: Int) {
    self.records = records
    self.unreadableLines = unreadableLines
  }

  /// The kinds of events that are kept.
  public static let kinds: Set<EventKind> = [
    .daemonStarted, .daemonEnded, .serviceStateChanged, .serviceAdded, .serviceRemoved, .serviceHeldDown, .serviceReleased,
    .drainStarted, .drainEnded, .plannedDrainRefused, .neighborStateChanged, .withdrawalAcknowledged, .configurationChanged,
    .configurationRefused,
    .addressesNotServed, .interfaceAbsent, .interfacePresent, .duplicateRouterID,
    .databaseOverflow, .databaseOverflowOver, .linkLayerSourceChanged, .addressConflict,
    .problemBegan, .problemEnded, .problemAcknowledged,
  ]

  /// The services that it tells of, by name.
  public var services: [String] { Set(records.compactMap(\.service)).sorted() }
}

/// How available a service was on this node, as its history tells.
public struct ServiceAvailability: Codable, Hashable, Sendable {
  /// The service.
  public var service: String
  /// How much time is known of.
  public var observedSeconds: Double
  /// How much of it the service was up or degraded.
  public var servingSeconds: Double
  /// How much of it the service was advertised as the last resort.
  public var lastResortSeconds: Double
  /// The part of the time that the service was up or degraded, from 0 to 100; nil when no time is known of.
  public var availabilityPercent: Double?
  /// How often its addresses were withdrawn, the ends of the daemon included.
  public var withdrawals: Int
  /// From the change of state to the acknowledgment of the withdrawal by every neighbor, on the average; nil without any.
  public var meanTimeToWithdrawSeconds: Double?
  /// From a withdrawal to the return, on the average; nil without any.
  public var meanTimeToReturnSeconds: Double?
}

extension ServiceAvailability {
  /// Adds up what the records of `service` say of the time between two instants; the oldest record is the first.
  public init(of service: String, in records: [EventReport], from: Timestamp, to: Timestamp) {
    var reader = AvailabilityReader(from: from, to: to)
    for record in records where record.service == service || record.kind == .daemonStarted || record.kind == .daemonEnded {
      reader.read(record)
    }
    reader.end()
    self.init(
      service: service, observedSeconds: reader.observed, servingSeconds: reader.serving, lastResortSeconds: reader.lastResort,
      availabilityPercent: reader.observed > 0 ? reader.serving / reader.observed * 100 : nil, withdrawals: reader.withdrawals,
      meanTimeToWithdrawSeconds: reader.timesToWithdraw.mean, meanTimeToReturnSeconds: reader.timesToReturn.mean)
  }
}

/// Goes through the history of one service.
private struct AvailabilityReader {
  let from: Timestamp
  let to: Timestamp
  var observed = 0.0
  var serving = 0.0
  var lastResort = 0.0
  var withdrawals = 0
  var timesToWithdraw = Mean()
  var timesToReturn = Mean()
  private var state: ServiceStateName?
  private var since: Timestamp?
  private var withdrawnAt: Timestamp?
  private var unacknowledged: Timestamp?

  struct Mean {
    var sum = 0.0
    var count = 0
    var mean: Double? { count == 0 ? nil : sum / Double(count) }

    mutating func add(_ value: Double) {
      sum += value
      count += 1
    }
  }

  init(from: Timestamp, to: Timestamp) {
    self.from = from
    self.to = to
  }

  mutating func read(_ record: EventReport) {
    switch record.kind {
    case .serviceStateChanged:
      guard let next = record.to.flatMap(ServiceStateName.init) else { return }
      // What was before the first record is told by it.
      if state == nil, since == nil { state = record.from.flatMap(ServiceStateName.init) }
      change(to: next, at: record.time)
    case .serviceRemoved, .daemonEnded: change(to: .down, at: record.time)
    case .serviceAdded, .daemonStarted: if state == nil { change(to: .down, at: record.time) }
    case .withdrawalAcknowledged:
      guard let begin = unacknowledged else { return }
      unacknowledged = nil
      if record.time >= from, record.time <= to { timesToWithdraw.add(Self.seconds(begin, record.time)) }
    default: return
    }
  }

  private mutating func change(to next: ServiceStateName, at time: Timestamp) {
    count(until: time)
    let wasAdvertised = state?.isAdvertised ?? false
    if wasAdvertised, !next.isAdvertised {
      withdrawnAt = time
      unacknowledged = time
      if time >= from, time <= to { withdrawals += 1 }
    } else if !wasAdvertised, next.isAdvertised {
      if let withdrawnAt, time >= from, time <= to { timesToReturn.add(Self.seconds(withdrawnAt, time)) }
      withdrawnAt = nil
      unacknowledged = nil
    }
    state = next
    since = time
  }

  mutating func end() { count(until: to) }

  private mutating func count(until time: Timestamp) {
    guard let since else { return }
    let begin = max(since, from)
    let end = min(time, to)
    guard end > begin else { return }
    let seconds = Self.seconds(begin, end)
    observed += seconds
    if state?.isServing ?? false { serving += seconds }
    if state == .lastResort { lastResort += seconds }
  }

  private static func seconds(_ begin: Timestamp, _ end: Timestamp) -> Double {
    Double(end.millisecondsSince1970 - begin.millisecondsSince1970) / 1000
  }
}
