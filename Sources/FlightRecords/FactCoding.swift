import OSPFProtocol
import OSPFWire

/// A fact as the fields of a journal entry, and back.
extension RecordedFact {
  enum Kind: String {
    case configuration, instance, interface
    case interfaceRemoved = "interface-removed"
    case interfaceState = "interface-state"
    case neighbor, refusal, path, link
    case linkRemoved = "link-removed"
    case check, service
    case restartAnnounced = "restart-announced"
    case resumed
    case gracefulRestart = "graceful-restart"
    case note
  }

  /// The fields in the order in which they are written.
  public var fields: [(name: String, value: String)] {
    let values = recordFields.values
    return RecordFields.Name.allCases.compactMap { name in values[name.rawValue].map { (name.rawValue, $0) } }
  }

  private var recordFields: RecordFields {
    var fields = RecordFields()
    func begin(_ kind: Kind, _ instance: ProtocolInstance? = nil) {
      fields[.fact] = kind.rawValue
      fields.instance = instance
    }
    switch self {
    case .configuration(let digest):
      begin(.configuration)
      fields[.digest] = digest
    case .instance(let instance, let routerID, let areas, let helping):
      begin(.instance, instance)
      fields.set(.routerID, routerID)
      fields.areas = areas
      fields.helping = helping
    case .interface(let interface):
      begin(.interface, interface.instance)
      interface.write(to: &fields)
    case .interfaceRemoved(let name):
      begin(.interfaceRemoved, name.instance)
      fields[.device] = name.device
      fields.set(.index, name.index)
      fields[.address] = name.address?.description
    case .interfaceState(let instance, let interface, let from, let to):
      begin(.interfaceState, instance)
      fields.interfaceReference = interface
      (fields[.from], fields[.to]) = (from.rawValue, to.rawValue)
    case .neighbor(let instance, let neighbor, let from, let to, let cause):
      begin(.neighbor, instance)
      fields.neighborReference = neighbor
      (fields[.from], fields[.to], fields[.cause]) = (from.description, to.description, cause.rawValue)
    case .restartAnnounced(let instance, let gracePeriod):
      begin(.restartAnnounced, instance)
      fields.set(.gracePeriod, milliseconds: gracePeriod)
    case .resumed(let instance, let restart):
      begin(.resumed, instance)
      fields.restart = restart
    case .gracefulRestart(let instance, let event):
      begin(.gracefulRestart, instance)
      fields.gracefulRestartEvent = event
    case .noted(let instance, let note):
      begin(.note, instance)
      fields.note = note
    case .refusal(let instance, let index, let source, let kind):
      begin(.refusal, instance)
      fields.set(.index, index)
      fields.set(.neighborAddress, source)
      fields[.cause] = kind.rawValue
    case .path(let peer, let isUp, let reason):
      begin(.path)
      fields.set(.index, peer.interfaceIndex)
      fields.set(.address, peer.localAddress)
      fields.set(.neighborAddress, peer.address)
      fields.set(.isUp, flag: isUp)
      fields[.cause] = reason
    case .link(let name, let index, let mtu, let isUp):
      begin(.link)
      fields[.device] = name
      fields.set(.index, index)
      fields.set(.mtu, mtu)
      fields.set(.isUp, flag: isUp)
    case .linkRemoved(let name, let index):
      begin(.linkRemoved)
      fields[.device] = name
      fields.set(.index, index)
    case .check(let service, let check, let from, let to, let reason):
      begin(.check)
      (fields[.service], fields[.check]) = (service, check)
      (fields[.from], fields[.to], fields[.cause]) = (from, to, reason)
    case .service(let service, let from, let to, let reason):
      begin(.service)
      fields[.service] = service
      (fields[.from], fields[.to], fields[.cause]) = (from, to, reason)
    }
    return fields
  }

  /// The fact of an entry; nil where it has none, or one that cannot be understood.
  public init?(_ values: [String: String]) {
    let fields = RecordFields(values)
    guard let kind: Kind = fields.word(.fact), let fact = Self.ofNode(kind, fields) ?? Self.ofRouter(kind, fields) else {
      return nil
    }
    self = fact
  }

