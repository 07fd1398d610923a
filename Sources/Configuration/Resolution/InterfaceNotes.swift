import OSPFProtocol
import OSPFWire
import Redistribution

/// What the lines about interfaces say together: timers that others mean differently, and what can have no neighbor, or not the usual one.
/// Which devices there are, the files do not tell.
enum InterfaceNotes {
  static func take(_ draft: inout Draft) {
    for interface in draft.configuration.interfaces {
      noteDeadInterval(of: interface, &draft)
      noteNetworkType(of: interface, &draft)
      noteNeighborFilter(of: interface, &draft)
    }
    for version in OSPFVersion.allCases { noteNeighbors(of: version, &draft) }
    noteAreaAuthentication(&draft)
  }

  private static func words(_ version: OSPFVersion) -> String { version == .v2 ? "ip ospf" : "ipv6 ospf6" }

  /// The parameters of an interface in a version, and in OSPFv2 those of its addresses.
  private static func parameters(
    of interface: InterfaceConfiguration, _ version: OSPFVersion
  ) -> [(address: IPv4Address?, parameters: InterfaceParameters)] {
    guard version == .v2 else { return [(nil, interface.ospf6)] }
    return [(nil, interface.ospf)]
      + interface.ospfByAddress.keys.sorted().map { ($0, interface.ospfByAddress[$0] ?? InterfaceParameters()) }
  }

  private static func noteDeadInterval(of interface: InterfaceConfiguration, _ draft: inout Draft) {
    for (address, parameters) in parameters(of: interface, .v2) {
      guard let hello = parameters.helloInterval, let dead = parameters.impliedDeadInterval(.v2), dead != .seconds(40) else {
        continue
      }
      let suffix = address.map { " \($0)" } ?? ""
      draft.note(
        .changedMeaning, line: "ip ospf hello-interval \(DurationText.formatBare(hello))\(suffix)",
        at: .timers(interface: interface.name, .v2, address),
        "without 'dead-interval' the dead interval is four times that, \(DurationText.format(dead)), as in FRR and IOS; Quagga had 40s"
      )
    }
  }

  private static func noteNeighborFilter(of interface: InterfaceConfiguration, _ draft: inout Draft) {
    for version in OSPFVersion.allCases {
      for (address, parameters) in parameters(of: interface, version) {
        let family: AddressFamily = version == .v2 ? .ipv4 : .ipv6
        guard let name = parameters.neighborFilter, draft.configuration.filters.prefixLists[ListName(name, family: family)] == nil
        else { continue }
        let suffix = address.map { " \($0)" } ?? ""
        draft.note(
          .undefinedName, line: "\(words(version)) neighbor-filter \(name)\(suffix)",
          at: .neighborFilter(interface.name, version, address),
          "there is no \(version == .v2 ? "ip" : "ipv6") prefix-list \(name): no neighbor is accepted")
      }
    }
  }

  /// Devices that routers take for point-to-point without being told.
  private static let tunnels = ["gre", "tun", "wg", "ppp", "sit", "ipip", "vti", "xfrm", "ip6"]

  private static func noteNetworkType(of interface: InterfaceConfiguration, _ draft: inout Draft) {
    guard interface.name != "lo" else { return }
    for version in OSPFVersion.allCases {
      guard let type = interface[version, nil].networkType, let reason = doubt(about: type, of: interface, version, draft) else {
        continue
      }
      draft.note(
        .caution, line: "\(words(version)) network \(type.rawValue)", at: .networkType(interface: interface.name, version), reason
      )
    }
  }

  /// Why the routers on the link may have another type; nil where there is no sign of that. A point-to-point link on Ethernet is nothing to
  /// warn of: it is what most routers are told, and where one is not, `status` and the doctor say so.
  private static func doubt(
    about type: NetworkType, of interface: InterfaceConfiguration, _ version: OSPFVersion, _ draft: Draft
  ) -> String? {
    let other = OSPFVersion.allCases.first { $0 != version }
    if let other, interface[other, nil].area != nil, interface[version, nil].area != nil, type == .pointToPoint,
      interface[other, nil].networkType == nil, !isTunnel(interface.name)
    {
      return
        "without '\(words(other)) network' the other version is broadcast on this link: the router must have it like that, or routes "
        + "are missing although the neighbors are Full"
    }
    switch type {
    case .pointToPoint: return nil
    case .broadcast:
      return isTunnel(interface.name)
        ? "routers take a tunnel for point-to-point unless they are told; with different types routes are missing although the neighbors are"
          + " Full" : nil
    case .nonBroadcast:
      let hasNeighbors = version == .v2 && draft.configuration.ospf?.neighbors.isEmpty == false
      return hasNeighbors ? nil : "no 'neighbor' line names a router, and on a non-broadcast network nobody is found without one"
    case .pointToMultipoint:
      return
        "the default of routers is broadcast on Ethernet and point-to-point on tunnels; with another type than theirs routes may be "
        + "missing although the neighbors are Full"
    }
  }

  private static func isTunnel(_ name: String) -> Bool { tunnels.contains(where: name.hasPrefix) }

  /// Nothing can be advertised where there is no neighbor.
  private static func noteNeighbors(of version: OSPFVersion, _ draft: inout Draft) {
    guard let section = draft.configuration[version] else { return }
    let hasSomething = !draft.configuration.services.isEmpty || !section.redistribution.origins.isEmpty
    guard hasSomething else { return }
    let block = version == .v2 ? "router ospf" : "router ospf6"
    let stated = draft.configuration.interfaces.flatMap { interface in
      parameters(of: interface, version).filter { $0.parameters.area != nil }.map { (interface.name, $0.parameters) }
    }
    if stated.isEmpty, section.networks.isEmpty {
      let also = version == .v2 ? " and no 'network'" : ""
      return draft.note(
        .caution, line: block, at: .router(version),
        "no interface is in an area: without '\(words(version)) area'\(also) there are no neighbors, and nothing is advertised")
    }
    let canHaveNeighbors = { (name: String, isPassive: Bool?) in name != "lo" && !(isPassive ?? section.isPassiveByDefault) }
    let mayNetworks =
      !section.networks.isEmpty
      && (!section.isPassiveByDefault || draft.configuration.interfaces.contains { $0.ospf.isPassive == false })
    if !mayNetworks, !stated.contains(where: { canHaveNeighbors($0.0, $0.1.isPassive) }) {
      draft.note(
        .caution, line: block, at: .router(version),
        "every interface in an area is passive: there are no neighbors, and nothing is advertised")
    }
  }

  /// Interfaces that leave authentication to their area, and have no key for it.
  private static func noteAreaAuthentication(_ draft: inout Draft) {
    for (area, choice) in draft.configuration.ospf?.areaAuthentication ?? [:] {
      for interface in draft.configuration.interfaces where interface.name != "lo" {
        for (address, _) in parameters(of: interface, .v2) {
          let parameters = address.map(interface.ospfParameters) ?? interface.ospf
          guard parameters.area == area, parameters.authentication == nil, parameters.isPassive != true else { continue }
          let word = choice == .messageDigest ? "message-digest-key" : "authentication-key"
          let hasKey = choice == .messageDigest ? parameters.digestKeys != nil : parameters.authenticationKey != nil
          guard !hasKey else { continue }
          draft.note(
            .caution, line: "area \(area) authentication\(choice == .messageDigest ? " message-digest" : "")",
            at: .areaAuthentication(area),
            "\(interface.name) is in the area and has no '\(word)': "
              + (choice == .messageDigest ? "no packet is accepted there" : "its password is empty"))
        }
      }
    }
  }
}
