import OSPFProtocol
import OSPFWire

/// Graceful restarts (RFC 3623, RFC 5187) as fields.
extension RecordFields {
  /// Whom an instance helps; nil in a recording that does not tell.
  var helping: GracefulRestartPolicy? {
    get {
      guard let words = self[.helped], let isStrict = flag(.hasStrictLSAChecking),
        let isOnlyPlanned = flag(.helpsOnlyPlanned), let longest = milliseconds(.longestGracePeriod)
      else { return nil }
      let helped: GracefulRestartPolicy.Helped
      switch words {
      case "everybody": helped = .everybody
      case "nobody": helped = .nobody
      default:
        let routerIDs = words.split(separator: " ").map { RouterID($0) }
        guard routerIDs.allSatisfy({ $0 != nil }) else { return nil }
        helped = .only(Set(routerIDs.compactMap(\.self)))
      }
      return GracefulRestartPolicy(
        helped: helped, hasStrictLSAChecking: isStrict, helpsOnlyPlanned: isOnlyPlanned, longestGracePeriod: longest)
    }
    set {
      guard let newValue else { return }
      self[.helped] =
        switch newValue.helped {
        case .everybody: "everybody"
        case .nobody: "nobody"
        case .only(let routerIDs): routerIDs.sorted().map(\.description).joined(separator: " ")
        }
      set(.hasStrictLSAChecking, flag: newValue.hasStrictLSAChecking)
      set(.helpsOnlyPlanned, flag: newValue.helpsOnlyPlanned)
      set(.longestGracePeriod, milliseconds: newValue.longestGracePeriod)
    }
  }

  /// What a run was told of the run before.
  var restart: GracefulRestart? {
    get {
      guard let period = milliseconds(.gracePeriod), period > .zero, let reason = restartReason else { return nil }
      var state = RestartState()
      for part in (self[.adjacencies] ?? "").split(separator: ",") {
        let words = part.split(separator: " ")
        guard words.count == 2, let index = UInt32(words[0]), let routerID = RouterID(words[1]) else { return nil }
        state.adjacencies.insert(.init(interfaceIndex: index, routerID: routerID))
      }
      for part in (self[.sequenceNumbers] ?? "").split(separator: ",") {
        let words = part.split(separator: " ")
        guard words.count == 5, let scope = ScopeID(recorded: words[0]), let key = LSAKey(recorded: words[1...3]),
          let number = Int32(words[4])
        else { return nil }
        state.sequenceNumbers[LSAIdentity(scope: scope, key: key)] = SequenceNumber(rawValue: number)
      }
      return GracefulRestart(state: state, gracePeriod: period, reason: reason, announcedAge: milliseconds(.announcedAge))
    }
    set {
      guard let newValue else { return }
      set(.gracePeriod, milliseconds: newValue.gracePeriod)
      restartReason = newValue.reason
      if let age = newValue.announcedAge { set(.announcedAge, milliseconds: age) }
      let adjacencies = newValue.state.adjacencies.map { "\($0.interfaceIndex) \($0.routerID)" }
      self[.adjacencies] = adjacencies.isEmpty ? nil : adjacencies.sorted().joined(separator: ",")
      let numbers = newValue.state.sequenceNumbers.map { identity, number in
        "\(identity.scope.recorded) \(identity.key.recorded) \(number.rawValue)"
      }
      self[.sequenceNumbers] = numbers.isEmpty ? nil : numbers.sorted().joined(separator: ",")
    }
  }

  private var restartReason: GraceLSA.Reason? {
    get { number(.restartReason).flatMap { GraceLSA.Reason(rawValue: $0) } }
    set { self[.restartReason] = newValue.map { String($0.rawValue) } }
  }

  private enum RestartEvent: String {
    case prepared, ended, helping
    case helpRefused = "help-refused"
    case helpEnded = "help-ended"
  }

  private enum Outcome: String {
    case completed
    case gracePeriodExpired = "grace-period-expired"
    case inconsistent, withdrawal
  }

  var gracefulRestartEvent: GracefulRestartEvent? {
    get {
      guard let event: RestartEvent = word(.restartEvent) else { return nil }
      switch event {
      case .prepared: return flag(.isAcknowledged).map { .prepared(acknowledged: $0) }
      case .ended: return outcome.map { .ended($0) }
      case .helping:
        guard let neighbor = neighborReference, let period = milliseconds(.gracePeriod), let reason = restartReason else {
          return nil
        }
        return .helping(neighbor, gracePeriod: period, reason: reason)
      case .helpRefused:
        guard let neighbor = neighborReference, let refusal: GracefulRestartEvent.HelpRefusal = word(.cause) else { return nil }
        return .helpRefused(neighbor, refusal)
      case .helpEnded:
        guard let neighbor = neighborReference, let outcome: GracefulRestartEvent.HelpOutcome = word(.cause) else { return nil }
        return .helpEnded(neighbor, outcome)
      }
    }
    set {
      func begin(_ event: RestartEvent) { self[.restartEvent] = event.rawValue }
      switch newValue {
      case .prepared(let acknowledged):
        begin(.prepared)
        set(.isAcknowledged, flag: acknowledged)
      case .ended(let outcome):
        begin(.ended)
        self.outcome = outcome
      case .helping(let neighbor, let period, let reason):
        begin(.helping)
        neighborReference = neighbor
        set(.gracePeriod, milliseconds: period)
        restartReason = reason
      case .helpRefused(let neighbor, let refusal):
        begin(.helpRefused)
        neighborReference = neighbor
        self[.cause] = refusal.rawValue
      case .helpEnded(let neighbor, let outcome):
        begin(.helpEnded)
        neighborReference = neighbor
        self[.cause] = outcome.rawValue
      case nil: break
      }
    }
  }

  private var outcome: GracefulRestartEvent.Outcome? {
    get {
      guard let outcome: Outcome = word(.outcome) else { return nil }
      switch outcome {
      case .completed: return .completed
      case .gracePeriodExpired: return .gracePeriodExpired
      case .inconsistent: return neighborReference.map { .inconsistent($0) }
      case .withdrawal: return .withdrawal
      }
    }
    set {
      let outcome: Outcome?
      switch newValue {
      case .completed: outcome = .completed
      case .gracePeriodExpired: outcome = .gracePeriodExpired
      case .inconsistent(let neighbor):
        outcome = .inconsistent
        neighborReference = neighbor
      case .withdrawal: outcome = .withdrawal
      case nil: outcome = nil
      }
      self[.outcome] = outcome?.rawValue
    }
  }
}

extension ScopeID {
  /// `link:2`, `link:2:10.0.0.1`, `area:0.0.0.0`, `as`
  fileprivate var recorded: String {
    switch self {
    case .link(let index, let address): "link:\(index)" + (address.map { ":\($0)" } ?? "")
    case .area(let area): "area:\(area)"
    case .autonomousSystem: "as"
    }
  }

  fileprivate init?(recorded: Substring) {
    let words = recorded.split(separator: ":")
    switch (words.first, words.count) {
    case ("as", 1): self = .autonomousSystem
    case ("area", 2):
      guard let area = AreaID(words[1]) else { return nil }
      self = .area(area)
    case ("link", 2), ("link", 3):
      guard let index = UInt32(words[1]) else { return nil }
      let address = words.count == 3 ? IPv4Address(words[2]) : nil
      guard words.count == 2 || address != nil else { return nil }
      self = .link(interfaceIndex: index, address: address)
    default: return nil
    }
  }
}
