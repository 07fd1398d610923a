import ControlAPI
import OSPFProtocol
import OSPFWire

/// Snapshots of the engine as reports.
extension InstanceReport {
  init(_ router: RouterSnapshot, of kind: ProtocolInstance, interfaceCount: Int, neighborCount: Int) {
    self.init(
      protocol: ProtocolName(kind.version), addressFamily: AddressFamilyName(kind.addressFamily),
      routerID: router.routerID.description,
      areas: router.areas.map(\.description), interfaceCount: interfaceCount, neighborCount: neighborCount,
      adjacencyCount: router.adjacencyCount, lsaCount: router.lsaCount,
      advertisements: router.advertisements.map(AdvertisementReport.init))
    if let floodWarLSA = router.floodWarLSA {
      floodWar = FloodWarReport(
        lsa: "\(floodWarLSA.lsType.name(kind.version)) \(floodWarLSA.linkStateID)", count: router.floodWarCount)
    }
    let configuration = router.configuration
    areaKinds = Dictionary(
      uniqueKeysWithValues: router.areas.map { ($0.description, AreaKindName(configuration.areas[$0] ?? .normal)) })
    minLSIntervalSeconds = configuration.pacing.minLSInterval.inSeconds
    minLSArrivalSeconds = configuration.pacing.minLSArrival.inSeconds
    hostRouter = configuration.stubRouter.hostBit
  }
}

extension AdvertisementReport {
  init(_ snapshot: AdvertisementSnapshot) {
    let prefix = snapshot.advertisement.prefix.description
    switch snapshot.advertisement.kind {
    case .external(let metric, let type, let tag):
      self.init(
        prefix: prefix, kind: .external, metric: metric, metricType: Int(type.rawValue), tag: tag,
        acknowledged: snapshot.isAcknowledged)
    case .stub(let metric):
      self.init(
        prefix: prefix, kind: .stub, metric: UInt32(metric), metricType: nil, tag: nil,
        acknowledged: snapshot.isAcknowledged)
    }
    advertisable = snapshot.isAdvertisable
  }
}

extension InterfaceReport {
  init(_ snapshot: InterfaceSnapshot, of kind: ProtocolInstance) {
    let definition = snapshot.definition
    let settings = definition.settings
    self.init(
      protocol: ProtocolName(kind.version), addressFamily: AddressFamilyName(kind.addressFamily),
      interface: definition.name, index: definition.index,
      address: snapshot.reference.address.description, subnet: definition.addressing.subnetText,
      area: settings.area.description, state: InterfaceStateName(snapshot.state),
      networkType: NetworkTypeName(settings.networkType),
      cost: Int(settings.cost), priority: Int(settings.priority), mtu: definition.mtu, up: definition.isUp,
      passive: settings.isPassive, helloIntervalSeconds: settings.helloInterval.inSeconds,
      deadIntervalSeconds: settings.routerDeadInterval.inSeconds,
      retransmitIntervalSeconds: settings.rxmtInterval.inSeconds, helloDueSeconds: snapshot.helloDue?.inSeconds,
      designatedRouter: snapshot.designatedRouter.text, backupDesignatedRouter: snapshot.backupDesignatedRouter.text,
      neighborCount: snapshot.neighborCount, adjacencyCount: snapshot.adjacencyCount,
      packetsReceived: PacketCounts(snapshot.counters.received), packetsSent: PacketCounts(snapshot.counters.sent),
      packetsRefused: snapshot.counters.refused)
    reception = ReceptionReport(snapshot.reception)
    databaseOverflow = snapshot.overflow.map {
      DatabaseOverflowReport(
        limit: $0.limit.rawValue, routerID: $0.neighbor.routerID.description, address: $0.neighbor.address.description,
        count: $0.count, holdOffSeconds: $0.holdOffDue?.inSeconds)
    }
    transmitDelaySeconds = Int(settings.infTransDelay)
    mtuIgnored = settings.mtuIgnore
    announcedMTU = settings.announcedMTU
    instanceID = kind.version == .v3 ? Int(settings.instanceID) : nil
    authentication = AuthenticationName(settings.authentication, sending: snapshot.keys.sendingKey)
    authenticationKeys = KeyReport.reports(of: snapshot)
  }

  /// A device that is configured and does not exist: nothing is known but what the configuration says.
  init(absent name: String, of kind: ProtocolInstance, area: AreaID?) {
    let settings = InterfaceSettings(area: area ?? .backbone)
    self.init(
      protocol: ProtocolName(kind.version), addressFamily: AddressFamilyName(kind.addressFamily), interface: name,
      index: nil, address: nil, subnet: nil,
      area: area?.description ?? "-", state: .absent, networkType: .unknown, cost: Int(settings.cost),
      priority: Int(settings.priority), mtu: nil, up: false, passive: false, helloIntervalSeconds: 0,
      deadIntervalSeconds: 0, retransmitIntervalSeconds: 0, helloDueSeconds: nil, designatedRouter: nil,
      backupDesignatedRouter: nil, neighborCount: 0, adjacencyCount: 0, packetsReceived: PacketCounts(),
      packetsSent: PacketCounts(), packetsRefused: 0)
  }
}

extension NeighborReport {
  init(_ snapshot: NeighborSnapshot, of kind: ProtocolInstance) {
    let reference = snapshot.reference
    self.init(
      protocol: ProtocolName(kind.version), addressFamily: AddressFamilyName(kind.addressFamily),
      routerID: reference.routerID.description, priority: Int(snapshot.priority),
      state: NeighborStateName(snapshot.state), role: NeighborRole(snapshot.role), deadSeconds: snapshot.deadDue?.inSeconds,
      address: reference.address.description, interface: reference.interface.name,
      interfaceAddress: reference.interface.address.description, area: reference.interface.area.description,
      designatedRouter: snapshot.designatedRouter.text, backupDesignatedRouter: snapshot.backupDesignatedRouter.text,
      stateAgeSeconds: snapshot.stateAge.inSeconds, stateChangeCount: snapshot.stateChangeCount,
      retransmissionCount: snapshot.retransmissionCount, requestCount: snapshot.requestCount,
      summaryCount: snapshot.summaryCount)
    mtu = snapshot.announcedMTU
    optionBits = snapshot.options.rawValue
    interfaceID = kind.version == .v3 ? snapshot.interfaceID : nil
    master = snapshot.isLocalMaster
    ddSequenceNumber = snapshot.ddSequenceNumber
    if case .missing(let description) = snapshot.linkBack { linkBackMissing = LinkDescriptionName(description) }
  }
}

extension PacketCounts {
  /// From counts whose positions are the packet types.
  fileprivate init(_ counts: [UInt64]) {
    func count(_ type: PacketType) -> UInt64 {
      let position = Int(type.rawValue)
      return counts.indices.contains(position) ? counts[position] : 0
    }
    self.init(
      hello: count(.hello), databaseDescription: count(.databaseDescription), linkStateRequest: count(.linkStateRequest),
      linkStateUpdate: count(.linkStateUpdate), linkStateAcknowledgment: count(.linkStateAcknowledgment))
  }
}

extension InterfaceDefinition.Addressing {
  /// `10.0.12.2/24`: our address with the length of the subnet. OSPFv3 knows no subnet.
  fileprivate var subnetText: String? {
    switch self {
    case .ipv4(let address, let subnet, _): "\(address)/\(subnet.length)"
    case .ipv6: nil
    }
  }
}

extension DesignatedRouterID {
  fileprivate var text: String? { self == .none ? nil : description }
}

extension Duration {
  /// The duration in seconds, for reports.
  var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
