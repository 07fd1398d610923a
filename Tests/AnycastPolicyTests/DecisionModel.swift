import OSPFProtocol
import OSPFWire

@testable import AnycastPolicy

/// What must hold of one check, looked up in the whole history of its verdicts and not counted as the policy counts.
struct CheckModel {
  let rise: Int
  let fall: Int
  private var history: [Verdict] = []
  private(set) var state = CheckState.unknown

  init(_ configuration: CheckConfiguration) {
    rise = configuration.rise
    fall = configuration.fall
  }

  var isWorking: Bool { state == .passing || state == .degraded }

  mutating func forget() {
    history = []
    state = .unknown
  }

  mutating func record(_ verdict: Verdict) {
    history.append(verdict)
    if ends(in: fall, \.isFailing) {
      state = .failing
    } else if ends(in: rise, \.isPassing) {
      state = .passing
    } else if !isWorking, ends(in: rise, { !$0.isFailing }) {
      state = .degraded
    } else if state == .passing, ends(in: fall, { !$0.isPassing }) {
      state = .degraded
    }
  }

  private func ends(in count: Int, _ condition: (Verdict) -> Bool) -> Bool {
    history.count >= count && history.suffix(count).allSatisfy(condition)
  }
}

/// What must be advertised of a service, whatever happens to it: told of every input, and asked after each.
struct DecisionModel {
  let service: ServiceConfiguration
  var checks: [CheckModel]
  var isSuspended = false
  /// The drains of the service (nil) and of its addresses: when each began, and when it ends.
  var drains: [IPAddress?: (since: Instant, until: Instant)] = [:]
  /// When the verdicts changed whether the service is up, its first rise after it was forgotten left out.
  private(set) var changes: [Instant] = []
  private var wasUp: Bool?

  init(_ service: ServiceConfiguration) {
    self.service = service
    checks = service.checks.map { CheckModel($0) }
  }

  var isUp: Bool { isEnough(checks.count(where: \.isWorking)) }
  var isDegraded: Bool { isUp && !isEnough(checks.count { $0.state == .passing }) }

  private func isEnough(_ count: Int) -> Bool {
    switch service.require {
    case .all: count == checks.count
    case .any: count >= 1
    case .atLeast(let number): count >= number
    }
  }

  mutating func record(_ verdict: Verdict, check: Int, at now: Instant) {
    checks[check].record(verdict)
    if let wasUp, wasUp != isUp { changes.append(now) }
    if isUp || wasUp != nil { wasUp = isUp }
  }

  mutating func suspend() {
    isSuspended = true
    wasUp = nil
    for index in checks.indices { checks[index].forget() }
  }

  /// The changes within the window that ends now.
  func recentChanges(at now: Instant, _ damping: DampingConfiguration) -> Int {
    changes.count { now - $0 <= damping.window }
  }

  mutating func expireDrains(at now: Instant) { drains = drains.filter { $0.value.until > now } }

  /// The metric that an address must have when it is not held down; nil when it must not be advertised. `wasAdvertised` tells it of
  /// an address that is drained: only what was advertised is advertised with the drain metric.
  func metric(of address: ServiceAddress, wasAdvertised: Bool, at now: Instant) -> UInt32? {
    guard !isSuspended, isUp else { return nil }
    let usual = service.addressMetrics[address.address] ?? 20
    let metric = isDegraded ? max(usual, service.degradedMetric ?? 0) : usual
    guard let drain = drains[nil] ?? drains[address.address] else { return metric }
    guard let first = service.drain, now - drain.since < first.duration, wasAdvertised else { return nil }
    return max(metric, first.metric)
  }
}