  private static func ofNode(_ kind: Kind, _ fields: RecordFields) -> RecordedFact? {
    switch kind {
    case .configuration: return fields[.digest].map { .configuration(digest: $0) }
    case .path:
      guard let index: UInt32 = fields.number(.index), let local = fields.address(.address),
        let remote = fields.address(.neighborAddress), let isUp = fields.flag(.isUp)
      else { return nil }
      return .path(
        BFDPeer(interfaceIndex: index, localAddress: local, address: remote), isUp: isUp, reason: fields[.cause] ?? "")
    case .link:
      guard let name = fields[.device], let index: UInt32 = fields.number(.index), let mtu: Int = fields.number(.mtu),
        let isUp = fields.flag(.isUp)
      else { return nil }
      return .link(name: name, index: index, mtu: mtu, isUp: isUp)
    case .linkRemoved:
      guard let name = fields[.device], let index: UInt32 = fields.number(.index) else { return nil }
      return .linkRemoved(name: name, index: index)
    case .check:
      guard let service = fields[.service], let check = fields[.check], let from = fields[.from], let to = fields[.to] else {
        return nil
      }
      return .check(service: service, check: check, from: from, to: to, reason: fields[.cause] ?? "")
    case .service:
      guard let service = fields[.service], let from = fields[.from], let to = fields[.to] else { return nil }
      return .service(service, from: from, to: to, reason: fields[.cause] ?? "")
    case .instance, .interface, .interfaceRemoved, .interfaceState, .neighbor, .refusal, .restartAnnounced, .resumed,
      .gracefulRestart, .note:
      return nil
    }
  }

  private static func ofRouter(_ kind: Kind, _ fields: RecordFields) -> RecordedFact? {
    guard let instance = fields.instance else { return nil }
    switch kind {
    case .instance:
      guard let routerID = fields.routerID(.routerID), let areas = fields.areas else { return nil }
      return .instance(instance, routerID: routerID, areas: areas, helping: fields.helping ?? GracefulRestartPolicy())
    case .interface: return RecordedInterface(instance, fields).map { .interface($0) }
    case .interfaceRemoved:
      guard let device = fields[.device], let index: UInt32 = fields.number(.index) else { return nil }
      return .interfaceRemoved(
        RecordedInterface.Name(instance: instance, device: device, index: index, address: fields.address(.address)))
    case .interfaceState:
      guard let interface = fields.interfaceReference, let from: InterfaceState = fields.word(.from),
        let to: InterfaceState = fields.word(.to)
      else { return nil }
      return .interfaceState(instance, interface, from: from, to: to)
    case .neighbor:
      guard let neighbor = fields.neighborReference, let cause: NeighborEvent = fields.word(.cause),
        let from = fields.neighborState(.from), let to = fields.neighborState(.to)
      else { return nil }
      return .neighbor(instance, neighbor, from: from, to: to, cause: cause)
    case .refusal:
      guard let index: UInt32 = fields.number(.index), let source = fields.address(.neighborAddress),
        let kind: Refusal.Kind = fields.word(.cause)
      else { return nil }
      return .refusal(instance, interfaceIndex: index, source: source, kind)
    case .restartAnnounced: return fields.milliseconds(.gracePeriod).map { .restartAnnounced(instance, gracePeriod: $0) }
    case .resumed: return fields.restart.map { .resumed(instance, $0) }
    case .gracefulRestart: return fields.gracefulRestartEvent.map { .gracefulRestart(instance, $0) }
    case .note: return fields.note.map { .noted(instance, $0) }
    case .configuration, .path, .link, .linkRemoved, .check, .service: return nil
    }
  }
}

extension RecordFields {
  fileprivate func neighborState(_ name: Name) -> NeighborState? {
    NeighborState.allCases.first { $0.description == self[name] }
  }
}

