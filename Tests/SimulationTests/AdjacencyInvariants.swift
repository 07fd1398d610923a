import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// On one segment: everybody agrees who is Designated Router and Backup, exactly the adjacencies that RFC 2328 section 10.4 asks for
/// are Full, and nobody is a neighbor twice.
struct AdjacencyInvariants {
  private let topology: Topology
  private let segment: VirtualSegment
  private var network: VirtualNetwork { topology.network }

  init(_ topology: Topology, segment: Int) {
    self.topology = topology
    self.segment = topology.network.segments[segment]
  }

  var violations: [String] {
    let hasDesignatedRouter = segment.networkType == .broadcast || segment.networkType == .nonBroadcast
    let election = hasDesignatedRouter ? electionViolations : []
    return election + segment.attachments.flatMap { neighborViolations($0, hasDesignatedRouter) }
  }

  private var electionViolations: [String] {
    let attached = segment.attachments.compactMap { attachment in
      network.interface(attachment).map { (identity: network.identity(attachment), interface: $0) }
    }
    guard attached.count == segment.attachments.count, let first = attached.first?.interface else {
      return ["an interface is missing"]
    }
    var violations: [String] = []
    let eligible = attached.filter { $0.interface.definition.settings.priority > 0 }.map(\.identity)
    for other in attached.map(\.interface)
    where other.designatedRouter != first.designatedRouter || other.backupDesignatedRouter != first.backupDesignatedRouter {
      violations.append(
        "\(first.reference.address) says DR \(first.designatedRouter) Backup \(first.backupDesignatedRouter), "
          + "\(other.reference.address) says \(other.designatedRouter) \(other.backupDesignatedRouter)")
    }
    if !eligible.contains(first.designatedRouter) {
      violations.append("the Designated Router \(first.designatedRouter) is not eligible")
    }
    if eligible.count > 1, !eligible.contains(first.backupDesignatedRouter) {
      violations.append("no Backup among \(eligible.count) eligible routers")
    }
    return violations + attached.compactMap { stateViolation($0.interface, $0.identity) }
  }

  private func stateViolation(_ interface: InterfaceSnapshot, _ identity: DesignatedRouterID) -> String? {
    let expected: InterfaceState =
      identity == interface.designatedRouter ? .dr : identity == interface.backupDesignatedRouter ? .backup : .drOther
    return interface.state == expected ? nil : "\(interface.reference.address) is \(interface.state), not \(expected)"
  }

  private func neighborViolations(
    _ attachment: VirtualSegment.Attachment, _ hasDesignatedRouter: Bool
  ) -> [String] {
    guard let own = network.interface(attachment) else { return ["host \(attachment.host) lacks \(attachment.interfaceIndex)"] }
    let neighbors = network.neighbors(attachment.host).filter { $0.reference.interface == own.reference }
    let others = segment.attachments.filter { $0 != attachment }
    var violations = others.compactMap { other in
      let routers = [own.designatedRouter, own.backupDesignatedRouter]
      let mustBeFull =
        !hasDesignatedRouter || routers.contains(network.identity(attachment)) || routers.contains(network.identity(other))
      let expected: NeighborState = mustBeFull ? .full : .twoWay
      let state = neighbors.first { isNeighbor($0, other) }?.state ?? .down
      return state == expected
        ? nil : "\(own.reference.address) has \(network.hosts[other.host].routerID) in \(state), not \(expected)"
    }
    if neighbors.count != others.count {
      violations.append("\(own.reference.address) has \(neighbors.count) neighbors on a network of \(others.count) others")
    }
    return violations
  }

  private func isNeighbor(_ neighbor: NeighborSnapshot, _ attachment: VirtualSegment.Attachment) -> Bool {
    neighbor.reference.routerID == network.hosts[attachment.host].routerID
      && neighbor.reference.address == network.definition(attachment)?.ownAddress
  }
}

extension VirtualNetwork {
  /// The interface that an attachment is; nil while its host is down.
  func interface(_ attachment: VirtualSegment.Attachment) -> InterfaceSnapshot? {
    interfaces(attachment.host).first { $0.index == attachment.interfaceIndex }
  }

  /// How Hellos name an attached router.
  func identity(_ attachment: VirtualSegment.Attachment) -> DesignatedRouterID {
    switch definition(attachment)?.addressing {
    case .ipv4(let address, _, _): DesignatedRouterID(rawValue: address.rawValue)
    case .ipv6, nil: DesignatedRouterID(rawValue: hosts[attachment.host].routerID.rawValue)
    }
  }

  /// The routers on the network of the attachment, and which of them is its Designated Router.
  func designatedRouter(of segment: VirtualSegment) -> VirtualSegment.Attachment? {
    segment.attachments.first { interface($0)?.state == .dr }
  }
}
