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

  /// 9.4 (2) to (4): elects the Backup and the Designated Router, and does so a second time when the first pass changed the calculating
  /// router's own role.
  func elect() -> Outcome {
    // 9.4 (2), (3): the first pass.
    let first = pass(own)
    let before = role(of: Outcome(designatedRouter: own.designatedRouter, backupDesignatedRouter: own.backupDesignatedRouter))
    guard role(of: first) != before else { return first }
    // 9.4 (4): the router is now, or is no longer, Designated Router or Backup: repeat steps 2 and 3.
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

  private func pass(_ own: Candidate) -> Outcome {
    // A priority of 0 makes a router ineligible.
    let candidates = ([own] + others).filter { $0.priority > 0 }
    // 9.4 (2): the Backup, among the routers that do not declare themselves Designated Router; those that declare themselves Backup first.
    let eligible = candidates.filter { !$0.declaresItselfDesignatedRouter }
    let backup = best(eligible.filter(\.declaresItselfBackup)) ?? best(eligible)
    // 9.4 (3): the Designated Router, among the routers that declare themselves so; if there are none, the new Backup.
    let designatedRouter = best(candidates.filter(\.declaresItselfDesignatedRouter)) ?? backup
    return Outcome(
      designatedRouter: designatedRouter?.identity ?? .none, backupDesignatedRouter: backup?.identity ?? .none)
  }

  private func best(_ candidates: [Candidate]) -> Candidate? {
    candidates.max { ($0.priority, $0.routerID) < ($1.priority, $1.routerID) }
  }
}

extension Router {
  /// Section 9.4, with what follows from the outcome. A router that restarts declares what it was, and not what it is.
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
    // 9.4 (5): the new interface state.
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
    // 9.4 (6): on an NBMA network, the Start event for the neighbors that are not eligible.
    startConfiguredNeighbors(on: interface, at: now)
    // 9.4 (7): AdjOK? for every neighbor in state 2-Way or higher.
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
