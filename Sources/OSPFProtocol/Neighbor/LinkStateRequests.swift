import OSPFWire

extension Router {
  /// RFC 2328 section 10.7: receiving Link State Request packets.
  func receive(_ request: LinkStateRequest, from neighbor: Neighbor, at now: Instant) throws(Refusal) {
    guard neighbor.state >= .exchange else {
      throw .neighborStateTooLow(type: .linkStateRequest, state: neighbor.state)
    }
    guard rules.version == .v3 || request.reserved.isEmpty else { return process(.badLSReq, of: neighbor, at: now) }
    answer(request.requests, of: neighbor, at: now)
  }

  private func answer(_ requests: some Sequence<LSAKey>, of neighbor: Neighbor, at now: Instant) {
    let isHeld = holdsAnswers(to: neighbor)
    for key in requests {
      guard let database = database(for: key.lsType, on: neighbor.interface), let slot = database.slot(of: key) else {
        return process(.badLSReq, of: neighbor, at: now)
      }
      if isHeld {
        neighbor.exchange?.heldRequests.append(key)
      } else {
        enqueue(slot, of: database, to: neighbor, at: now)
      }
    }
  }

  /// Whether answers to the neighbor's requests wait for the end of the exchange. FRR asks for what comes next at once when an answer
  /// arrives in Loading, and only after RxmtInterval when it arrives in Exchange. One that cannot have more to ask for than fits into a
  /// single request need not wait for the end of its own descriptions.
  private func holdsAnswers(to neighbor: Neighbor) -> Bool {
    guard let exchange = neighbor.exchange, neighbor.state == .exchange else { return false }
    return exchange.lastSentMore || exchange.describedCount > requestCapacity(of: neighbor.interface)
  }

  private func requestCapacity(of interface: Interface) -> Int {
    (interface.packetCapacity - PacketHeader.size(rules.version)) / LinkStateRequest.entrySize
  }

  /// Answers the requests that have waited for our last Database Description.
  private func answerHeldRequests(of neighbor: Neighbor, at now: Instant) {
    guard let exchange = neighbor.exchange, !exchange.heldRequests.isEmpty, !holdsAnswers(to: neighbor) else { return }
    let held = exchange.heldRequests
    exchange.heldRequests = []
    answer(held, of: neighbor, at: now)
  }

  /// What the end of a turn does for neighbors in Exchange or Loading, and those that have just left these states.
  func continueExchanges(at now: Instant) {
    for interface in interfaces {
      for neighbor in interface.neighbors { answerHeldRequests(of: neighbor, at: now) }
    }
    continueLoading(at: now)
  }

  /// Section 10.9: sends the outstanding requests again, or the next ones when none is outstanding.
  func sendRequests(to neighbor: Neighbor, at now: Instant) {
    guard let exchange = neighbor.exchange else { return }
    exchange.requestTimer = nil
    guard neighbor.state.isExchanging, !exchange.requests.isEmpty else { return }
    let interface = neighbor.interface
    if exchange.requests.outstandingCount > 0 {
      sink.append(.note(.requestsRetransmitted(neighbor.reference, ListedLSAs(exchange.requests.outstanding))))
    }
    exchange.requests.takeNext(requestCapacity(of: interface)) { isWanted($0, on: interface, at: now) }
    guard exchange.requests.outstandingCount > 0 else { return }
    exchange.requestTimer = now + interface.settings.rxmtInterval
    transmit(
      .linkStateRequest(LinkStateRequest(requests: exchange.requests.outstanding)), .linkStateRequest,
      to: destination(for: neighbor), on: interface)
  }

  /// Requests what comes next from each neighbor whose last request has been answered, and ends Loading where all has come.
  private func continueLoading(at now: Instant) {
    guard exchangingNeighborCount > 0 else { return }
    for interface in interfaces {
      for neighbor in interface.neighbors where neighbor.state.isExchanging {
        guard let exchange = neighbor.exchange else { continue }
        if exchange.requests.outstandingCount == 0 { sendRequests(to: neighbor, at: now) }
        if exchange.requests.isEmpty { process(.loadingDone, of: neighbor, at: now) }
      }
    }
  }
}
