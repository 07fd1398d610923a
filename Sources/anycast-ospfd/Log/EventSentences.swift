import AnycastNode
import AnycastPolicy
import ControlAPI
import Logging
import OSPFProtocol
import OSPFWire

/// The engine's events as reports: a sentence for people, and the fields for programs.
extension OSPFProtocol.Event {
  /// The report of an event of an instance; `device` is the name of its device where the event knows only an index.
  func report(of instance: ProtocolInstance, device: String? = nil) -> EventReport {
    let version = instance.version
    var report: EventReport
    switch self {
    case .interfaceStateChanged(let interface, let from, let to):
      report = EventReport(
        .interfaceStateChanged, .info, "\(interface.name) (\(interface.address)): \(from.rawValue) -> \(to.rawValue)")
      report.interface = interface.name
      report.address = interface.address.description
      report.from = from.rawValue
      report.to = to.rawValue
    case .designatedRouterChanged(let interface, let designatedRouter, let backup):
      report = EventReport(
        .designatedRouterChanged, .info,
        "\(interface.name) (\(interface.address)): "
          + "Designated Router \(Self.name(designatedRouter)), Backup Designated Router \(Self.name(backup))")
      report.interface = interface.name
      report.address = interface.address.description
    case .neighborStateChanged(let neighbor, let from, let to, let cause):
      // An operator asks for adjacencies; what lies between 2-Way and Full is for whoever debugs one.
      let isAdjacencyChange = to == .full || from == .full || (from >= .exStart && to < .exStart)
      report = EventReport(
        .neighborStateChanged, isAdjacencyChange ? .notice : .debug,
        "neighbor \(neighbor.routerID) (\(neighbor.address) on "
          + "\(neighbor.interface.name)): \(from) -> \(to) (\(cause.rawValue))")
      report.interface = neighbor.interface.name
      report.routerID = neighbor.routerID.description
      report.address = neighbor.address.description
      report.from = from.description
      report.to = to.description
      report.reason = cause.rawValue
    case .packetRefused(let interface, let interfaceIndex, let source, let reason):
      let name = interface?.name ?? device ?? "interface \(interfaceIndex)"
      report = EventReport(.packetRefused, .warning, "\(name): packet from \(source) refused: \(reason.sentence)")
      report.interface = name
      report.address = source.description
      report.reason = reason.sentence
    case .duplicateRouterID(let routerID, let interface, let source, let other):
      let owner = other.map { "is also that of \($0)" } ?? "is also ours"
      report = EventReport(.duplicateRouterID, .error, "\(interface.name): the router ID \(routerID) of \(source) \(owner)")
      report.interface = interface.name
      report.routerID = routerID.description
      report.address = source.description
    case .linkBackMissing(let neighbor, let networkType, let theirs):
      report = EventReport(
        .linkBackMissing, .error,
        "neighbor \(neighbor.routerID) (\(neighbor.address) on \(neighbor.interface.name)) is Full, and no route leads over the "
          + "adjacency: \(theirs.contrast(with: networkType)); `anycastctl doctor` says what to change")
      report.interface = neighbor.interface.name
      report.routerID = neighbor.routerID.description
      report.address = neighbor.address.description
    case .originated(let identity, let sequenceNumber):
      report = EventReport(.originated, .debug, "\(identity.words(version)) originated, sequence number \(sequenceNumber)")
    case .flushed(let identity):
      report = EventReport(.flushed, .debug, "\(identity.words(version)) flushed")
    case .receivedSelfOriginated(let identity, let action):
      let consequence =
        switch action {
        case .advancedSequenceNumber: "it is still wanted and originated anew"
        case .flushed: "it is no longer wanted and flushed"
        }
      report = EventReport(
        .receivedSelfOriginated, .info, "\(identity.words(version)), our own of earlier, came back: \(consequence)")
    case .advertisementAcknowledged(let prefix):
      report = EventReport(.advertisementAcknowledged, .debug, "\(prefix): every neighbor has acknowledged the advertisement")
      report.prefix = prefix.description
    case .withdrawalAcknowledged(let prefix):
      report = EventReport(.withdrawalAcknowledged, .debug, "\(prefix): every neighbor has acknowledged the withdrawal")
      report.prefix = prefix.description
    case .notAdvertisable(let prefix):
      report = EventReport(.notAdvertisable, .error, "\(prefix) cannot be advertised: no area takes it the way it is configured")
      report.prefix = prefix.description
    case .limitReached(let limit, let interface):
      let place = interface.map { "\($0.name): " } ?? ""
      report = EventReport(.limitReached, .error, "\(place)the limit of \(limit.rawValue) is reached, no more are taken")
      report.interface = interface?.name
    case .limitNear(let limit):
      report = EventReport(
        .limitNear, .warning,
        "\(instance): four fifths of the limit of \(limit.rawValue) are reached; `anycastctl database` shows whose they are")
    case .databaseOverflow(let neighbor, let limit, let holdOff):
      report = EventReport(
        .databaseOverflow, .critical,
        "\(neighbor.interface.name): no room for what neighbor \(neighbor.routerID) (\(neighbor.address)) sends: the limit of "
          + "\(limit.rawValue) is reached; the interface leaves the network for \(holdOff.components.seconds) s")
      report.interface = neighbor.interface.name
      report.routerID = neighbor.routerID.description
      report.address = neighbor.address.description
      report.reason = "the limit of \(limit.rawValue) is reached"
    case .databaseOverflowOver(let interface):
      report = EventReport(
        .databaseOverflowOver, .notice, "\(interface.name): tries again after the database had no room for what came in on it")
      report.interface = interface.name
    case .gracefulRestart(let event):
      report = EventReport(.gracefulRestart, event.isTrouble ? .warning : .notice, "\(instance): \(event.sentence)")
      report.reason = event.reason
    case .databaseCorrupted(let identity):
      report = EventReport(
        .databaseCorrupted, .critical, "\(identity.words(version)) has changed in memory: memory or software is faulty")
    case .keyInForce(let interface, let keyID):
      report = EventReport(
        .keyInForce, .notice, "\(interface.name) (\(interface.address)): packets are sent with key \(keyID) from now on")
      report.interface = interface.name
      report.address = interface.address.description
    case .noKeyInForce(let interface):
      report = EventReport(
        .noKeyInForce, .error,
        "\(interface.name) (\(interface.address)): no key is in force, and nothing is sent unauthenticated: nothing is sent")
      report.interface = interface.name
      report.address = interface.address.description
    case .departed(let acknowledged):
      report = EventReport(
        .departed, .notice,
        instance.description
          + (acknowledged
            ? ": left, every neighbor has acknowledged the flush"
            : ": left, without the acknowledgment of every neighbor"))
    }
    report.protocol = .init(version)
    report.addressFamily = .init(instance.addressFamily)
    return report
  }

