import OSPFWire

/// LSAs that go into one or more updates for the same destination.
struct UpdateAssembly {
  private var packet: PacketWriter?
  private var count = 0

  /// Appends an LSA. Returns a packet that had no room for it and is complete.
  mutating func append(_ lsa: RawSpan, lsAge: UInt16, header: @autoclosure () -> PacketHeader, capacity: Int) -> [UInt8]? {
    var finished: [UInt8]?
    if let packet, packet.count + lsa.byteCount > capacity { finished = finish() }
    if packet == nil {
      packet = PacketWriter(header: header(), capacity: capacity)
      packet?.writer.uint32(0)
    }
    packet?.append(lsa: lsa, lsAge: lsAge)
    count += 1
    return finished
  }

  /// The packet with what is left, nil when nothing is.
  mutating func finish() -> [UInt8]? {
    guard var complete = packet else { return nil }
    complete.patchLSACount(count)
    complete.seal()
    self = UpdateAssembly()
    return complete.writer.bytes
  }
}

/// RFC 2328 section 8.1: sending protocol packets.
extension Router {
  /// Where packets for everybody on the network go, in the state that the interface is in (sections 13.3 and 13.5).
  func floodingDestination(on interface: Interface) -> IPAddress {
    switch interface.state {
    case .dr, .backup, .pointToPoint: rules.allSPFRouters
    case .down, .loopback, .waiting, .drOther: rules.allDRouters
    }
  }

  /// Where packets for one neighbor go: on a point-to-point network everything goes to AllSPFRouters.
  func destination(for neighbor: Neighbor) -> IPAddress {
    neighbor.interface.settings.networkType == .pointToPoint ? rules.allSPFRouters : neighbor.address
  }

  /// Sends a finished packet, which gets its authentication and what follows it here and nowhere else.
  /// Where no key is in force nothing is sent.
  func transmit(
    _ bytes: [UInt8], _ type: PacketType, signaling: LinkLocalSignaling? = nil, to destination: IPAddress, on interface: Interface
  ) {
    guard let authentication = interface.keys.sending else { return }
    interface.counters.sent[Int(type.rawValue)] += 1
    var bytes = bytes
    let sequenceNumber: UInt64
    switch authentication {
    case .null, .simplePassword: sequenceNumber = 0
    case .cryptographic, .extendedCryptographic, .trailer:
      sequenceNumber = cryptographicSequence.take()
      if let end = cryptographicSequence.extend() { sink.append(.reserveSequenceNumbers(before: end)) }
    }
    if let signaling {
      authentication.seal(&bytes, with: signaling, sequenceNumber: sequenceNumber, from: interface.address)
    } else {
      authentication.seal(&bytes, sequenceNumber: sequenceNumber, from: interface.address)
    }
    sink.append(
      .transmit(
        Transmission(
          interfaceIndex: interface.definition.index, source: interface.address, destination: destination, bytes: bytes,
          wantsChecksum: authentication == .null, timeToLive: interface.settings.hasTTLSecurity ? .max : 1)))
  }

  /// Sends a packet with the given body.
  func transmit(_ body: Packet.Body, _ type: PacketType, to destination: IPAddress, on interface: Interface) {
    let header = rules.header(type, on: interface, routerID: configuration.routerID)
    transmit(Packet(header: header, body: body).encode(), type, to: destination, on: interface)
  }

  /// Adds the LSA in a database slot to the update for everybody on the network.
  func enqueue(_ slot: Int, of database: LinkStateDatabase, on interface: Interface, at now: Instant) {
    let lsAge = sentAge(slot, of: database, on: interface, at: now)
    let full = database.withLSA(slot) {
      interface.activity?.update.append(
        $0, lsAge: lsAge, header: rules.header(.linkStateUpdate, on: interface, routerID: configuration.routerID),
        capacity: interface.packetCapacity)
    }
    if let full = full ?? nil { transmit(full, .linkStateUpdate, to: floodingDestination(on: interface), on: interface) }
  }

  /// Adds the LSA in a database slot to the update for one neighbor.
  func enqueue(_ slot: Int, of database: LinkStateDatabase, to neighbor: Neighbor, at now: Instant) {
    guard let exchange = neighbor.exchange else { return }
    let interface = neighbor.interface
    let lsAge = sentAge(slot, of: database, on: interface, at: now)
    let full = database.withLSA(slot) {
      exchange.update.append(
        $0, lsAge: lsAge, header: rules.header(.linkStateUpdate, on: interface, routerID: configuration.routerID),
        capacity: interface.packetCapacity)
    }
    if let full { transmit(full, .linkStateUpdate, to: destination(for: neighbor), on: interface) }
  }

  /// Section 13.3: the age grows by InfTransDelay on the way, up to MaxAge.
  private func sentAge(_ slot: Int, of database: LinkStateDatabase, on interface: Interface, at now: Instant) -> UInt16 {
    database.noteSent(slot, at: now)
    let age = UInt32(database.lsAge(slot, at: now)) + UInt32(interface.settings.infTransDelay)
    return UInt16(min(age, UInt32(ProtocolConstants.maxAge)))
  }

  /// Sends what the turn has gathered.
  func transmitPending(at now: Instant) {
    for interface in interfaces {
      if let update = interface.activity?.update.finish() {
        transmit(update, .linkStateUpdate, to: floodingDestination(on: interface), on: interface)
      }
      for neighbor in interface.neighbors {
        if let update = neighbor.exchange?.update.finish() {
          transmit(update, .linkStateUpdate, to: destination(for: neighbor), on: interface)
        }
        sendDirectAcknowledgments(to: neighbor)
      }
    }
  }
}
