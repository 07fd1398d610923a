/// One key of cryptographic authentication at one instant: an element of `authenticationKeys`. The key itself is in no report.
public struct KeyReport: Codable, Hashable, Sendable {
  /// The Key ID; in OSPFv3 the Security Association ID.
  public var id: Int
  /// What digests are made with: `md5`, `hmac-sha-256`.
  public var algorithm: AuthenticationName
  /// Whether packets are sent with it now.
  public var sending: Bool
  /// Whether packets with it are accepted now.
  public var accepted: Bool
  /// Time until packets can be sent with it; nil when that is now, or was.
  public var sendBeginsSeconds: Double?
  /// Time until no packet is sent with it any more, 0 when that is over; nil when that has no end.
  public var sendEndsSeconds: Double?
  /// Time until packets with it are not accepted any more, 0 when that is over; nil when that has no end.
  public var acceptEndsSeconds: Double?

  public init(
    id: Int, algorithm: AuthenticationName, sending: Bool, accepted: Bool, sendBeginsSeconds: Double? = nil,
    sendEndsSeconds: Double? = nil,
    acceptEndsSeconds: Double? = nil
  ) {
    self.id = id
    self.algorithm = algorithm
    self.sending = sending
    self.accepted = accepted
    self.sendBeginsSeconds = sendBeginsSeconds
    self.sendEndsSeconds = sendEndsSeconds
    self.acceptEndsSeconds = acceptEndsSeconds
  }
}

extension KeyReport {
  /// A key that ends sooner than this is to be followed by another one soon.
  public static let warningSeconds = 7 * 86_400.0
}

extension InterfaceReport {
  /// Whether nothing can be sent without a key.
  public var needsKey: Bool {
    authentication.isCryptographic && state != .loopback && state != .absent && !passive
  }

  /// The key that packets are sent with.
  public var sendingKey: KeyReport? { authenticationKeys.first(where: \.sending) }

  /// The key that takes the place of one that ends after so many seconds.
  public func successor(of key: KeyReport, after seconds: Double) -> KeyReport? {
    authenticationKeys.first {
      $0.id != key.id && $0.sendBeginsSeconds ?? 0 <= seconds && $0.sendEndsSeconds ?? .infinity > seconds
    }
  }
}
