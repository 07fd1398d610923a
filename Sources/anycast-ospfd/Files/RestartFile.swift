import AnycastNode
import AnycastPolicy
import OSPFProtocol
import OSPFWire

/// What one run leaves to the next, as it stands in a file. What cannot be read of it is left out: the next run then knows less, and
/// learns it from its neighbors.
struct RestartFile: Codable, Hashable {
  /// The boot of the machine: after another one nothing of it is true any more.
  var bootID: String
  /// When it was written, in seconds since that boot.
  var secondsSinceBoot: Double
  /// Whether the neighbors were told of the restart.
  var planned: Bool
  var suspended: Bool
  var instances: [Instance]
  var services: [Service]
  /// Absent in files of versions that did not keep them.
  var added: [Added]?

  struct Instance: Codable, Hashable {
    var name: String
    var routerID: String
    var deadIntervalSeconds: Double
    var gracePeriodSeconds: Double?
    var adjacencies: [Adjacency]
    var lsas: [LSA]
    var redistributed: [Prefix]
  }

  struct Adjacency: Codable, Hashable {
    var interfaceIndex: UInt32
    var routerID: String
  }

  struct LSA: Codable, Hashable {
    var type: UInt16
    var linkStateID: UInt32
    var sequenceNumber: Int32
    /// The database where it is: of an area, of a link (in OSPFv2 with the address), or with neither that of the autonomous system.
    var area: String?
    var interfaceIndex: UInt32?
    var address: String?
  }

  struct Prefix: Codable, Hashable {
    var prefix: String
    var metric: UInt32
    /// 1 or 2; absent of what is no external.
    var metricType: UInt8?
    var tag: UInt32?
    var nextHop: String?
    /// For how long it has been advertised.
    var ageSeconds: Double?
    /// The address that the daemon has put on a device for it.
    var address: String?
    var device: String?
    /// The route that it has installed for it.
    var route: Route?
  }

  struct Route: Codable, Hashable {
    var gateway: String?
    var device: String?
  }

  struct Service: Codable, Hashable {
    var name: String
    var state: String
    var stateAgeSeconds: Double
    var checks: [Check]
    var hold: Hold?
    var advertised: [Prefix]
    var lingerSeconds: Double?
  }

  struct Added: Codable, Hashable {
    var name: String
    var text: String
    var persistent: Bool
  }

  struct Check: Codable, Hashable {
    var summary: String
    var state: String
  }

  struct Hold: Codable, Hashable {
    var remainingSeconds: Double
    var durationSeconds: Double
    var changes: Int
  }
}

extension RestartFile {
  /// Writes a memory down.
  init(_ memory: NodeMemory, planned: Bool, bootID: String, secondsSinceBoot: Double) {
    self.init(
      bootID: bootID, secondsSinceBoot: secondsSinceBoot, planned: planned, suspended: memory.isSuspended,
      instances: memory.instances.sorted { $0.key.description < $1.key.description }.map { Instance($0.key, $0.value) },
      services: memory.services.map(Service.init),
      added: memory.added.map { Added(name: $0.name, text: $0.text, persistent: $0.isPersistent) })
  }

  /// What was written down.
  var memory: NodeMemory {
    let known = instances.compactMap { instance -> (ProtocolInstance, InstanceMemory)? in
      guard let kind = ProtocolInstance.allCases.first(where: { $0.description == instance.name }), let memory = instance.memory
      else { return nil }
      return (kind, memory)
    }
    return NodeMemory(
      instances: Dictionary(known) { first, _ in first }, services: services.compactMap(\.memory), isSuspended: suspended,
      added: (added ?? []).map { .init(name: $0.name, text: $0.text, isPersistent: $0.persistent) })
  }
}

extension RestartFile.Instance {
  fileprivate init(_ kind: ProtocolInstance, _ memory: InstanceMemory) {
    self.init(
      name: kind.description, routerID: memory.routerID.description, deadIntervalSeconds: memory.longestDeadInterval.inSeconds,
      gracePeriodSeconds: memory.gracePeriod?.inSeconds,
      adjacencies: memory.state.adjacencies.map { .init(interfaceIndex: $0.interfaceIndex, routerID: $0.routerID.description) },
      lsas: memory.state.sequenceNumbers.map { RestartFile.LSA($0.key, $0.value) },
      redistributed: memory.redistributed.map { RestartFile.Prefix($0) })
  }

  fileprivate var memory: InstanceMemory? {
    guard let routerID = RouterID(routerID) else { return nil }
    var state = RestartState()
    for adjacency in adjacencies {
      guard let neighbor = RouterID(adjacency.routerID) else { continue }
      state.adjacencies.insert(.init(interfaceIndex: adjacency.interfaceIndex, routerID: neighbor))
    }
    for lsa in lsas {
      guard let identity = lsa.identity(from: routerID) else { continue }
      state.sequenceNumbers[identity] = SequenceNumber(rawValue: lsa.sequenceNumber)
    }
    return InstanceMemory(
      routerID: routerID, state: state, redistributed: redistributed.compactMap(\.advertisement),
      longestDeadInterval: .fromSeconds(deadIntervalSeconds), gracePeriod: gracePeriodSeconds.map(Duration.fromSeconds))
  }
}

