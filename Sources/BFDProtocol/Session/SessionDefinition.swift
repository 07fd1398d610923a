import OSPFWire

/// What a session is between: two addresses on one network device. There is one session for each pair and family (RFC 5881 section 3).
public struct SessionKey: Hashable, Sendable {
  /// The index of the device.
  public var interfaceIndex: UInt32
  /// Our address on it.
  public var local: IPAddress
  /// The neighbor's.
  public var remote: IPAddress

  public init(interfaceIndex: UInt32, local: IPAddress, remote: IPAddress) {
    self.interfaceIndex = interfaceIndex
    self.local = local
    self.remote = remote
  }
}

/// What an operator decides about a session.
public struct SessionParameters: Hashable, Sendable {
  /// How often we would like to send. Until the session is Up it is never more often than once a second.
  public var desiredMinTxInterval: Microseconds
  /// How often we can receive.
  public var requiredMinRxInterval: Microseconds
  /// How many of our packets the neighbor may miss; at least 1.
  public var detectMultiplier: UInt8
  /// The lowest TTL that is accepted of an authenticated packet. Without authentication it is always 255 (RFC 5881 section 5).
  public var minimumTTL: UInt8
  /// Whether to keep silent until the neighbor is heard (RFC 5880 section 6.1, "Passive role").
  public var isPassive: Bool
  /// Whether to hold the session in AdminDown.
  public var isShutDown: Bool
  /// How packets are authenticated; nil for not at all.
  public var authentication: SessionAuthentication?

  /// The defaults are those of FRR: 300 ms, three times.
  public init(
    desiredMinTxInterval: Duration = .milliseconds(300), requiredMinRxInterval: Duration = .milliseconds(300),
    detectMultiplier: UInt8 = 3, minimumTTL: UInt8 = 255, isPassive: Bool = false, isShutDown: Bool = false,
    authentication: SessionAuthentication? = nil
  ) {
    self.desiredMinTxInterval = max(Microseconds(desiredMinTxInterval), Microseconds(rawValue: 1))
    self.requiredMinRxInterval = max(Microseconds(requiredMinRxInterval), Microseconds(rawValue: 1))
    self.detectMultiplier = max(detectMultiplier, 1)
    self.minimumTTL = minimumTTL
    self.isPassive = isPassive
    self.isShutDown = isShutDown
    self.authentication = authentication
  }
}

/// A session that is wanted.
public struct SessionDefinition: Hashable, Sendable {
  /// Between whom.
  public var key: SessionKey
  /// How.
  public var parameters: SessionParameters

  public init(key: SessionKey, parameters: SessionParameters) {
    self.key = key
    self.parameters = parameters
  }
}
