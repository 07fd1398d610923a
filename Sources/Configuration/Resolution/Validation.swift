import AnycastPolicy
import OSPFProtocol
import OSPFWire
import Redistribution

/// What only shows when all lines have been read.
enum Validation {
  /// Everything that contradicts itself.
  static func errors(of draft: Draft) -> [ConfigurationError] {
    draft.configuration.services.indices.flatMap { errors(ofService: $0, draft) }
      + draft.configuration.interfaces.flatMap { timerErrors(of: $0, draft) + instanceIDErrors(of: $0, draft) }
      + routerIDErrors(draft)
  }

  private static func errors(ofService index: Int, _ draft: Draft) -> [ConfigurationError] {
    let service = draft.configuration.services[index]
    var errors: [ConfigurationError?] = []
    let isRead = !draft.unreadServices.contains(index)
    if isRead, service.addresses.isEmpty {
      errors.append(conflict(service.name, "a service without 'address'", at: .service(index), draft))
    }
    if isRead, case .atLeast(let number) = service.require, number > service.checks.count {
      errors.append(conflict("\(number)", "the service has \(service.checks.count) checks", at: .require(index), draft))
    }
    if let drain = service.drain { errors += metricErrors(drain.metric, "a drain", of: service, at: .drain(index), draft) }
    if let rise = service.rise { errors += metricErrors(rise.metric, "a rise", of: service, at: .rise(index), draft) }
    if let metric = service.degradedMetric {
      errors += metricErrors(metric, "being degraded", of: service, at: .degraded(index), draft)
    }
    if let lastNode = service.lastNodeGuard {
      let metric = lastNode.metric ?? service.advertise.largestMetric
      errors += metricErrors(metric, "being the last resort", of: service, at: .minimumNodes(index), draft)
      errors += lastResortErrors(metric, of: service, index, draft)
    }
    errors.append(stateTagError(of: service, index, draft))
    if let target = service.installRoute {
      if service.addressMode == .always || service.addressMode == .healthy {
        errors.append(
          conflict(
            "install-route", "the address would be this host's own: write 'address-mode none'", at: .installRoute(index), draft))
      } else if !service.addresses.contains(where: { target.takes($0.prefix) }) {
        errors.append(
          conflict("install-route", "no address of the service is of the gateway's family", at: .installRoute(index), draft))
      }
    }
    for address in service.addresses {
      let largest = service.advertise.largestMetric
      guard let metric = service.addressMetrics[address.address], metric > largest else { continue }
      errors.append(
        conflict("\(metric)", "a stub link's metric is at most \(largest)", at: .serviceAddress(index, address.address), draft))
    }
    return errors.compactMap { $0 }
  }

  /// A metric that is to make a service less preferred must be greater than every metric that it has without that.
  private static func metricErrors(
    _ metric: UInt32, _ cause: String, of service: ServiceConfiguration, at place: Draft.Place, _ draft: Draft
  ) -> [ConfigurationError?] {
    let largest = service.advertise.largestMetric
    if metric > largest {
      return [conflict("\(metric)", "a stub link's metric is at most \(largest)", at: place, draft)]
    }
    let usual = service.addresses.map { service.advertise($0).metric }.max() ?? service.advertise.metric
    guard metric <= usual else { return [] }
    return [
      conflict("\(metric)", "not above the metric \(usual) that is advertised without \(cause)", at: place, draft)
    ]
  }

  /// The state needs a tag, and bits of it that say nothing else.
  private static func stateTagError(of service: ServiceConfiguration, _ index: Int, _ draft: Draft) -> ConfigurationError? {
    guard let stateTag = service.stateTag else { return nil }
    switch service.advertise {
    case .stub: return conflict("tag state", "a stub link has no tag; write 'advertise external'", at: .stateTag(index), draft)
    case .external(_, _, let tag):
      guard tag & stateTag.mask != 0 else { return nil }
      let bits = "\(stateTag.bit) to \(stateTag.bit + 2)"
      let reason = "the tag \(tag) of the service has one of the bits \(bits); write 'tag state bit N'"
      return conflict("tag state", reason, at: .stateTag(index), draft)
    }
  }

  /// Nothing that works may be less preferred than what does not.
  private static func lastResortErrors(
    _ metric: UInt32, of service: ServiceConfiguration, _ index: Int, _ draft: Draft
  ) -> [ConfigurationError?] {
    let others = [
      (service.degradedMetric, "degraded"), (service.drain?.metric, "draining"), (service.rise?.metric, "rising"),
    ]
    return others.compactMap { other, state in
      guard let other, other >= metric else { return nil }
      let reason = "a \(state) service has the metric \(other), and would not be preferred to the last resort's \(metric)"
      return conflict("minimum-nodes", reason, at: .minimumNodes(index), draft)
    }
  }

