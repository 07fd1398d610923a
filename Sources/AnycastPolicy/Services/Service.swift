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
  /// Addresses that have come, to the configuration or to the device, since the checks began, and how many times each of the checks
  /// (by position) must still pass before the address counts as checked.
  private var unproven: [ServiceAddress: [Int: Int]] = [:]
  /// Mode `healthy`: when the addresses are tried again, after checks that passed without them have failed with them.
  private(set) var trial = Trial()

  init(_ configuration: ServiceConfiguration, at now: Instant) {
    self.configuration = configuration
    checks = configuration.checks.map { CheckTracker($0) }
    since = now
  }

  /// Goes on where another run has ended. A check that is not known, or was not judged, begins with nothing.
  mutating func remember(_ memory: ServiceMemory, age: Duration, at now: Instant) {
    var known = memory.checks
    for index in checks.indices {
      let summary = checks[index].configuration.title.summary
      guard let position = known.firstIndex(where: { $0.summary == summary }) else { continue }
      checks[index].presume(known.remove(at: position).state)
    }
    if let hold = memory.hold, hold.remaining > age {
      damper.resume(.init(until: now + (hold.remaining - age), duration: hold.duration, changes: hold.changes))
    }
    state = memory.state
    since = now + (.zero - memory.stateAge - age)
  }

  /// What has not passed since the restart does not count as it did before it any longer.
  mutating func endPresumption() {
    for index in checks.indices { checks[index].endPresumption() }
  }

  /// How the addresses of a service in mode `healthy` fare: its server may not listen on an address that has just come.
  struct Trial: Equatable {
    static let shortestHold = Duration.seconds(10)
    static let longestHold = Duration.seconds(300)

    /// Until when the addresses are not put on the device; nil when nothing is known against it.
    var until: Instant?
    /// How long it was waited the last time.
    var hold = Duration.zero
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

  /// Whether nothing but the freshness of an address is in the way of its addresses.
  var isWell: Bool { health.isUp && damper.hold == nil && trial.until == nil }

  /// Whether its checks have said often enough what they think of it.
  var isDecided: Bool { checks.allSatisfy(\.isDecided) }

  /// Whether somebody may be sent here who has no other choice: nothing answers wrongly, and it is to be in service at all.
  var mayBeLastResort: Bool { !configuration.isShutdown && !checks.contains { $0.isWrong && !$0.isWorking } }

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
    let title = checks[index].configuration.title
    let isUnique = checks.count { $0.configuration.title.keyword == title.keyword } == 1
    return isUnique ? title.keyword : title.summary
  }

  /// Whether the checks have passed often enough since the address was configured.
  func isProven(_ address: ServiceAddress) -> Bool {
    guard let remaining = unproven[address] else { return true }
    let passing = checks.indices.count { checks[$0].isWorking && remaining[$0] == nil }
    return configuration.require.isMet(passing: passing, total: checks.count)
  }

  /// Counts a verdict. Returns the position of its check, the check's old state, and whether anything that is decided by verdicts may
  /// have changed; nil when the verdict is of a check that is no longer run like that.
  mutating func record(_ outcome: ProbeOutcome, at now: Instant) -> (index: Int, oldState: CheckState, mayMatter: Bool)? {
    guard let index = checks.firstIndex(where: { $0.assignment?.number == outcome.check.number }) else { return nil }
    let old = checks[index]
    checks[index].record(outcome, at: now)
    let hasUnproven = !unproven.isEmpty
    countProof(of: index, isPassing: !outcome.verdict.isFailing)
    if unproven.isEmpty { trial.hold = hasUnproven ? .zero : trial.hold }
    let new = checks[index]
    let isDifferent = (old.state, old.isWrong, old.isDecided) != (new.state, new.isWrong, new.isDecided)
    return (index, old.state, hasUnproven || isDifferent)
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
    trial = Trial()
  }

  /// Addresses have appeared on their devices: every check that probes them must rise once more, with `ofNewProbes` by probes that begin
  /// only now, because nothing else tells those apart that go on from before.
  mutating func requireNewProof(_ appeared: Set<DeviceAddress>, ofNewProbes: Bool = false) {
    guard configuration.addressMode != .none else { return }
    for address in configuration.addresses
    where appeared.contains(DeviceAddress(device: configuration.device, address: address.address)) {
      let remaining = proofNeeded(for: address, from: Set(checks.indices))
      if !remaining.isEmpty { unproven[address] = remaining }
      if ofNewProbes { for index in remaining.keys { checks[index].assignment = nil } }
    }
  }

  /// Mode `healthy`: when the checks have failed before an address that has come was proven, the addresses go again, and are not
  /// tried for a while, longer each time; those of the last resort stay. Returns that time when it has just begun.
  mutating func judgeTrial(isLastResort: Bool, isTried: (ServiceAddress) -> Bool, at now: Instant) -> Duration? {
    if let until = trial.until, until <= now { trial.until = nil }
    guard configuration.addressMode == .healthy, trial.until == nil, !health.isUp, !isLastResort,
      unproven.keys.contains(where: isTried)
    else { return nil }
    unproven = [:]
    trial.hold = min(max(trial.hold * 2, Trial.shortestHold), Trial.longestHold)
    trial.until = now + trial.hold
    return trial.hold
  }

  /// Gives every check the number and the targets that it is run with while this host has the addresses `present`. Returns whether
  /// anything is different from before.
  mutating func assign(present: Set<IPAddress>, isRunning: Bool, nextNumber: inout Int) -> Bool {
    var isChanged = false
    let addresses = configuration.addresses.map(\.address)
    for index in checks.indices {
      guard isRunning, !configuration.isShutdown else {
        isChanged = isChanged || checks[index].assignment != nil
        checks[index].assignment = nil
        continue
      }
      let targets = configuration.targets(of: checks[index].configuration, present: present)
      if let current = checks[index].assignment, current.addresses == addresses, current.targets == targets { continue }
      checks[index].assignment = CheckAssignment(
        number: nextNumber, service: configuration.name, addresses: addresses, targets: targets,
        awaited: configuration.awaited(by: checks[index].configuration, present: present),
        configuration: checks[index].configuration)
      nextNumber += 1
      isChanged = true
    }
    return isChanged
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
    if new.checks != old.configuration.checks || new.addressMode != old.configuration.addressMode { trial = Trial() }
    unproven = [:]
    for address in new.addresses {
      let remaining =
        old.configuration.addresses.contains(address)
        ? (old.unproven[address] ?? [:]).reduce(into: [:]) { if let index = newIndex[$1.key] { $0[index] = $1.value } }
        : proofNeeded(for: address, from: Set(newIndex.values))
      if !remaining.isEmpty { unproven[address] = remaining }
    }
  }

  /// How many times each of these checks must pass for an address that it has not probed yet.
  private func proofNeeded(for address: ServiceAddress, from indices: Set<Int>) -> [Int: Int] {
    indices.filter { configuration.isProbed(address.address, by: checks[$0].configuration) }.reduce(into: [:]) {
      $0[$1] = checks[$1].rise
    }
  }
}
