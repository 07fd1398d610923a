import OSPFProtocol

/// `damping N in T hold T max T`: a service that changes state too often is held down, each time for longer.
public struct DampingConfiguration: Hashable, Sendable {
  /// How many changes of state within the window are tolerated.
  public var limit: Int
  public var window: Duration
  /// How long the service is held down the first time. Each time that it has not settled since doubles it.
  public var hold: Duration
  /// The longest that it is held down.
  public var longestHold: Duration

  /// A damping with the defaults of the dialect.
  public init(
    limit: Int, window: Duration, hold: Duration = .seconds(60), longestHold: Duration = .seconds(3600)
  ) {
    self.limit = limit
    self.window = window
    self.hold = hold
    self.longestHold = longestHold
  }
}

/// Counts how often the verdicts change a service's state, and holds it down when that is too often.
struct Damper {
  /// A service is held down.
  struct Hold: Hashable {
    var until: Instant
    var duration: Duration
    /// How many changes of state have caused it.
    var changes: Int
  }

  /// What an observation has led to.
  enum Outcome: Equatable {
    case unchanged
    case held(Hold)
    case released
  }

  /// Nil while the service is not held down.
  private(set) var hold: Hold?
  /// What the verdicts said last; nil before the service has been up, because rising for the first time is no change.
  private var wasUp: Bool?
  private var changes: [Instant] = []
  /// How many holds have followed each other.
  private var repetitions = 0
  private var lastRelease: (at: Instant, after: Duration)?

  /// The verdicts were forgotten, or the configuration has changed what they add up to: what they say next is no change.
  mutating func forget() { wasUp = nil }

  /// Goes on with a hold of an earlier run.
  mutating func resume(_ hold: Hold) { self.hold = hold }

  /// Looks at what the verdicts say now. Without a configuration nothing is ever held down.
  mutating func observe(isUp: Bool, _ configuration: DampingConfiguration?, at now: Instant) -> Outcome {
    count(isUp, at: now)
    guard let configuration else {
      let wasHeld = hold != nil
      self = Damper(wasUp: wasUp)
      return wasHeld ? .released : .unchanged
    }
    changes.removeAll { now - $0 > configuration.window }
    // No more are needed to know that they are too many: a long hold does not pile them up.
    changes.removeFirst(max(changes.count - configuration.limit - 1, 0))
    if let hold, now < hold.until { return .unchanged }
    if changes.count > configuration.limit { return .held(beginHold(configuration, at: now)) }
    guard let ended = hold else { return .unchanged }
    hold = nil
    lastRelease = (now, ended.duration)
    return .released
  }

  init() {}

  private init(wasUp: Bool?) { self.wasUp = wasUp }

  private mutating func count(_ isUp: Bool, at now: Instant) {
    guard let wasUp else {
      if isUp { self.wasUp = true }
      return
    }
    guard isUp != wasUp else { return }
    changes.append(now)
    self.wasUp = isUp
  }

  /// A service that was stable for as long as it had been held down, and for a window, begins anew.
  private mutating func beginHold(_ configuration: DampingConfiguration, at now: Instant) -> Hold {
    if let lastRelease, now - lastRelease.at > max(configuration.window, lastRelease.after) { repetitions = 0 }
    let factor = Int64(1) << Int64(min(repetitions, 20))
    let duration = min(configuration.hold * Double(factor), max(configuration.longestHold, configuration.hold))
    repetitions += 1
    let begun = Hold(until: now + duration, duration: duration, changes: changes.count)
    changes = []
    hold = begun
    return begun
  }
}