  private static func name(_ router: DesignatedRouterID) -> String { router == .none ? "none" : router.description }
}

extension EventReport {
  init(_ kind: EventKind, _ level: EventLevel, _ message: String) {
    self.init(time: .now, level: level, kind: kind, message: message)
  }
}

extension LinkDescription {
  /// What the neighbor describes, beside what our network type makes us describe.
  fileprivate func contrast(with ours: NetworkType) -> String {
    switch self {
    case .transitNetwork: "it describes a network with a Designated Router, and the network type here is \(ours.rawValue)"
    case .pointToPoint: "it describes a point-to-point link, and the network type here is \(ours.rawValue)"
    case .networkWithoutUs: "its network-LSA does not list us"
    case .nothing: "it describes no link to us"
    }
  }
}

extension LSAIdentity {
  /// `router-LSA 10.0.0.2 of 10.0.0.2`
  fileprivate func words(_ version: OSPFVersion) -> String {
    "\(key.lsType.name(version)) \(key.linkStateID) of \(key.advertisingRouter)"
  }
}

extension ProtocolName {
  /// The name of a version.
  init(_ version: OSPFVersion) {
    switch version {
    case .v2: self = .ospfV2
    case .v3: self = .ospfV3
    }
  }
}

extension AddressFamilyName {
  /// The name of an address family.
  init(_ family: AddressFamily) {
    switch family {
    case .ipv4: self = .ipv4
    case .ipv6: self = .ipv6
    }
  }
}

extension EventReport {
  /// A command that was to be told of a change of a service's state was not, or failed.
  static func onChangeFailed(_ change: ServiceChange, _ reason: String) -> EventReport {
    var report = EventReport(
      .onChangeFailed, .warning,
      "service \(change.service): on-change \(change.command.first ?? ""), told of \(change.from.rawValue) -> "
        + "\(change.to.rawValue): \(reason)")
    report.service = change.service
    report.from = change.from.rawValue
    report.to = change.to.rawValue
    report.reason = reason
    return report
  }
}

