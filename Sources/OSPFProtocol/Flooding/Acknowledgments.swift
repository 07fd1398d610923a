import OSPFWire

/// RFC 2328 section 13.5: sending Link State Acknowledgment packets.
extension Router {
  /// A delayed acknowledgment: shares a packet with others and reaches everybody on the network.
  func acknowledgeLater(_ header: LSAHeader, on interface: Interface, at now: Instant) {
    guard let waiting = interface.activity?.delayAcknowledgment(of: header) else { return }
    if waiting >= acknowledgmentCapacity(of: interface) {
      sendDelayedAcknowledgments(on: interface)
    } else if waiting == 1 {
      interface.activity?.acknowledgmentTimer =
        now + min(ProtocolConstants.delayedAcknowledgmentInterval, interface.settings.rxmtInterval / 4)
    }
  }

  func sendDelayedAcknowledgments(on interface: Interface) {
    interface.activity?.acknowledgmentTimer = nil
    let headers = interface.activity?.delayedAcknowledgments ?? []
    let named = headers.prefix(ListedLSAs.limit).map(\.key)
    sink.append(.note(.delayedAcknowledgmentsSent(interface.reference, ListedLSAs(named, count: headers.count))))
    interface.activity?.delayedAcknowledgments.removeAll(keepingCapacity: true)
    if interface.multicasts {
      acknowledge(headers, to: floodingDestination(on: interface), on: interface)
    } else {
      for neighbor in interface.neighbors where neighbor.state >= .exchange {
        acknowledge(headers, to: neighbor.address, on: interface)
      }
    }
  }

  /// A direct acknowledgment answers one neighbor at once.
  func sendDirectAcknowledgments(to neighbor: Neighbor) {
    guard let exchange = neighbor.exchange, !exchange.directAcknowledgments.isEmpty else { return }
    acknowledge(exchange.directAcknowledgments, to: destination(for: neighbor), on: neighbor.interface)
    exchange.directAcknowledgments = []
  }

  private func acknowledge(_ headers: [LSAHeader], to destination: IPAddress, on interface: Interface) {
    let capacity = acknowledgmentCapacity(of: interface)
    for start in stride(from: 0, to: headers.count, by: capacity) {
      let part = Array(headers[start..<min(start + capacity, headers.count)])
      transmit(
        .linkStateAcknowledgment(LinkStateAcknowledgment(lsaHeaders: part)), .linkStateAcknowledgment, to: destination,
        on: interface)
    }
  }

  private func acknowledgmentCapacity(of interface: Interface) -> Int {
    (interface.packetCapacity - PacketHeader.size(rules.version)) / LSAHeader.size
  }

  /// Section 13.7: receiving Link State Acknowledgment packets.
  func receive(_ acknowledgment: LinkStateAcknowledgment, from neighbor: Neighbor, at now: Instant) throws(Refusal) {
    guard neighbor.state >= .exchange else {
      throw .neighborStateTooLow(type: .linkStateAcknowledgment, state: neighbor.state)
    }
    for header in acknowledgment.lsaHeaders where neighbor.awaitsAcknowledgment(of: header.key) {
      guard let database = database(for: header.key.lsType, on: neighbor.interface),
        let slot = database.slot(of: header.key),
        header.recency(comparedTo: database.header(slot, at: now)) == .same
      else { continue }
      removeRetransmission(of: header.key, to: neighbor)
    }
  }
}
