import OSPFWire

/// The calendar as the router was last told of it. Lifetimes of keys are written in it, and nothing else here depends on it.
struct WallClock {
  private var reading: Int64
  private var instant: Instant

  init(_ reading: Int64, at instant: Instant) {
    self.reading = reading
    self.instant = instant
  }

  /// The second that it is.
  func second(at now: Instant) -> Int64 { reading.addingReportingOverflow((now - instant).wholeSeconds).partialValue }

  /// The beginning of a second.
  func beginning(of second: Int64) -> Instant {
    let (distance, overflow) = second.subtractingReportingOverflow(reading)
    return overflow ? Instant(nanoseconds: .max) : instant + .seconds(distance)
  }
}

/// Which keys an interface sends with and accepts, as their lifetimes begin and end (RFC 2328 section D.3).
extension Router {
  /// Says what second of the calendar it is, counted from the beginning of 1970: whenever the clock may have been set.
  public func setWallClock(_ second: Int64, at now: Instant) {
    // A second more or less is the reading's own.
    guard abs(second - wallClock.second(at: now)) > 1 else { return }
    wallClock = WallClock(second, at: now)
    for interface in interfaces { chooseKeys(of: interface, at: now) }
  }

  /// Finds out which keys are in force, and tells of a change.
  func chooseKeys(of interface: Interface, at now: Instant) {
    let former = interface.keys
    interface.keys = interface.settings.authentication.inForce(at: wallClock.second(at: now))
    interface.keyTimer = interface.keys.nextChange.map(wallClock.beginning)
    guard !interface.definition.isLoopback, !interface.settings.isPassive else { return }
    if interface.keys.sending == nil {
      if former.sending != nil { sink.report(.noKeyInForce(interface: interface.reference)) }
    } else if let key = interface.keys.sendingKey, former.sending == nil || former.sendingKey.map({ $0.id != key.id }) ?? false {
      sink.report(.keyInForce(interface: interface.reference, keyID: key.id))
    }
  }
}

extension Interface {
  /// Refuses a packet that no key in force has authenticated.
  func verifyAuthentication(_ datagram: Datagram, _ packet: Packet) throws(Refusal) {
    do throws(AuthenticationError) {
      try keys.accepting.verify(datagram.bytes, packet, from: datagram.source)
    } catch .unknownKey(let id) where settings.authentication.keys.contains(where: { $0.id == id }) {
      throw Refusal(.keyNotInForce(id: id))
    } catch {
      throw Refusal(error)
    }
  }
}

/// The Cryptographic sequence numbers of the packets that were accepted from a neighbor.
struct ReceivedSequenceNumbers {
  /// In AuType 2 all packets have one sequence, the first of these. Otherwise each packet type has its own (RFC 7474 section 2, RFC 7166
  /// section 4.6): routers may send Hellos before what waits.
  private var last: [UInt64?] = Array(repeating: nil, count: 6)

  private func position(_ header: PacketHeader) -> Int {
    if case .v2(authenticationType: 2, _) = header.extent { 0 } else { Int(header.type.rawValue) }
  }

  /// The number of the last packet that this one is to be compared with; nil before the first.
  subscript(header: PacketHeader) -> UInt64? {
    get { last[position(header)] }
    set { last[position(header)] = newValue }
  }
}
