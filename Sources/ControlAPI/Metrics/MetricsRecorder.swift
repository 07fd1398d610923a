import Synchronization

/// What is counted as it happens, for ``NodeMetrics``: everything else the metrics tell is the state of the moment. Every call is short and
/// waits for nobody but another of its kind, so that the protocol's loop may make it.
///
/// What can be counted is bounded: kinds of events and of refusals are words of the program, and checks those of the configuration.
public final class MetricsRecorder: Sendable {
  /// A check of a service.
  struct CheckKey: Hashable, Comparable {
    var service: String
    var number: Int

    static func < (left: Self, right: Self) -> Bool { (left.service, left.number) < (right.service, right.number) }
  }

  /// What was counted of one check.
  struct CheckTally {
    var duration = Histogram(bounds: MetricsRecorder.probeBounds)
    var verdicts: [String: UInt64] = [:]
  }

  /// Everything that was counted.
  struct Tally {
    var events: [String: UInt64] = [:]
    var refusals: [String: UInt64] = [:]
    var adjacencyChanges: [String: UInt64] = [:]
    var serviceChanges: [String: UInt64] = [:]
    var checks: [CheckKey: CheckTally] = [:]
    var withdrawal = Histogram(bounds: MetricsRecorder.withdrawalBounds)
    var loopDelay = Histogram(bounds: MetricsRecorder.loopBounds)
    /// Which service a prefix is of.
    var services: [String: String] = [:]
    /// Which check each assignment is of.
    var assignments: [Int: CheckKey] = [:]
    /// Since when a service is down whose withdrawal is not acknowledged yet.
    var downSince: [String: Timestamp] = [:]
  }

  private static let probeBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
  private static let withdrawalBounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  private static let loopBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

  private let tally = Mutex(Tally())

  /// Counts nothing yet.
  public init() {}

  /// The services and their prefixes; what was counted of others is forgotten.
  public func setServices(_ prefixes: [String: [String]]) {
    tally.withLock { tally in
      tally.services = Dictionary(prefixes.flatMap { name, prefixes in prefixes.map { ($0, name) } }) { first, _ in first }
      tally.serviceChanges = tally.serviceChanges.filter { prefixes[$0.key] != nil }
      tally.downSince = tally.downSince.filter { prefixes[$0.key] != nil }
    }
  }

  /// Something happened.
  public func note(_ event: EventReport) {
    tally.withLock { tally in
      tally.events[event.kind.rawValue, default: 0] += 1
      switch event.kind {
      case .neighborStateChanged
      where event.to == NeighborStateName.full.rawValue || event.from == NeighborStateName.full.rawValue:
        tally.adjacencyChanges[event.to == NeighborStateName.full.rawValue ? "up" : "down", default: 0] += 1
      case .serviceStateChanged: tally.noteService(event)
      case .withdrawalAcknowledged:
        guard let service = event.prefix.flatMap({ tally.services[$0] }), let since = tally.downSince.removeValue(forKey: service)
        else { return }
        tally.withdrawal.observe(Double(event.time.millisecondsSince1970 - since.millisecondsSince1970) / 1000)
      default: break
      }
    }
  }

  /// A packet was refused.
  public func noteRefusal(_ kind: RefusalKind) { tally.withLock { $0.refusals[kind.rawValue, default: 0] += 1 } }

  /// The checks that are run, by the number of their assignment: the service, and the place in it counted from 1.
  public func setChecks(_ checks: [Int: (service: String, number: Int)]) {
    tally.withLock { tally in
      tally.assignments = checks.mapValues { CheckKey(service: $0.service, number: $0.number) }
      let known = Set(tally.assignments.values)
      tally.checks = tally.checks.filter { known.contains($0.key) }
    }
  }

  /// A probe of a check has ended.
  public func noteProbe(assignment: Int, verdict: VerdictName, seconds: Double) {
    tally.withLock { tally in
      guard let key = tally.assignments[assignment] else { return }
      tally.checks[key, default: CheckTally()].duration.observe(seconds)
      tally.checks[key]?.verdicts[verdict.rawValue, default: 0] += 1
    }
  }

  /// The protocol's loop came to a timer so late.
  public func noteLoopDelay(_ seconds: Double) { tally.withLock { $0.loopDelay.observe(max(seconds, 0)) } }

  /// What has been counted so far.
  var current: Tally { tally.withLock { $0 } }
}

extension MetricsRecorder.Tally {
  fileprivate mutating func noteService(_ event: EventReport) {
    guard let service = event.service else { return }
    serviceChanges[service, default: 0] += 1
    let wasServing = event.from.flatMap(ServiceStateName.init)?.isServing ?? false
    downSince[service] = event.to == ServiceStateName.down.rawValue && wasServing ? event.time : nil
  }
}