extension RestartFile.LSA {
  fileprivate init(_ identity: LSAIdentity, _ number: SequenceNumber) {
    self.init(
      type: identity.key.lsType.rawValue, linkStateID: identity.key.linkStateID.rawValue, sequenceNumber: number.rawValue)
    switch identity.scope {
    case .link(let index, let address):
      interfaceIndex = index
      self.address = address?.description
    case .area(let area): self.area = area.description
    case .autonomousSystem: break
    }
  }

  fileprivate func identity(from routerID: RouterID) -> LSAIdentity? {
    let scope: ScopeID
    if let area {
      guard let area = AreaID(area) else { return nil }
      scope = .area(area)
    } else if let interfaceIndex {
      scope = .link(interfaceIndex: interfaceIndex, address: address.flatMap(IPv4Address.init))
    } else {
      scope = .autonomousSystem
    }
    let key = LSAKey(
      lsType: LSType(rawValue: type), linkStateID: LinkStateID(rawValue: linkStateID), advertisingRouter: routerID)
    return LSAIdentity(scope: scope, key: key)
  }
}

extension RestartFile.Prefix {
  fileprivate init(_ advertisement: Advertisement, age: Duration? = nil) {
    self.init(
      prefix: advertisement.prefix.description, metric: advertisement.kind.metric,
      nextHop: advertisement.nextHop?.description, ageSeconds: age?.inSeconds)
    if case .external(_, let type, let tag) = advertisement.kind { (metricType, self.tag) = (type.rawValue, tag) }
  }

  fileprivate init(_ memory: ServiceMemory.Prefix) {
    self.init(memory.advertisement, age: memory.age)
    address = memory.placed?.address.description
    device = memory.placed?.device
    route = memory.route.map { .init(gateway: $0.gateway?.description, device: $0.device) }
  }

  fileprivate var serviceMemory: ServiceMemory.Prefix? {
    guard let advertisement else { return nil }
    var memory = ServiceMemory.Prefix(advertisement: advertisement, age: .fromSeconds(ageSeconds ?? 0))
    if let device, let address = address.flatMap(IPAddress.init) {
      memory.placed = DeviceAddress(device: device, address: address)
    }
    if let route { memory.route = RouteTarget(gateway: route.gateway.flatMap(IPAddress.init), device: route.device) }
    return memory
  }

  fileprivate var advertisement: Advertisement? {
    guard let prefix = IPPrefix(prefix) else { return nil }
    let kind: Advertisement.Kind
    if let metricType {
      guard let type = ExternalMetricType(rawValue: metricType) else { return nil }
      kind = .external(metric: metric, type: type, tag: tag ?? 0)
    } else {
      kind = .stub(metric: UInt16(clamping: metric))
    }
    return Advertisement(prefix: prefix, kind: kind, nextHop: nextHop.flatMap(IPAddress.init))
  }
}

extension RestartFile.Service {
  fileprivate init(_ memory: ServiceMemory) {
    self.init(
      name: memory.name, state: memory.state.rawValue, stateAgeSeconds: memory.stateAge.inSeconds,
      checks: memory.checks.map { .init(summary: $0.summary, state: $0.state.rawValue) },
      hold: memory.hold.map {
        .init(remainingSeconds: $0.remaining.inSeconds, durationSeconds: $0.duration.inSeconds, changes: $0.changes)
      },
      advertised: memory.advertised.map { RestartFile.Prefix($0) }, lingerSeconds: memory.linger.inSeconds)
  }

  fileprivate var memory: ServiceMemory? {
    guard let state = ServiceState(rawValue: state) else { return nil }
    return ServiceMemory(
      name: name, state: state, stateAge: .fromSeconds(stateAgeSeconds),
      checks: checks.compactMap { check in CheckState(rawValue: check.state).map { .init(summary: check.summary, state: $0) } },
      hold: hold.map {
        .init(
          remaining: .fromSeconds($0.remainingSeconds), duration: .fromSeconds($0.durationSeconds), changes: $0.changes)
      },
      advertised: advertised.compactMap(\.serviceMemory), linger: .fromSeconds(lingerSeconds ?? 0))
  }
}

extension Duration {
  /// A number of seconds from a file: what is no time that anybody has measured counts as the next one that is.
  fileprivate static func fromSeconds(_ seconds: Double) -> Duration {
    .nanoseconds(seconds.isFinite ? Int64(min(max(seconds, 0), 1e9) * 1e9) : 0)
  }
}
