import AnycastPolicy
import ControlAPI
import LinuxNetwork
import NIOCore
import OSPFProtocol
import OSPFWire

/// The ways out: packets to sockets, advertisements to routers, addresses to devices, events to the log.
extension ProtocolLoop {
  // MARK: - From the routers

  /// Delivers what the routers want. Returns whether there was anything.
  @discardableResult
  func deliverRouterOutputs(at now: Instant) -> Bool {
    var hadOutputs = false
    for instance in instances {
      for output in instance.drain() {
        hadOutputs = true
        deliver(output, of: instance, at: now)
      }
    }
    return hadOutputs
  }

  private func deliver(_ output: Output, of instance: OSPFInstance, at now: Instant) {
    switch output {
    case .transmit(let transmission): instance.sockets[transmission.interfaceIndex]?.send(transmission)
    case .joinGroup(let index, let group): changeMembership(on: index) { try instance.sockets[index]?.join(group) }
    case .leaveGroup(let index, let group): changeMembership(on: index) { try instance.sockets[index]?.leave(group) }
    case .reserveSequenceNumbers(let end): sequenceNumberStore.extend(instance.kind, before: end)
    case .event(let event): deliver(event, of: instance, at: now)
    }
  }

  private func changeMembership(on index: UInt32, _ change: () throws -> Void) {
    do {
      try change()
    } catch {
      eventLog.report("multicastFailed", .error, "\(deviceName(index)): \(error)")
    }
  }

  private func deliver(_ event: OSPFProtocol.Event, of instance: OSPFInstance, at now: Instant) {
    let report = event.report(of: instance.kind, deviceName: deviceName)
    switch event {
    case .packetRefused(_, _, _, .interfaceNotActive) where instance.isLeaving: break
    case .packetRefused(_, _, _, let reason): eventLog.reportLimited(reason.kind, report, at: now)
    case .limitReached(let limit, _): eventLog.reportLimited("limit \(limit.rawValue)", report, at: now)
    case .duplicateRouterID(let routerID, _, let source, _):
      eventLog.reportLimited("duplicate \(routerID) \(source)", report, at: now)
    case .withdrawalAcknowledged(let prefix):
      eventLog.report(report)
      // Another instance may carry the same prefix; the last acknowledgment counts.
      if !instances.contains(where: { $0.router.isWithdrawing(prefix) }) { policy.withdrawalAcknowledged(prefix, at: now) }
    case .neighborStateChanged(_, _, .full, _):
      eventLog.report(report)
      // The lists of the database exchange are not needed any more, and may have been large.
      ProcessMemory.releaseFree()
    case .departed:
      eventLog.report(report)
      instance.hasDeparted = true
    default: eventLog.report(report)
    }
  }

  // MARK: - From the policy

  /// Delivers what the policy wants. Returns whether there was anything.
  func deliverPolicyOutputs(at now: Instant) -> Bool {
    let outputs = policy.sink.drain()
    var added: [LinuxNetwork.ServiceAddress] = []
    var removed: [LinuxNetwork.ServiceAddress] = []
    for output in outputs {
      switch output {
      case .advertise(let advertisements): advertise(advertisements, at: now)
      case .addAddress(let device, let address): added.append(.init(address.address, device: device))
      case .removeAddress(let device, let address): removed.append(.init(address.address, device: device))
      case .installRoutes(let routes): install(routes)
      case .drainsChanged: drainStore.store(policy.storedDrains(at: now))
      case .event(let event): eventLog.report(event.report)
      case .runCommand(let change): changeCommands?.tell(change)
      case .finished: isPolicyFinished = true
      }
    }
    // Removals first: an address that moves from one service to another is in both.
    if !removed.isEmpty { remove(removed) }
    if !added.isEmpty { add(added) }
    return !outputs.isEmpty
  }

  private func advertise(_ advertisements: [Advertisement], at now: Instant) {
    self.advertisements = advertisements
    for instance in instances where !instance.isLeaving {
      advertise(through: instance, at: now)
    }
  }

  // MARK: - Addresses

