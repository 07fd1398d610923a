import OSPFProtocol
import OSPFWire

extension [InterfaceDefinition] {
  /// Moves interfaces that can have no neighbors, and are alone in their area, to the areas of those that can.
  ///
  /// Under Quagga a service address in an area of its own makes the node an area border router, which originates a summary-LSA of the
  /// prefix with the interface's cost into each other area. This router is none, so the prefix becomes a stub link of its router-LSA
  /// there, with the same metric.
  func withoutLonelyAreas() -> [InterfaceDefinition] {
    let connectedAreas = Set(lazy.filter(\.canHaveNeighbors).map(\.settings.area)).sorted()
    guard !connectedAreas.isEmpty else { return self }
    return flatMap { definition in
      if connectedAreas.contains(definition.settings.area) { return [definition] }
      return connectedAreas.map { area in
        var moved = definition
        moved.settings.area = area
        return moved
      }
    }
  }
}

extension InterfaceDefinition {
  /// Whether other routers may be met there.
  fileprivate var canHaveNeighbors: Bool { !isLoopback && !settings.isPassive }
}

/// Says which lines put loopbacks into areas that nothing else is said to be in. Which devices there are, the files do not tell: this is
/// about `lo`, passive interfaces and host prefixes.
enum AreaNotes {
  static func take(_ draft: inout Draft) {
    for version in OSPFVersion.allCases { take(&draft, version) }
  }

  private typealias Statement = (area: AreaID, isLonely: Bool, place: Draft.Place, line: String)

  private static func take(_ draft: inout Draft, _ version: OSPFVersion) {
    guard let section = draft.configuration[version] else { return }
    var statements = section.networks.map { network -> Statement in
      (network.area, network.prefix.length == 32, .network(network.prefix), "network \(network.prefix) area \(network.area)")
    }
    for interface in draft.configuration.interfaces {
      let all: [(IPv4Address?, InterfaceParameters)] =
        version == .v3
        ? [(nil, interface.ospf6)] : [(nil, interface.ospf)] + interface.ospfByAddress.map { ($0.key, $0.value) }
      for (address, parameters) in all {
        guard let area = parameters.area else { continue }
        let isLonely = interface.name == "lo" || parameters.isPassive ?? section.isPassiveByDefault
        let line = "\(version == .v2 ? "ip ospf" : "ipv6 ospf6") area \(area)" + (address.map { " \($0)" } ?? "")
        statements.append((area, isLonely, .interfaceArea(interface.name, version, address), line))
      }
    }
    let connectedAreas = Set(statements.lazy.filter { !$0.isLonely }.map(\.area))
    guard !connectedAreas.isEmpty else { return }
    let areas = connectedAreas.sorted().map(\.description).joined(separator: ", ")
    for statement in statements where !connectedAreas.contains(statement.area) {
      draft.note(
        .changedMeaning, line: statement.line, at: statement.place,
        "where nothing else is in area \(statement.area), the address becomes a stub link in area \(areas) with the same metric;"
          + " Quagga would be an area border router and originate a summary-LSA there")
    }
  }
}
