import OSPFProtocol
import OSPFWire

/// A service while we run: its configuration, its checks' verdicts, and the state that they add up to.
struct Service {
  private(set) var configuration: ServiceConfiguration
  private(set) var checks: [CheckTracker]
  var state = ServiceState.down
  var reason = "not checked yet"
  var since: Instant
  private(set) var damper = Damper()
  /// Addresses that a reload added to a service that was already being checked, or that somebody else has just put on the device,
  /// and how many times each of the checks (by position) must still pass before the address counts as checked.
  private var unproven: [ServiceAddress: [Int: Int]] = [:]

  init(_ configuration: ServiceConfiguration, at now: Instant) {
    self.configuration = configuration
    checks = configuration.checks.map { CheckTracker($0) }
    since = now
  }

  /// What the verdicts say, drains apart.
  struct Health: Equatable {
    var isUp: Bool
    /// It is up, and would not be if only checks counted that pass without reservation.
    var isDegraded = false
    var reason: String
  }

  /// What the verdicts say of the whole service.
  var health: Health {
    guard !configuration.isShutdown else { return Health(isUp: false, reason: "shutdown in the configuration") }
    guard !checks.isEmpty else { return Health(isUp: true, reason: "no checks") }
    let passing = checks.count { $0.state == .passing }
    let working = checks.count(where: \.isWorking)
    guard configuration.require.isMet(passing: working, total: checks.count) else {
      return Health(isUp: false, reason: causes(of: \.isWorking, count: working))
    }
    guard configuration.require.isMet(passing: passing, total: checks.count) else {
      return Health(isUp: true, isDegraded: true, reason: causes(of: { $0.state == .passing }, count: passing))
    }
    return Health(isUp: true, reason: upReason(passing: passing))
  }

  private func upReason(passing: Int) -> String {
    if checks.count == 1 { return "check \(label(0)) passes" }
    return passing == checks.count ? "all \(checks.count) checks pass" : "\(passing) of \(checks.count) checks pass"
  }

  /// What the checks say that are not good enough; `count` are.
  private func causes(of isGood: (CheckTracker) -> Bool, count: Int) -> String {
    let causes = checks.indices.filter { !isGood(checks[$0]) }.map { "check \(label($0)) \(checks[$0].reason)" }
    let text = causes.joined(separator: "; ")
    return checks.count == 1 ? text : "\(count) of \(checks.count) checks pass: \(text)"
  }

  /// Lets the damping look at what the verdicts say.
  mutating func observeForDamping(at now: Instant) -> Damper.Outcome {
    damper.observe(isUp: health.isUp, configuration.damping, at: now)
  }

  /// The check's name for people: its keyword, or all its words when the service has several of that kind.
  func label(_ index: Int) -> String {
    let kind = checks[index].configuration.kind
    let isUnique = checks.count { $0.configuration.kind.keyword == kind.keyword } == 1
    return isUnique ? kind.keyword : kind.summary
  }

  /// Whether the checks have passed often enough since the address was configured.
  func isProven(_ address: ServiceAddress) -> Bool {
    guard let remaining = unproven[address] else { return true }
    let passing = checks.indices.count { checks[$0].isWorking && remaining[$0] == nil }
    return configuration.require.isMet(passing: passing, total: checks.count)
  }

  /// Counts a verdict. Returns the check's old state, and whether anything that is decided by verdicts may have changed; nil
  /// when the verdict is of a check that the service no longer has.
  mutating func record(_ outcome: ProbeOutcome, at now: Instant) -> (oldState: CheckState, mayMatter: Bool)? {
    let index = outcome.check.index
    guard checks.indices.contains(index), checks[index].configuration == outcome.check.configuration else { return nil }
    let oldState = checks[index].state
    checks[index].record(outcome, at: now)
    let hasUnproven = !unproven.isEmpty
    countProof(of: index, isPassing: !outcome.verdict.isFailing)
    return (oldState, hasUnproven || oldState != checks[index].state)
  }

  private mutating func countProof(of index: Int, isPassing: Bool) {
    for (address, var remaining) in unproven {
      guard let count = remaining[index] else { continue }
      if isPassing {
        remaining[index] = count > 1 ? count - 1 : nil
      } else {
        remaining[index] = checks[index].rise
      }
      unproven[address] = remaining.isEmpty ? nil : remaining
    }
  }

  /// Forgets every verdict.
  mutating func forgetVerdicts() {
    for index in checks.indices { checks[index].forget() }
    damper.forget()
    unproven = [:]
  }

  /// Addresses have appeared on their devices: every check that probes them must rise once more.
  mutating func distrust(_ appeared: Set<DeviceAddress>) {
    for address in configuration.addresses
    where appeared.contains(DeviceAddress(device: configuration.device, address: address.address)) {
      let remaining = proofNeeded(from: Set(checks.indices))
      if !remaining.isEmpty { unproven[address] = remaining }
    }
  }

  /// Takes over a new configuration. Checks that are in both keep their verdicts; addresses that are new must be checked first.
  mutating func apply(_ new: ServiceConfiguration) {
    let old = self
    configuration = new
    // The checks of a service that is shut down do not run: what they said before is not known to be true any more.
    var available = old.configuration.isShutdown || new.isShutdown ? [] : Array(old.checks.indices)
    var newIndex: [Int: Int] = [:]
    checks = new.checks.enumerated().map { index, check in
      guard let position = available.firstIndex(where: { old.checks[$0].configuration == check }) else {
        return CheckTracker(check)
      }
      let oldIndex = available.remove(at: position)
      newIndex[oldIndex] = index
      return old.checks[oldIndex]
    }
    if health.isUp != old.health.isUp { damper.forget() }
    unproven = [:]
    for address in new.addresses {
      let remaining =
        old.configuration.addresses.contains(address)
        ? (old.unproven[address] ?? [:]).reduce(into: [:]) { if let index = newIndex[$1.key] { $0[index] = $1.value } }
        : proofNeeded(from: Set(newIndex.values))
      if !remaining.isEmpty { unproven[address] = remaining }
    }
  }

  /// How many times each of these checks must pass for an address that it has not probed yet.
  private func proofNeeded(from indices: Set<Int>) -> [Int: Int] {
    indices.filter { checks[$0].configuration.kind.probesServiceAddresses }.reduce(into: [:]) { $0[$1] = checks[$1].rise }
  }
}
