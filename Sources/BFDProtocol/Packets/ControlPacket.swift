import OSPFWire

/// A BFD Control packet (RFC 5880 section 4.1), without the Multipoint bit, which must be zero.
public struct ControlPacket: Hashable, Sendable {
  /// The version that this module speaks.
  public static let version: UInt8 = 1
  /// The octets of the mandatory section.
  public static let mandatorySize = 24

  /// Diag: why the sender's session last changed to Down or AdminDown.
  public var diagnostic: Diagnostic
  /// Sta: the state of the session as its sender sees it.
  public var state: SessionState
  /// P: the sender asks for a packet with the Final bit.
  public var poll: Bool
  /// F: this packet answers one with the Poll bit.
  public var final: Bool
  /// C: the sender's BFD survives a restart of its control plane.
  public var controlPlaneIndependent: Bool
  /// D: the sender is in Demand mode and wants no periodic packets.
  public var demand: Bool
  /// Detect Mult: how many of the sender's packets may be missing.
  public var detectMultiplier: UInt8
  /// My Discriminator: the sender's number for the session, never zero.
  public var myDiscriminator: Discriminator
  /// Your Discriminator: the receiver's number for the session, zero as long as the sender does not know it.
  public var yourDiscriminator: Discriminator
  /// Desired Min TX Interval: how often the sender would like to send.
  public var desiredMinTxInterval: Microseconds
  /// Required Min RX Interval: how often the sender can receive; zero when it wants no periodic packets at all.
  public var requiredMinRxInterval: Microseconds
  /// Required Min Echo RX Interval: how often the sender can loop Echo packets back; zero when it cannot.
  public var requiredMinEchoRxInterval: Microseconds
  /// The Authentication Section, which the A bit announces.
  public var authentication: AuthenticationSection?

  public init(
    diagnostic: Diagnostic = .none, state: SessionState, poll: Bool = false, final: Bool = false,
    controlPlaneIndependent: Bool = false, demand: Bool = false, detectMultiplier: UInt8,
    myDiscriminator: Discriminator, yourDiscriminator: Discriminator, desiredMinTxInterval: Microseconds,
    requiredMinRxInterval: Microseconds, requiredMinEchoRxInterval: Microseconds = .zero,
    authentication: AuthenticationSection? = nil
  ) {
    self.diagnostic = diagnostic
    self.state = state
    self.poll = poll
    self.final = final
    self.controlPlaneIndependent = controlPlaneIndependent
    self.demand = demand
    self.detectMultiplier = detectMultiplier
    self.myDiscriminator = myDiscriminator
    self.yourDiscriminator = yourDiscriminator
    self.desiredMinTxInterval = desiredMinTxInterval
    self.requiredMinRxInterval = requiredMinRxInterval
    self.requiredMinEchoRxInterval = requiredMinEchoRxInterval
    self.authentication = authentication
  }
}

/// Session states (RFC 5880 section 4.1). The raw value is that of the Sta field.
public enum SessionState: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case adminDown, down, `init`, up

  /// The RFC's spelling.
  public var description: String {
    switch self {
    case .adminDown: "AdminDown"
    case .down: "Down"
    case .`init`: "Init"
    case .up: "Up"
    }
  }
}

/// The Diag field: five bits, of which RFC 5880 section 4.1 names nine values.
public struct Diagnostic: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The number, 0 to 31.
  public let rawValue: UInt8

  /// Keeps the low five bits of a number.
  public init(rawValue: UInt8) { self.rawValue = rawValue & 0x1F }

  public static let none = Diagnostic(rawValue: 0)
  public static let controlDetectionTimeExpired = Diagnostic(rawValue: 1)
  public static let echoFunctionFailed = Diagnostic(rawValue: 2)
  public static let neighborSignaledSessionDown = Diagnostic(rawValue: 3)
  public static let forwardingPlaneReset = Diagnostic(rawValue: 4)
  public static let pathDown = Diagnostic(rawValue: 5)
  public static let concatenatedPathDown = Diagnostic(rawValue: 6)
  public static let administrativelyDown = Diagnostic(rawValue: 7)
  public static let reverseConcatenatedPathDown = Diagnostic(rawValue: 8)

  /// The RFC's words.
  public var description: String {
    switch rawValue {
    case 0: "No Diagnostic"
    case 1: "Control Detection Time Expired"
    case 2: "Echo Function Failed"
    case 3: "Neighbor Signaled Session Down"
    case 4: "Forwarding Plane Reset"
    case 5: "Path Down"
    case 6: "Concatenated Path Down"
    case 7: "Administratively Down"
    case 8: "Reverse Concatenated Path Down"
    default: "Diagnostic \(rawValue)"
    }
  }
}

/// The number under which one of the two systems knows a session (RFC 5880 section 6.3).
public struct Discriminator: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The 32 bits in host byte order.
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Not known yet.
  public static let zero = Discriminator(rawValue: 0)

  public var description: String { String(rawValue) }
}

/// An interval as packets carry it: 0 to 4,294,967,295 microseconds.
public struct Microseconds: RawRepresentable, Hashable, Comparable, Sendable {
  /// The microseconds.
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// An interval from a duration, rounded down; what does not fit is brought to the nearest end.
  public init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    guard !overflow else {
      rawValue = seconds < 0 ? 0 : .max
      return
    }
    rawValue = UInt32(clamping: whole.addingReportingOverflow(attoseconds / 1_000_000_000_000).partialValue)
  }

  public static let zero = Microseconds(rawValue: 0)

  /// The same as a duration.
  public var duration: Duration { .microseconds(Int64(rawValue)) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
