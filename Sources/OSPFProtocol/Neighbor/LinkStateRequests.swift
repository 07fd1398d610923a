import OSPFWire

extension Router {
  /// RFC 2328 section 10.7: receiving Link State Request packets.
  func receive(_ request: LinkStateRequest, from neighbor: Neighbor, at now: Instant) throws(Refusal) {
    guard neighbor.state >= .exchange else {
      throw .neighborStateTooLow(type: .linkStateRequest, state: neighbor.state)
    }
    for key in request.requests {
      guard let database = database(for: key.lsType, on: neighbor.interface), let slot = database.slot(of: key) else {
        return process(.badLSReq, of: neighbor, at: now)
      }
      enqueue(slot, of: database, to: neighbor, at: now)
    }
  }

  /// Section 10.9: sends the outstanding requests again, or the next ones when none is outstanding.
  func sendRequests(to neighbor: Neighbor, at now: Instant) {
    neighbor.requestTimer = nil
    guard neighbor.state.isExchanging, !neighbor.requests.isEmpty else { return }
    let interface = neighbor.interface
    let capacity = (interface.packetCapacity - PacketHeader.size(rules.version)) / LinkStateRequest.entrySize
    neighbor.requests.takeNext(capacity) { isWanted($0, on: interface, at: now) }
    guard neighbor.requests.outstandingCount > 0 else { return }
    neighbor.requestTimer = now + interface.settings.rxmtInterval
    transmit(
      .linkStateRequest(LinkStateRequest(requests: neighbor.requests.outstanding)), .linkStateRequest,
      to: destination(for: neighbor), on: interface)
  }

  /// Requests what comes next from each neighbor whose last request has been answered, and ends Loading where all has come.
  func continueLoading(at now: Instant) {
    guard exchangingNeighborCount > 0 else { return }
    for interface in interfaces {
      for neighbor in interface.neighbors where neighbor.state.isExchanging {
        if neighbor.requests.outstandingCount == 0 { sendRequests(to: neighbor, at: now) }
        if neighbor.requests.isEmpty, neighbor.state == .loading { process(.loadingDone, of: neighbor, at: now) }
      }
    }
  }
}