extension RecordedInterface {
  fileprivate func write(to fields: inout RecordFields) {
    let settings = definition.settings
    fields[.device] = definition.name
    fields.set(.index, definition.index)
    fields[.address] = address?.description
    if case .ipv4(_, let subnet, let isUnnumbered) = definition.addressing {
      fields.set(.subnet, subnet)
      fields.set(.isUnnumbered, flag: isUnnumbered)
    }
    fields.set(.mtu, definition.mtu)
    fields.set(.isUp, flag: definition.isUp)
    fields.set(.isLoopback, flag: definition.isLoopback)
    fields.set(.isPassive, flag: settings.isPassive)
    fields.set(.area, settings.area)
    fields[.networkType] = settings.networkType.rawValue
    fields.set(.helloInterval, milliseconds: settings.helloInterval)
    fields.set(.routerDeadInterval, milliseconds: settings.routerDeadInterval)
    fields.set(.rxmtInterval, milliseconds: settings.rxmtInterval)
    fields.set(.pollInterval, milliseconds: settings.pollInterval)
    fields.set(.infTransDelay, settings.infTransDelay)
    fields.set(.priority, settings.priority)
    fields.set(.cost, settings.cost)
    fields.set(.ignoresMTU, flag: settings.mtuIgnore)
    fields.set(.suppressesPrefix, flag: settings.suppressesPrefix)
    if let announcedMTU = settings.announcedMTU { fields.set(.announcedMTU, announcedMTU) }
    fields.set(.instanceID, settings.instanceID)
    fields.configuredNeighbors = settings.neighbors
    fields[.bfd] = settings.bfd.rawValue
    fields.set(.demandsIncreasingNumbers, flag: settings.demandsIncreasingSequenceNumbers)
    fields.set(.hasTTLSecurity, flag: settings.hasTTLSecurity)
    fields[.authentication] = authentication.rawValue
  }

  fileprivate init?(_ instance: ProtocolInstance, _ fields: RecordFields) {
    guard let device = fields[.device], let index: UInt32 = fields.number(.index), let mtu: Int = fields.number(.mtu),
      let isUp = fields.flag(.isUp), let area = fields[.area].flatMap({ AreaID($0) }),
      let networkType: NetworkType = fields.word(.networkType), let hello = fields.milliseconds(.helloInterval),
      let dead = fields.milliseconds(.routerDeadInterval), let rxmt = fields.milliseconds(.rxmtInterval),
      let priority: UInt8 = fields.number(.priority), let cost: UInt16 = fields.number(.cost),
      let neighbors = fields.configuredNeighbors, hello > .zero, dead >= .seconds(1), rxmt > .zero, cost > 0
    else { return nil }
    let addressing: InterfaceDefinition.Addressing
    switch (instance.version, fields.address(.address)) {
    case (.v2, .v4(let address)?):
      guard case .v4(let subnet)? = fields[.subnet].flatMap({ IPPrefix($0) }) else { return nil }
      addressing = .ipv4(address: address, subnet: subnet, isUnnumbered: fields.flag(.isUnnumbered) ?? false)
    case (.v3, .v6(let address)?): addressing = .ipv6(linkLocal: address, addresses: [])
    case (.v3, nil): addressing = .ipv6(linkLocal: nil, addresses: [])
    case (.v2, _), (.v3, .v4?): return nil
    }
    var settings = InterfaceSettings(
      area: area, networkType: networkType, helloInterval: hello, routerDeadInterval: dead, rxmtInterval: rxmt,
      infTransDelay: fields.number(.infTransDelay) ?? 1, priority: priority, cost: cost,
      mtuIgnore: fields.flag(.ignoresMTU) ?? false, isPassive: fields.flag(.isPassive) ?? false,
      pollInterval: fields.milliseconds(.pollInterval) ?? .seconds(120), neighbors: neighbors,
      instanceID: fields.number(.instanceID) ?? 0, announcedMTU: fields.number(.announcedMTU),
      demandsIncreasingSequenceNumbers: fields.flag(.demandsIncreasingNumbers) ?? false,
      bfd: fields.word(.bfd) ?? BFDMode.none, suppressesPrefix: fields.flag(.suppressesPrefix) ?? false)
    settings.hasTTLSecurity = fields.flag(.hasTTLSecurity) ?? false
    self.init(
      instance,
      InterfaceDefinition(
        name: device, index: index, addressing: addressing, mtu: mtu, isUp: isUp,
        isLoopback: fields.flag(.isLoopback) ?? false, settings: settings), fields.word(.authentication) ?? .null)
  }
}
