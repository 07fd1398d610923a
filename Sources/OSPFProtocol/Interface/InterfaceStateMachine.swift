import OSPFWire

/// The events of RFC 2328 section 9.2.
enum InterfaceEvent: Sendable {
  case interfaceUp, waitTimer, backupSeen, neighborChange, loopInd, unloopInd, interfaceDown
}

/// RFC 2328 section 9.3: the interface state machine.
extension Router {
  func process(_ event: InterfaceEvent, on interface: Interface, at now: Instant) {
    switch (interface.state, event) {
    case (.down, .interfaceUp):
      bringUp(interface, at: now)

    case (.waiting, .backupSeen), (.waiting, .waitTimer),
      (.drOther, .neighborChange), (.backup, .neighborChange), (.dr, .neighborChange):
      electDesignatedRouter(on: interface, at: now)

    case (.loopback, .unloopInd):
      enter(.down, interface)

    case (_, .interfaceDown):
      reset(interface, at: now)
      enter(.down, interface)

    case (_, .loopInd):
      reset(interface, at: now)
      enter(.loopback, interface)

    // Not in the table: nothing happens.
    case (.down, .waitTimer), (.down, .backupSeen), (.down, .neighborChange), (.down, .unloopInd),
      (.loopback, .interfaceUp), (.loopback, .waitTimer), (.loopback, .backupSeen), (.loopback, .neighborChange),
      (.waiting, .interfaceUp), (.waiting, .neighborChange), (.waiting, .unloopInd),
      (.pointToPoint, .interfaceUp), (.pointToPoint, .waitTimer), (.pointToPoint, .backupSeen),
      (.pointToPoint, .neighborChange), (.pointToPoint, .unloopInd),
      (.drOther, .interfaceUp), (.drOther, .waitTimer), (.drOther, .backupSeen), (.drOther, .unloopInd),
      (.backup, .interfaceUp), (.backup, .waitTimer), (.backup, .backupSeen), (.backup, .unloopInd),
      (.dr, .interfaceUp), (.dr, .waitTimer), (.dr, .backupSeen), (.dr, .unloopInd):
      break
    }
  }

  private func bringUp(_ interface: Interface, at now: Instant) {
    if interface.definition.isLoopback { return enter(.loopback, interface) }
    interface.activity = InterfaceActivity()
    switch interface.settings.networkType {
    case .pointToPoint, .pointToMultipoint:
      enter(.pointToPoint, interface)
    case .broadcast, .nonBroadcast:
      if interface.settings.priority > 0 && !interface.settings.isPassive {
        enter(.waiting, interface)
        interface.activity?.waitTimer = now + interface.settings.routerDeadInterval
      } else {
        enter(.drOther, interface)
      }
    }
    guard interface.isActive else { return }
    startConfiguredNeighbors(on: interface, at: now)
    sendHello(on: interface, at: now)
  }

  /// Section 9.3, InterfaceDown: variables are reset and timers stopped with what holds them, neighbors destroyed.
  private func reset(_ interface: Interface, at now: Instant) {
    let event: NeighborEvent = interface.definition.isUp ? .killNbr : .llDown
    for neighbor in interface.neighbors { process(event, of: neighbor, at: now) }
    interface.neighbors.removeAll()
    interface.activity = nil
  }

  func enter(_ state: InterfaceState, _ interface: Interface) {
    guard state != interface.state else { return }
    let former = interface.state
    interface.state = state
    updateGroups(ofDevice: interface.definition.index)
    origination.isDirty = true
    sink.report(.interfaceStateChanged(interface: interface.reference, from: former, to: state))
  }

  /// NeighborChange is handled once at the end of a turn, however often the turn caused it.
  func processNeighborChanges(at now: Instant) {
    for interface in interfaces where interface.activity?.neighborChangePending == true && !holdsElection(on: interface) {
      interface.activity?.neighborChangePending = false
      process(.neighborChange, on: interface, at: now)
    }
  }

  /// Joins and leaves the groups that the interfaces of a device need in their states (section 9.1): AllSPFRouters while active,
  /// AllDRouters as Designated Router or backup.
  func updateGroups(ofDevice index: UInt32) {
    var needed: Set<IPAddress> = []
    for interface in interfaces where interface.definition.index == index && interface.isActive {
      if interface.settings.networkType != .nonBroadcast { needed.insert(rules.allSPFRouters) }
      if interface.state == .dr || interface.state == .backup { needed.insert(rules.allDRouters) }
    }
    let joined = groups[index] ?? []
    for group in needed.subtracting(joined).sorted() { sink.append(.joinGroup(interfaceIndex: index, group: group)) }
    for group in joined.subtracting(needed).sorted() { sink.append(.leaveGroup(interfaceIndex: index, group: group)) }
    groups[index] = needed.isEmpty ? nil : needed
  }
}