/// The policy's events as reports.
extension PolicyEvent {
  /// The report of the event.
  var report: EventReport {
    var report: EventReport
    switch self {
    case .serviceStateChanged(let service, let from, let to, let reason):
      report = EventReport(
        .serviceStateChanged, to == .up ? .notice : to == .lastResort ? .error : .warning, "service \(description)")
      report.service = service
      report.from = from.rawValue
      report.to = to.rawValue
      report.reason = reason
    case .checkStateChanged(let service, _, let from, let to, let reason):
      report = EventReport(.checkStateChanged, .info, "service \(description)")
      report.service = service
      report.from = from.rawValue
      report.to = to.rawValue
      report.reason = reason
    case .serviceHeldDown(let service, _, _):
      report = EventReport(.serviceHeldDown, .warning, "service \(description)")
      report.service = service
    case .serviceReleased(let service):
      report = EventReport(.serviceReleased, .notice, "service \(description)")
      report.service = service
    case .serviceAdded(let service):
      report = EventReport(.serviceAdded, .notice, "service \(description)")
      report.service = service
    case .serviceRemoved(let service):
      report = EventReport(.serviceRemoved, .notice, "service \(description)")
      report.service = service
    case .drainStarted(let target, _, let reason):
      report = EventReport(.drainStarted, .notice, description)
      report.service = target
      report.reason = reason
    case .drainEnded(let target, _):
      report = EventReport(.drainEnded, .notice, description)
      report.service = target
    case .drainPlanned(let target, _, _, let reason):
      report = EventReport(.drainPlanned, .notice, description)
      report.service = target
      report.reason = reason
    case .plannedDrainDropped(let target):
      report = EventReport(.plannedDrainDropped, .notice, description)
      report.service = target
    case .plannedDrainRefused(let target, let reason):
      report = EventReport(.plannedDrainRefused, .error, description)
      report.service = target
      report.reason = reason
    case .addressDisappeared(let device, let address):
      report = EventReport(.addressDisappeared, .warning, description)
      report.interface = device
      report.address = address.description
    case .addressNotAdded(let device, let address, let reason):
      report = EventReport(.addressNotAdded, .error, description)
      report.interface = device
      report.address = address.description
      report.reason = reason
    case .addressNotRemoved(let device, let address, let reason):
      report = EventReport(.addressNotRemoved, .error, description)
      report.interface = device
      report.address = address.description
      report.reason = reason
    case .routeNotInstalled(let prefix, let reason):
      report = EventReport(.routeNotInstalled, .error, description)
      report.prefix = prefix.description
      report.reason = reason
    case .routeNotRemoved(let prefix, let reason):
      report = EventReport(.routeNotRemoved, .error, description)
      report.prefix = prefix.description
      report.reason = reason
    case .routeDisappeared(let prefix):
      report = EventReport(.routeDisappeared, .warning, description)
      report.prefix = prefix.description
    case .addressesNotServed(let service, _):
      report = EventReport(.addressesNotServed, .error, "service \(description)")
      report.service = service
    case .prefixConflict(let prefix, let service, _):
      report = EventReport(.prefixConflict, .error, "service \(description)")
      report.service = service
      report.prefix = prefix.description
    }
    return report
  }
}

/// The node's events as reports.
extension NodeEvent {
  /// The report of the event.
  var report: EventReport {
    var report: EventReport
    switch self {
    case .router(let instance, let event, let device): return event.report(of: instance, device: device)
    case .policy(let event): return event.report
    case .bfd(let event, let device): return event.report(on: device)
    case .instanceStarted(let instance, let routerID):
      report = EventReport(.instanceStarted, .notice, "\(instance): router ID \(routerID)")
    case .gracefulRestartBegun(let instance, let isPlanned, let period):
      report = EventReport(
        .gracefulRestart, .notice,
        "\(instance): goes on where the run before has \(isPlanned ? "ended" : "crashed"): its neighbors are asked to wait "
          + "\(period.wholeSeconds) s")
    case .interfaceAbsent(let name):
      report = EventReport(.interfaceAbsent, .warning, "\(name): configured, but there is no such device; waiting for it")
      report.interface = name
    case .interfacePresent(let name):
      report = EventReport(.interfacePresent, .notice, "\(name): the device is there")
      report.interface = name
    case .socketNotOpened(let device, let reason):
      report = EventReport(.socketFailed, .error, "\(device): cannot open a raw socket, trying again: \(reason)")
      report.interface = device
    case .socketLost(let device, let reason):
      report = EventReport(.socketFailed, .error, "\(device): the raw socket failed, opening another: \(reason)")
      report.interface = device
    case .groupNotJoined(let device, let reason):
      report = EventReport(.multicastFailed, .error, "\(device): \(reason), trying again")
      report.interface = device
    }
    return report
  }
}