  /// Neighbors would be declared dead between two Hellos.
  private static func timerErrors(of interface: InterfaceConfiguration, _ draft: Draft) -> [ConfigurationError] {
    let parameters: [(OSPFVersion, IPv4Address?, InterfaceParameters)] =
      [(.v2, nil, interface.ospf), (.v3, nil, interface.ospf6)]
      + interface.ospfByAddress.keys.sorted().map { (.v2, $0, interface.ospfParameters(for: $0)) }
    return parameters.compactMap { version, address, parameters in
      let settings = parameters.settings(version, area: .backbone, defaultNetworkType: .broadcast)
      guard settings.routerDeadInterval <= settings.helloInterval else { return nil }
      let dead = DurationText.format(settings.routerDeadInterval)
      let hello = DurationText.format(settings.helloInterval)
      let reason = "the dead interval of \(dead) is not longer than the hello interval of \(hello)"
      return conflict(interface.name, reason, at: .timers(interface: interface.name, version, address), draft)
        ?? conflict(interface.name, reason, at: .timers(interface: interface.name, version, nil), draft)
    }
  }

  /// Two Instance IDs for IPv4, and none for IPv6.
  private static func instanceIDErrors(of interface: InterfaceConfiguration, _ draft: Draft) -> [ConfigurationError] {
    guard interface.ospf6.ipv4InstanceID != nil, let instanceID = interface.ospf6.instanceID,
      AddressFamily(instanceID: instanceID) == .ipv4
    else { return [] }
    let reason = "'instance-id \(instanceID)' makes it one for IPv4 already; give the second one's after 'address-family'"
    return [conflict(interface.name, reason, at: .addressFamily(interface: interface.name), draft)].compactMap { $0 }
  }

  /// Every other node with the service would have the same router ID.
  private static func routerIDErrors(_ draft: Draft) -> [ConfigurationError] {
    let addresses = draft.configuration.serviceAddresses
    let routerIDs: [(OSPFVersion?, RouterID?)] = [
      (nil, draft.configuration.routerID), (.v2, draft.configuration.ospf?.routerID),
      (.v3, draft.configuration.ospf6?.routerID),
    ]
    return routerIDs.compactMap { version, routerID in
      guard let routerID, addresses.contains(.v4(IPv4Address(rawValue: routerID.rawValue))) else { return nil }
      return conflict(
        routerID.description, "an anycast address cannot be the router ID, because every node of the service has it",
        at: .routerID(version), draft)
    }
  }

  private static func conflict(
    _ word: String, _ reason: String, at place: Draft.Place, _ draft: Draft
  ) -> ConfigurationError? {
    draft.places[place].map { ConfigurationError(location: $0, problem: .conflict(reason), word: word) }
  }

  /// What is no error, but hardly meant, or means something else than in Quagga.
  static func takeNotes(_ draft: inout Draft) {
    FilterNotes.take(&draft)
    AreaNotes.take(&draft)
    AuthenticationNotes.take(&draft)
    BFDNotes.take(&draft)
    InterfaceNotes.take(&draft)
    CheckTargetNotes.take(&draft)
    CheckPathNotes.take(&draft)
    let configuration = draft.configuration
    let instances = ProtocolInstance.allCases.filter(configuration.isConfigured)
    for (index, service) in draft.configuration.services.enumerated() {
      if service.lastNodeGuard != nil, service.checks.isEmpty {
        draft.note(
          .withoutEffect, line: "minimum-nodes", at: .minimumNodes(index), "without 'check' the service never fails")
      }
      if service.checks.isEmpty, !service.isShutdown, service.addressMode != .present {
        draft.note(
          .caution, line: "anycast service \(service.name)", at: .service(index),
          "without 'check' it is advertised as long as the daemon runs, whether anything answers or not")
      }
      for address in service.addresses {
        let block = address.address.v4 == nil ? "router ospf6" : "router ospf"
        let place = Draft.Place.serviceAddress(index, address.address)
        let carriers = instances.filter { $0.addressFamily.contains(address.prefix) }
        if carriers.isEmpty {
          draft.note(
            .withoutEffect, line: "address \(address.prefix)", at: place, "without '\(block)' nothing advertises it")
        } else if case .external = service.advertise, !carriers.contains(where: { carriesExternals($0, configuration) }) {
          draft.note(
            .withoutEffect, line: "address \(address.prefix)", at: place,
            "every area of '\(block)' is a stub area, which no AS-external-LSA enters; write 'advertise stub'")
        }
      }
    }
    for version in OSPFVersion.allCases {
      guard !instances.contains(where: { $0.version == version && carriesExternals($0, configuration) }) else { continue }
      for origin in draft.configuration[version]?.redistribution.origins ?? [] {
        guard let location = origin.location else { continue }
        draft.note(
          ConfigurationNotice(
            location: location, kind: .withoutEffect, line: origin.text,
            reason: "every area is a stub area, which no AS-external-LSA enters"))
      }
    }
  }

  /// Whether an AS-external-LSA or one of type 7 can leave by any area that interfaces are said to be in.
  private static func carriesExternals(_ instance: ProtocolInstance, _ configuration: Configuration) -> Bool {
    guard let section = configuration[instance.version] else { return false }
    let named = configuration.interfaces.flatMap { interface in
      switch instance.version {
      case .v2: [interface.ospf.area] + interface.ospfByAddress.values.map(\.area)
      case .v3: [interface.ospf6.addressFamilies.contains(instance.addressFamily) ? interface.ospf6.area : nil]
      }
    }
    let areas = named.compactMap { $0 } + section.networks.map(\.area)
    return areas.isEmpty || areas.contains { section.areas[$0] != .stub }
  }
}
