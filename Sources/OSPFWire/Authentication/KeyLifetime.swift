/// When a key is used: from one second of the calendar to another, both included. The seconds are those of whatever calendar the
/// configuration is written in, counted from the beginning of 1970.
public struct KeyLifetime: Hashable, Sendable {
  /// The first second; nil for a key that has always been in force.
  public var start: Int64?
  /// The last second; nil for a key without an end.
  public var end: Int64?

  /// A lifetime; without bounds it is that of a key that is always in force.
  public init(start: Int64? = nil, end: Int64? = nil) {
    self.start = start
    self.end = end
  }

  /// Without beginning or end.
  public static let always = KeyLifetime()

  /// Whether the second is one of the lifetime.
  public func contains(_ now: Int64) -> Bool { start ?? .min <= now && now <= end ?? .max }

  /// The next second after `now` at which `contains` gives another answer.
  fileprivate func nextChange(after now: Int64) -> Int64? {
    [start, end.flatMap { $0 < .max ? $0 + 1 : nil }].compactMap { $0 }.filter { $0 > now }.min()
  }
}

/// What of the authentication of an interface is in force at one second.
public struct AuthenticationInForce: Hashable, Sendable {
  /// How packets are sent: with one key where there are keys. Nil when none is in force: nothing is sent then.
  public var sending: Authentication?
  /// How received packets are verified, with the keys that are accepted.
  public var accepting: Authentication
  /// When a key begins or ends next.
  public var nextChange: Int64?

  /// Says what is in force.
  public init(sending: Authentication?, accepting: Authentication, nextChange: Int64? = nil) {
    self.sending = sending
    self.accepting = accepting
    self.nextChange = nextChange
  }

  /// The key that packets are sent with.
  public var sendingKey: CryptographicKey? { sending?.keys.last }
}

extension Authentication {
  /// The keys of cryptographic authentication; none where there is another.
  public var keys: [CryptographicKey] {
    switch self {
    case .null, .simplePassword: []
    case .cryptographic(let keys), .extendedCryptographic(let keys), .trailer(let keys, _): keys
    }
  }

  /// The same kind of authentication with other keys.
  private func with(_ keys: [CryptographicKey]) -> Authentication {
    switch self {
    case .null, .simplePassword: self
    case .cryptographic: .cryptographic(keys)
    case .extendedCryptographic: .extendedCryptographic(keys)
    case .trailer(_, let order): .trailer(keys, order)
    }
  }

  private var needsKey: Bool {
    switch self {
    case .null, .simplePassword: false
    case .cryptographic, .extendedCryptographic, .trailer: true
    }
  }

  /// What is in force at a second: every key whose accept lifetime contains it is accepted, and of those whose send lifetime contains
  /// it the one that began last is sent with (RFC 2328 section D.3, RFC 7474 section 4.1), the later one in the list where two began
  /// together.
  public func inForce(at now: Int64) -> AuthenticationInForce {
    let sending = keys.filter { $0.sendLifetime.contains(now) }
    let newest = sending.map { $0.sendLifetime.start ?? .min }.max()
    let chosen = sending.last { $0.sendLifetime.start ?? .min == newest }
    let changes = keys.flatMap { [$0.sendLifetime.nextChange(after: now), $0.acceptLifetime.nextChange(after: now)] }
    return AuthenticationInForce(
      sending: needsKey ? chosen.map { with([$0]) } : self,
      accepting: with(keys.filter { $0.acceptLifetime.contains(now) }), nextChange: changes.compactMap { $0 }.min())
  }
}
