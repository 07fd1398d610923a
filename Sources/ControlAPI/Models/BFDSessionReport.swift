/// One BFD session at one instant: an element of `GET /v1/bfd`.
public struct BFDSessionReport: Codable, Hashable, Sendable {
  /// The device.
  public var interface: String
  /// The neighbor's address.
  public var address: String
  /// Our address.
  public var localAddress: String
  /// The state in the words of RFC 5880: `Up`, `Init`, `Down`, `AdminDown`.
  public var state: BFDStateName
  /// Time since the state was entered.
  public var stateAgeSeconds: Double
  /// Why it last went down, in the words of RFC 5880 section 4.1.
  public var diagnostic: BFDDiagnosticName
  /// The neighbor's state, nil while it is not heard.
  public var remoteState: BFDStateName?
  /// The neighbor's diagnostic, nil while it is not heard.
  public var remoteDiagnostic: BFDDiagnosticName?
  /// The number of the session on our side.
  public var localDiscriminator: UInt32
  /// The number of the session on the neighbor's side, 0 while it is not heard.
  public var remoteDiscriminator: UInt32
  /// The interval between our packets, before jitter; nil when none are sent.
  public var transmitIntervalSeconds: Double?
  /// How long the neighbor may be silent; nil while it is not heard.
  public var detectionTimeSeconds: Double?
  /// What is configured.
  public var local: Timers
  /// What the neighbor's packets say; nil while it is not heard.
  public var remote: Timers?
  /// Whether we are silent until the neighbor is heard.
  public var passive: Bool
  /// The kind of authentication; nil without.
  public var authentication: String?
  /// How often the session came up.
  public var upCount: UInt64
  /// How often it left the state Up.
  public var downCount: UInt64
  /// Packets received and accepted.
  public var received: UInt64
  /// Packets sent.
  public var sent: UInt64
  /// Packets of the session that were refused.
  public var refused: UInt64

  /// The timers of one side.
  public struct Timers: Codable, Hashable, Sendable {
    public var detectMultiplier: Int
    public var transmitIntervalSeconds: Double
    public var receiveIntervalSeconds: Double

    public init(detectMultiplier: Int, transmitIntervalSeconds: Double, receiveIntervalSeconds: Double) {
      self.detectMultiplier = detectMultiplier
      self.transmitIntervalSeconds = transmitIntervalSeconds
      self.receiveIntervalSeconds = receiveIntervalSeconds
    }
  }

  /// A session that nothing has happened to.
  public init(
    interface: String, address: String, localAddress: String, state: BFDStateName, stateAgeSeconds: Double,
    diagnostic: BFDDiagnosticName,
    localDiscriminator: UInt32, remoteDiscriminator: UInt32, local: Timers, passive: Bool = false,
    authentication: String? = nil
  ) {
    self.interface = interface
    self.address = address
    self.localAddress = localAddress
    self.state = state
    self.stateAgeSeconds = stateAgeSeconds
    self.diagnostic = diagnostic
    self.localDiscriminator = localDiscriminator
    self.remoteDiscriminator = remoteDiscriminator
    self.local = local
    self.passive = passive
    self.authentication = authentication
    upCount = 0
    downCount = 0
    received = 0
    sent = 0
    refused = 0
  }
}

extension BFDSessionReport {
  /// Whether both sides hear each other.
  public var isUp: Bool { state == .up }
}
