import OSPFProtocol
import OSPFWire

/// A drain in force: its service or address is withdrawn until it is undrained or its time is over.
struct Drain {
  /// What a drain withdraws.
  enum Target: Hashable {
    case service(String)
    case address(IPAddress)

    var text: String {
      switch self {
      case .service(let name): name
      case .address(let address): address.description
      }
    }
  }

  let target: Target
  let reason: String?
  /// When it began; nil when it was in force before we started, so that there is no drain metric to advertise first.
  let since: Instant?
  /// When it ends by itself.
  let until: Instant?

  func covers(_ address: ServiceAddress, of service: ServiceConfiguration) -> Bool {
    switch target {
    case .service(let name): name == service.name
    case .address(let drained): drained == address.address
    }
  }

  /// The last instant of the drain metric; nil when it is not advertised at all.
  func metricEnd(of service: ServiceConfiguration) -> Instant? {
    guard let metric = service.drain, let since else { return nil }
    return since + metric.duration
  }
}

/// A drain as it is kept across a restart. Times are counted, not dated, because the policy knows no calendar: whoever stores it
/// stores the date as well, and takes the time that has passed off with `reduced(by:)`.
public struct StoredDrain: Hashable, Sendable, Codable {
  /// The service, when a service is drained.
  public var service: String?
  /// The address in text form, when an address is drained.
  public var address: String?
  /// What the operator said.
  public var reason: String?
  /// Time left when it was stored, or how long it is to last when it has not begun; nil means without end.
  public var remainingSeconds: Double?
  /// Time until it begins; nil when it has begun.
  public var beginsInSeconds: Double?
  /// Whether it begins also where no other node serves; nil means no.
  public var isForced: Bool?

  public init(
    service: String? = nil, address: String? = nil, reason: String? = nil, remainingSeconds: Double? = nil,
    beginsInSeconds: Double? = nil, isForced: Bool? = nil
  ) {
    self.service = service
    self.address = address
    self.reason = reason
    self.remainingSeconds = remainingSeconds
    self.beginsInSeconds = beginsInSeconds
    self.isForced = isForced
  }

  /// What is left of the drain after `seconds` have passed; nil when it is over. A negative time counts as none.
  public func reduced(by seconds: Double) -> StoredDrain? {
    var drain = self
    var passed = max(seconds, 0)
    if let begins = beginsInSeconds {
      // A window that began in the meantime is in force now, for what is left of it.
      drain.beginsInSeconds = max(begins - passed, 0)
      passed = max(passed - begins, 0)
    }
    guard let remainingSeconds else { return drain }
    guard remainingSeconds > passed else { return nil }
    drain.remainingSeconds = remainingSeconds - passed
    return drain
  }

  init(_ drain: Drain, at now: Instant) {
    switch drain.target {
    case .service(let name): service = name
    case .address(let drained): address = drained.description
    }
    reason = drain.reason
    remainingSeconds = drain.until.map { Double(($0 - now).nanoseconds) / 1e9 }
  }

  init(_ plan: PlannedDrain, at now: Instant) {
    switch plan.target {
    case .service(let name): service = name
    case .address(let drained): address = drained.description
    }
    reason = plan.reason
    remainingSeconds = plan.duration.map { Double($0.nanoseconds) / 1e9 }
    beginsInSeconds = max(Double((plan.start - now).nanoseconds) / 1e9, 0)
    isForced = plan.isForced
  }

  /// The drain in force; nil when neither field names something.
  func drain(at now: Instant) -> Drain? {
    target.map { Drain(target: $0, reason: reason, since: nil, until: remainingSeconds.map { now + Self.duration($0) }) }
  }

  /// The drain that has not begun; nil when it has.
  func plan(at now: Instant) -> PlannedDrain? {
    guard let beginsInSeconds, let target else { return nil }
    return PlannedDrain(
      target: target, reason: reason, start: now + Self.duration(beginsInSeconds),
      duration: remainingSeconds.map(Self.duration), isForced: isForced ?? false)
  }

  private var target: Drain.Target? {
    if let service { return .service(service) }
    return address.flatMap { IPAddress($0) }.map { .address($0) }
  }

  private static func duration(_ seconds: Double) -> Duration { .nanoseconds(Int64(min(max(seconds, 0), 1e9) * 1e9)) }
}

extension [IPAddress] {
  /// `192.0.2.1 and 192.0.2.2`
  public var listed: String {
    guard count > 1, let last else { return first?.description ?? "" }
    return dropLast().map(\.description).joined(separator: ", ") + " and \(last)"
  }
}

/// Why a drain or an undrain was refused. Its description is the sentence for the operator.
public enum DrainError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No service and no service's address has that name; `known` are those that there are.
  case unknownName(String, known: [String])
  /// There is no drain to end.
  case notDrained(String)
  /// The address has no drain of its own; its whole service is drained.
  case drainedWithService(String, service: String)
  /// No other node serves these addresses.
  case servedHereOnly([IPAddress])
  /// The service tells no state, so that nobody knows that it waits.
  case tellsNoState(String)
  /// No external LSA comes here, so that nobody else can be seen.
  case seesNoOthers

  public var description: String {
    switch self {
    case .unknownName(let name, _):
      "'\(name)' is neither a service nor an address of one"
    case .notDrained(let name):
      "'\(name)' is not drained"
    case .drainedWithService(let name, let service):
      "'\(name)' is drained as part of service '\(service)': undrain '\(service)'"
    case .servedHereOnly(let addresses):
      "you are the only one that serves \(addresses.listed): repair another node first, or say --force"
    case .tellsNoState(let service):
      "the service '\(service)' has no line 'tag state': without it the other nodes cannot know that this one waits"
    case .seesNoOthers:
      "this node is in a stub area, and sees no external LSA: what the other nodes do cannot be known here"
    }
  }
}
