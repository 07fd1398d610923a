import OSPFWire

/// Changes of interfaces and configuration while the router runs.
extension Router {
  /// Replaces the set of OSPF interfaces: new ones come up, missing ones go down, changed ones are changed with as little
  /// disturbance as the change allows.
  public func setInterfaces(_ definitions: [InterfaceDefinition], at now: Instant) {
    guard shutdown == nil else { return }
    turn(at: now) {
      var seen: Set<InterfaceIdentity> = []
      let unique = definitions.filter { seen.insert(InterfaceIdentity($0)).inserted }
      for interface in interfaces where !seen.contains(InterfaceIdentity(interface.definition)) { remove(interface, at: now) }
      var remaining = Dictionary(uniqueKeysWithValues: interfaces.map { (InterfaceIdentity($0.definition), $0) })
      var added: [Interface] = []
      interfaces = unique.map { definition in
        if let known = remaining.removeValue(forKey: InterfaceIdentity(definition)) { return known }
        let interface = Interface(
          definition: definition, area: area(definition.settings.area), version: rules.version, totals: totals)
        added.append(interface)
        return interface
      }
      for interface in added { chooseKeys(of: interface, at: now) }
      for (interface, definition) in zip(interfaces, unique) { change(interface, to: definition, at: now) }
      for interface in added { startIfUp(interface, at: now) }
      areas.removeAll { area in !interfaces.contains { $0.area === area } }
      origination.isDirty = true
    }
  }

  private func area(_ id: AreaID) -> Area {
    if let known = areas.first(where: { $0.id == id }) { return known }
    let area = Area(id: id, kind: configuration.areas[id] ?? .normal, version: rules.version, totals: totals)
    areas.append(area)
    areas.sort { $0.id < $1.id }
    return area
  }

  private func remove(_ interface: Interface, at now: Instant) {
    process(.interfaceDown, on: interface, at: now)
    interfaces.removeAll { $0 === interface }
    updateGroups(ofDevice: interface.definition.index)
  }

  func startIfUp(_ interface: Interface, at now: Instant) {
    guard shutdown == nil, !interface.overflows.isHeldOff, interface.definition.isUp, rules.hasUsableAddress(interface) else {
      return
    }
    process(.interfaceUp, on: interface, at: now)
  }

  private func change(_ interface: Interface, to definition: InterfaceDefinition, at now: Instant) {
    let former = interface.definition
    guard former != definition else { return }
    let announcedMTU = interface.announcedMTU
    interface.definition = definition
    chooseKeys(of: interface, at: now)
    if former.change(to: definition) == .restart { process(.interfaceDown, on: interface, at: now) }
    if interface.state == .down { return startIfUp(interface, at: now) }
    if former.settings.priority != definition.settings.priority { interface.activity?.neighborChangePending = true }
    if former.settings.neighbors != definition.settings.neighbors { changeConfiguredNeighbors(interface, at: now) }
    if announcedMTU != interface.announcedMTU { restartExchanges(on: interface, at: now) }
    // The neighbors compare intervals and priority with theirs as soon as they hear of them.
    hastenHello(on: interface, at: now)
  }

  /// The MTU is announced by the first Database Description, which would be repeated with the old one for ever.
  private func restartExchanges(on interface: Interface, at now: Instant) {
    for neighbor in interface.neighbors where neighbor.state == .exStart || neighbor.state == .exchange {
      startExchange(with: neighbor, .killNbr, at: now)
    }
  }

  private func changeConfiguredNeighbors(_ interface: Interface, at now: Instant) {
    for neighbor in interface.neighbors
    where neighbor.isConfigured && !interface.settings.neighbors.contains(where: { $0.address == neighbor.address }) {
      process(.killNbr, of: neighbor, at: now)
      interface.neighbors.removeAll { $0 === neighbor }
    }
    startConfiguredNeighbors(on: interface, at: now)
  }

  /// Applies a new configuration. The router ID and the version of a running instance stay what they are: a router with another
  /// name is another router, to be started after this one has departed.
  public func apply(_ configuration: RouterConfiguration, at now: Instant) {
    guard shutdown == nil else { return }
    turn(at: now) {
      let running = self.configuration
      self.configuration = configuration
      self.configuration.routerID = running.routerID
      self.configuration.version = running.version
      self.configuration.addressFamily = running.addressFamily
      rules = Router.rules(for: self.configuration)
      origination.hasAdvertisedExternals = hasExternalAdvertisement
      for area in areas {
        let kind = configuration.areas[area.id] ?? .normal
        if kind != area.kind { change(area, to: kind, at: now) }
      }
      if configuration.limits != running.limits { endAllHoldOffs(at: now) }
      origination.isDirty = true
    }
  }

  /// Routers of an area must agree on its kind, so every adjacency of the area begins anew.
  private func change(_ area: Area, to kind: AreaConfiguration, at now: Instant) {
    let affected = interfaces.filter { $0.area === area }
    for interface in affected { process(.interfaceDown, on: interface, at: now) }
    area.kind = kind
    for interface in affected { startIfUp(interface, at: now) }
  }
}

/// What makes an OSPF interface another one. Everything else can change while it runs.
private struct InterfaceIdentity: Hashable {
  let name: String
  let index: UInt32
  let area: AreaID
  let networkType: NetworkType
  let instanceID: UInt8
  let isLoopback: Bool
  /// OSPFv2: the address and its subnet.
  let addressing: InterfaceDefinition.Addressing?

  init(_ definition: InterfaceDefinition) {
    name = definition.name
    index = definition.index
    area = definition.settings.area
    networkType = definition.settings.networkType
    instanceID = definition.settings.instanceID
    isLoopback = definition.isLoopback
    if case .ipv4 = definition.addressing { addressing = definition.addressing } else { addressing = nil }
  }
}

/// What a change of its definition does to an OSPF interface.
public enum InterfaceChange: Sendable, Hashable {
  /// Nothing, because there is none.
  case none
  /// It goes on, and its adjacencies stay.
  case inPlace
  /// It goes down and comes up, and its adjacencies begin anew.
  case restart
}

extension InterfaceDefinition {
  /// What it does to the interface when the definition becomes another one.
  public func change(to new: InterfaceDefinition) -> InterfaceChange {
    guard self != new else { return .none }
    let restarts =
      InterfaceIdentity(self) != InterfaceIdentity(new) || settings.isPassive != new.settings.isPassive
      || ownAddress != new.ownAddress || isUp && !new.isUp
    return restarts ? .restart : .inPlace
  }
}
