import OSPFWire

/// Something that happened to the sessions and that their owner wants to know.
public enum SessionSetEvent: Hashable, Sendable {
  /// A session changed state (RFC 5880 section 6.2). `diagnostic` is what our packets say now.
  case sessionStateChanged(
    SessionKey, from: SessionState, to: SessionState, event: SessionEvent, diagnostic: Diagnostic)
  /// A session that is no longer wanted has told its neighbor so, and is forgotten.
  case sessionEnded(SessionKey)
  /// A packet was not accepted.
  case packetRefused(interfaceIndex: UInt32, source: IPAddress, reason: ReceptionRefusal)
}

/// Where the outputs of a session set go. The caller takes them after every call, and then says `removeAll`.
///
/// Packets lie one behind the other in one array that keeps its room, so that a set whose sessions are quiet allocates nothing.
public final class SessionSink {
  /// A packet to be sent: from whom to whom, and where in `octets` its UDP payload is.
  public struct Transmission: Hashable, Sendable {
    /// The session: device, source and destination.
    public var key: SessionKey
    /// The payload in `octets`.
    public var range: Range<Int>
  }

  /// The payloads of all packets.
  public private(set) var octets: [UInt8] = []
  /// The packets to be sent, in order.
  public private(set) var transmissions: [Transmission] = []
  /// What happened, in order.
  public private(set) var events: [SessionSetEvent] = []

  public init() {
    octets.reserveCapacity(4096)
    transmissions.reserveCapacity(64)
    events.reserveCapacity(64)
  }

  /// Forgets everything, and keeps the room.
  public func removeAll() {
    octets.removeAll(keepingCapacity: true)
    transmissions.removeAll(keepingCapacity: true)
    events.removeAll(keepingCapacity: true)
  }

  func transmit(from key: SessionKey, _ append: (inout [UInt8]) -> Void) {
    let start = octets.count
    append(&octets)
    transmissions.append(Transmission(key: key, range: start..<octets.count))
  }

  func report(_ event: SessionSetEvent) { events.append(event) }
}
