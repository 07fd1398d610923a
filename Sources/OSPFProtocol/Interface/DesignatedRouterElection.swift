import OSPFWire

/// RFC 2328 section 9.4: electing the Designated Router, as a function of what the candidates say.
struct DesignatedRouterElection {
  /// A router that takes part: in two-way communication, with a priority above zero.
  struct Candidate: Equatable {
    var identity: DesignatedRouterID
    var routerID: RouterID
    var priority: UInt8
    var designatedRouter: DesignatedRouterID
    var backupDesignatedRouter: DesignatedRouterID

    var declaresItselfDesignatedRouter: Bool { designatedRouter == identity }
    var declaresItselfBackup: Bool { backupDesignatedRouter == identity }
  }

  /// What the election chooses.
  struct Outcome: Equatable {
    var designatedRouter: DesignatedRouterID
    var backupDesignatedRouter: DesignatedRouterID
  }

  /// The calculating router, whatever its priority.
  let own: Candidate
  /// The other candidates.
  let others: [Candidate]

  /// Steps 2 to 4: the election of the Backup and of the Designated Router, and a second time when the first one changed the calculating
  /// router's own role.
  func elect() -> Outcome {
    let first = pass(own)
    let before = role(of: Outcome(designatedRouter: own.designatedRouter, backupDesignatedRouter: own.backupDesignatedRouter))
    guard role(of: first) != before else { return first }
    var declared = own
    declared.designatedRouter = first.designatedRouter
    declared.backupDesignatedRouter = first.backupDesignatedRouter
    return pass(declared)
  }

  private enum Role { case designatedRouter, backup, other }

  private func role(of outcome: Outcome) -> Role {
    if outcome.designatedRouter == own.identity { return .designatedRouter }
    return outcome.backupDesignatedRouter == own.identity ? .backup : .other
  }

  /// Step 2, the Backup Designated Router, and step 3, the Designated Router.
  private func pass(_ own: Candidate) -> Outcome {
    let candidates = ([own] + others).filter { $0.priority > 0 }
    let eligible = candidates.filter { !$0.declaresItselfDesignatedRouter }
    let backup = best(eligible.filter(\.declaresItselfBackup)) ?? best(eligible)
    let designatedRouter = best(candidates.filter(\.declaresItselfDesignatedRouter)) ?? backup
    return Outcome(
      designatedRouter: designatedRouter?.identity ?? .none, backupDesignatedRouter: backup?.identity ?? .none)
  }

  private func best(_ candidates: [Candidate]) -> Candidate? {
    candidates.max { ($0.priority, $0.routerID) < ($1.priority, $1.routerID) }
  }
}

extension Router {
  /// Section 9.4, with what follows from the outcome: the new interface state (step 5), Hellos to neighbors without multicast (step 6)
  /// and AdjOK (step 7). A router that restarts declares what it was, and not what it is.
  func electDesignatedRouter(
    on interface: Interface, declaring declared: DesignatedRouterElection.Outcome? = nil, at now: Instant
  ) {
    let identity = rules.localIdentity(on: interface, routerID: configuration.routerID)
    let outcome = election(on: interface, identity, declared).elect()
    let changed =
      outcome.designatedRouter != interface.designatedRouter
      || outcome.backupDesignatedRouter != interface.backupDesignatedRouter
    interface.activity?.designatedRouter = outcome.designatedRouter
    interface.activity?.backupDesignatedRouter = outcome.backupDesignatedRouter
    interface.activity?.waitTimer = nil
    switch identity {
    case outcome.designatedRouter: enter(.dr, interface)
    case outcome.backupDesignatedRouter: enter(.backup, interface)
    default: enter(.drOther, interface)
    }
    guard changed else { return }
    origination.isDirty = true
    sink.report(
      .designatedRouterChanged(
        interface: interface.reference, designatedRouter: outcome.designatedRouter,
        backup: outcome.backupDesignatedRouter))
    startConfiguredNeighbors(on: interface, at: now)
    for neighbor in interface.neighbors where neighbor.state >= .twoWay { process(.adjOK, of: neighbor, at: now) }
    // What is described of the network changes with its Designated Router.
    for neighbor in interface.fullNeighbors { neighbor.linkBackTimer = now + ProtocolConstants.linkBackPatience }
  }

  private func election(
    on interface: Interface, _ identity: DesignatedRouterID, _ declared: DesignatedRouterElection.Outcome?
  ) -> DesignatedRouterElection {
    let others = interface.neighbors.filter { $0.state >= .twoWay }.map {
      DesignatedRouterElection.Candidate(
        identity: rules.identity(of: $0), routerID: $0.routerID, priority: $0.priority,
        designatedRouter: $0.designatedRouter, backupDesignatedRouter: $0.backupDesignatedRouter)
    }
    return DesignatedRouterElection(
      own: .init(
        identity: identity, routerID: configuration.routerID, priority: interface.settings.priority,
        designatedRouter: declared?.designatedRouter ?? interface.designatedRouter,
        backupDesignatedRouter: declared?.backupDesignatedRouter ?? interface.backupDesignatedRouter),
      others: others)
  }
}
