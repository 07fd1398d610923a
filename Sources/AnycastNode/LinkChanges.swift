import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire

/// From the kernel's devices and routes to OSPF interfaces and advertisements.
extension AnycastNode {
  /// The kernel's devices or their addresses have changed; `links` are all of them.
  public func setLinks(_ links: [Link], at now: Instant) {
    guard state != .ended else { return }
    let former = self.links
    self.links = links
    recordLinks(before: former)
    reportAbsentDevices()
    perform(Transition(from: running, to: configuration), at: now)
    policy.setPresentAddresses(presentAddresses, at: now)
    finishTurn(at: now)
  }

  /// The kernel's routes have changed; `routes` are all of them.
  public func setRoutes(_ routes: Set<KernelRoute>, at now: Instant) {
    guard state != .ended else { return }
    self.routes = routes
    hasReadRoutes = true
    redistribute(at: now)
    policy.setPresentRoutes(
      Set(routes.filter { $0.protocolNumber == KernelRoute.serviceProtocol }.map(\.prefix)), at: now)
    finishTurn(at: now)
  }

  private var presentAddresses: Set<DeviceAddress> {
    Set(
      links.flatMap { link in
        link.addresses.filter { !$0.isTentative }.map { DeviceAddress(device: link.name, address: $0.address) }
      })
  }

  /// The devices that the configuration names for OSPF and that do not exist.
  var missingDevices: [InterfaceConfiguration] {
    let existing = Set(links.map(\.name))
    return configuration.interfaces.filter { interface in
      let isUsed =
        interface.ospf != InterfaceParameters() || !interface.ospfByAddress.isEmpty || interface.ospf6 != InterfaceParameters()
      return isUsed && !existing.contains(interface.name)
    }
  }

  func reportAbsentDevices() {
    let missing = Set(missingDevices.map(\.name))
    for name in missing.subtracting(absentDevices).sorted() { sink.report(.interfaceAbsent(name)) }
    for name in absentDevices.subtracting(missing).sorted() { sink.report(.interfacePresent(name)) }
    absentDevices = missing
  }

  // MARK: - Instances

  /// Does to the instances what a transition says. Sockets are there before an interface speaks, and go after it has.
  func perform(_ transition: Transition, at now: Instant) {
    guard state == .running || state == .suspended else { return }
    for kind in ProtocolInstance.allCases {
      let running = instances.first { $0.kind == kind && !$0.isLeaving }
      switch transition.steps[kind] ?? .none {
      case .none: break
      case .leave, .replace: running?.shutDown(at: now)
      case .start(let configuration, let definitions): begin(kind, configuration, definitions, at: now)
      case .goOn(let configuration, let definitions):
        guard let running else { continue }
        if let configuration, running.router.configuration != configuration { running.router.apply(configuration, at: now) }
        running.definitions = definitions
      }
    }
    askForSockets(atLeast: sockets.current)
    for instance in instances where !instance.isLeaving {
      recordParameters(of: instance)
      instance.router.setInterfaces(instance.definitions, at: now)
      _ = deliverRouterOutputs(at: now)
    }
    redistribute(at: now)
  }

  private func begin(
    _ kind: ProtocolInstance, _ configuration: RouterConfiguration, _ definitions: [InterfaceDefinition], at now: Instant
  ) {
    let numbers = SequenceNumberReservation(after: reservedSequenceNumbers[kind], wallClock: random.wallClock(at: now))
    reservedSequenceNumbers[kind] = numbers.end
    sink.append(.reserveSequenceNumbers(kind, before: numbers.end, isNewRun: true))
    let former = takeRestart(of: kind, configuration, definitions, at: now)
    let instance = NodeInstance(
      kind, configuration: configuration, seed: random.next(), sequenceNumbers: numbers,
      calendar: calendar.second(at: now), restart: former?.restart, at: now)
    instance.definitions = definitions
    instances.append(instance)
    sink.report(.instanceStarted(kind, configuration.routerID))
    if let former {
      sink.append(.record(.resumed(kind, former.restart.recordable)))
      sink.report(.gracefulRestartBegun(kind, isPlanned: former.restart.reason != .unknown, former.restart.gracePeriod))
      restoreAdvertisements(through: instance, former.memory, at: now)
    }
    advertise(through: instance, at: now)
  }
}
