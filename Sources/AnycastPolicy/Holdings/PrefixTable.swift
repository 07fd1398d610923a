import OSPFProtocol
import OSPFWire

/// Which prefixes are advertised, and how far the withdrawal of the others has come.
struct PrefixTable {
  private enum State {
    case advertised(Advertisement.Kind, service: String, since: Instant, isLastResort: Bool)
    /// Withdrawn; a neighbor may still have a route until this instant.
    case withdrawing(until: Instant)
    /// Withdrawn, and acknowledged or given up waiting for, at this instant.
    case withdrawn(at: Instant)
  }

  /// How a prefix is to be advertised, for which service, and whether as the last resort.
  struct Wanted {
    var kind: Advertisement.Kind
    var service: String
    var isLastResort: Bool
  }

  /// RxmtInterval, the time after which an unacknowledged LSA is sent again (RFC 2328 appendix C.3): a neighbor that has not
  /// acknowledged a withdrawal by then is not waited for.
  static let timeout = Duration.seconds(5)

  private var states: [IPPrefix: State] = [:]

  /// The advertisements in force, ordered by prefix.
  var advertisements: [Advertisement] {
    states.compactMap { prefix, state in
      if case .advertised(let kind, _, _, _) = state { Advertisement(prefix: prefix, kind: kind) } else { nil }
    }
    .sorted { $0.prefix < $1.prefix }
  }

  /// Whether any prefix is withdrawn and not yet acknowledged.
  var isWithdrawing: Bool { nextDeadline != nil }

  /// When the first withdrawal is no longer waited for.
  var nextDeadline: Instant? {
    states.values.compactMap { if case .withdrawing(let until) = $0 { until } else { nil } }.min()
  }

  /// The service that a prefix is advertised for.
  func service(advertising prefix: IPPrefix) -> String? {
    if case .advertised(_, let service, _, _) = states[prefix] { service } else { nil }
  }

  /// Since when a prefix is advertised for a service without interruption; nil when it is not, or only as the last resort.
  func advertisedSince(_ prefix: IPPrefix, for service: String) -> Instant? {
    if case .advertised(_, service, let since, false) = states[prefix] { since } else { nil }
  }

  /// Whether a prefix is advertised for a service as the last resort.
  func isLastResort(_ prefix: IPPrefix, of service: String) -> Bool {
    if case .advertised(_, service, _, true) = states[prefix] { true } else { false }
  }

  /// How a prefix is advertised; nil when it is not.
  func kind(of prefix: IPPrefix) -> Advertisement.Kind? {
    if case .advertised(let kind, _, _, _) = states[prefix] { kind } else { nil }
  }

  /// Whether a neighbor may still have a route to the prefix.
  func mayBeRouted(_ prefix: IPPrefix) -> Bool {
    switch states[prefix] {
    case .advertised, .withdrawing: true
    case .withdrawn, nil: false
    }
  }

  /// The earliest instant at which an address of the prefix may leave its device; nil while that is not known.
  func removal(of prefix: IPPrefix, linger: Duration, at now: Instant) -> Instant? {
    switch states[prefix] {
    case .advertised: nil
    case .withdrawing(let until): until + linger
    case .withdrawn(let at): at + linger
    case nil: now
    }
  }

  /// Replaces what is advertised; what is no longer advertised begins its withdrawal. Returns whether anything changed.
  mutating func advertise(_ wanted: [IPPrefix: Wanted], at now: Instant) -> Bool {
    var isChanged = false
    for (prefix, state) in states {
      guard case .advertised = state, wanted[prefix] == nil else { continue }
      states[prefix] = .withdrawing(until: now + Self.timeout)
      isChanged = true
    }
    for (prefix, entry) in wanted {
      isChanged = isChanged || kind(of: prefix) != entry.kind
      let since = advertisedSince(prefix, for: entry.service) ?? now
      states[prefix] = .advertised(entry.kind, service: entry.service, since: since, isLastResort: entry.isLastResort)
    }
    return isChanged
  }

  /// A prefix that another run has advertised, and that this one may withdraw.
  mutating func remember(_ advertisement: Advertisement, service: String, since: Instant) {
    states[advertisement.prefix] = .advertised(advertisement.kind, service: service, since: since, isLastResort: false)
  }

  /// No neighbor has a route to the prefix any more. Nothing happens when it has been advertised again since.
  mutating func acknowledgeWithdrawal(of prefix: IPPrefix, at now: Instant) {
    guard case .withdrawing = states[prefix] else { return }
    states[prefix] = .withdrawn(at: now)
  }

  /// No neighbor has a route to anything that is withdrawn.
  mutating func acknowledgeAllWithdrawals(at now: Instant) {
    for prefix in states.keys { acknowledgeWithdrawal(of: prefix, at: now) }
  }

  /// Stops waiting for acknowledgments that are overdue, and forgets withdrawn prefixes that nobody asks about.
  mutating func expire(at now: Instant, keeping isOfInterest: (IPPrefix) -> Bool) {
    for (prefix, state) in states {
      switch state {
      case .withdrawing(let until) where until <= now: states[prefix] = .withdrawn(at: until)
      case .withdrawn where !isOfInterest(prefix): states[prefix] = nil
      case .advertised, .withdrawing, .withdrawn: continue
      }
    }
  }
}