  private func add(_ addresses: [LinuxNetwork.ServiceAddress]) {
    serviceAddresses.add(addresses).assumeIsolated().whenSuccess { [weak self] failures in
      self?.assumeIsolated { $0.notAdded(failures) }
    }
  }

  private func notAdded(_ failures: [LinuxNetwork.ServiceAddress: ServiceAddressError]) {
    guard !failures.isEmpty else { return }
    let now = MonotonicClock.now()
    let configured = configuration.services.flatMap(\.addresses)
    for (address, error) in failures.sorted(by: { $0.key < $1.key }) {
      guard error != .belongsToSomebodyElse else {
        eventLog.report("addressNotOurs", .notice, "\(address): \(error)")
        continue
      }
      for candidate in Set(configured) where candidate.address == address.address {
        policy.addAddressFailed(device: address.device, address: candidate, reason: "\(error)", at: now)
      }
    }
    settle(at: now)
  }

  private func remove(_ addresses: [LinuxNetwork.ServiceAddress]) {
    serviceAddresses.remove(addresses).assumeIsolated().whenSuccess { [weak self] failures in
      self?.assumeIsolated { $0.notRemoved(failures) }
    }
  }

  private func notRemoved(_ failures: [LinuxNetwork.ServiceAddress: ServiceAddressError]) {
    for (address, error) in failures.sorted(by: { $0.key < $1.key }) where error != .notOurs {
      eventLog.report("addressNotRemoved", .error, "\(address) could not be removed: \(error)")
    }
  }

  // MARK: - Routes

  /// Makes the kernel have the routes that services want. What it refuses is tried again.
  func install(_ routes: [ServiceRoute]) {
    installedRoutes = Set(
      routes.map { InstalledRoute(prefix: $0.prefix, gateway: $0.target.gateway, device: $0.target.device) })
    routeRetry = nil
    replaceRoutes()
  }

  /// Routes go with their device or address, and come back only by us.
  func reinstallRoutes() {
    routeRetry = nil
    guard !installedRoutes.isEmpty else { return }
    replaceRoutes()
  }

  private func replaceRoutes() {
    serviceRoutes.replace(with: installedRoutes).assumeIsolated().whenSuccess { [weak self] failures in
      self?.assumeIsolated { $0.notInstalled(failures) }
    }
  }

  private func notInstalled(_ failures: [InstalledRoute: String]) {
    let now = MonotonicClock.now()
    for (route, reason) in failures.sorted(by: { $0.key.prefix < $1.key.prefix }) {
      var report = EventReport(
        time: .now, level: "error", kind: "routeNotInstalled",
        message: "the route to \(route.prefix) could not be installed, trying again: \(reason)")
      report.prefix = route.prefix.description
      report.reason = reason
      eventLog.reportLimited("route \(route.prefix)", report, at: now)
    }
    guard !failures.isEmpty else { return }
    routeRetry = now + Self.routeRetryInterval
    settle(at: now)
  }

  private static let routeRetryInterval = Duration.seconds(5)

  /// Takes back the addresses that an earlier run has left and that are wanted from the beginning, and removes its others.
  func reconcileAddresses() async throws {
    let wanted = configuration.services.filter { $0.addressMode == .always && !$0.isShutdown }.flatMap { service in
      service.addresses.map { LinuxNetwork.ServiceAddress($0.address, device: service.device) }
    }
    let result = try await serviceAddresses.reconcile(wanted: Set(wanted)).get()
    if let problem = result.problem { eventLog.report("journalFailed", .error, "\(problem)") }
    for address in result.adopted.sorted() {
      eventLog.report("addressAdopted", .info, "\(address): left by an earlier run, and taken over")
    }
    for address in result.removed.sorted() {
      eventLog.report("addressRemoved", .notice, "\(address): left by an earlier run, and removed")
    }
    for (address, error) in result.failures.sorted(by: { $0.key < $1.key }) {
      eventLog.report("addressNotRemoved", .error, "\(address): left by an earlier run, and could not be removed: \(error)")
    }
  }
}
