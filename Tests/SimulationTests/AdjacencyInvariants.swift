import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// On one segment: everybody agrees who is Designated Router and Backup, and exactly the adjacencies that RFC 2328 section 10.4
/// asks for are Full.
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
    let interfaces = segment.attachments.compactMap(interface)
    guard interfaces.count == segment.attachments.count, let first = interfaces.first else { return ["an interface is missing"] }
    var violations: [String] = []
    let eligible = interfaces.filter { $0.definition.settings.priority > 0 }
    for other in interfaces
    where other.designatedRouter != first.designatedRouter || other.backupDesignatedRouter != first.backupDesignatedRouter {
      violations.append(
        "\(first.reference.address) says DR \(first.designatedRouter) Backup \(first.backupDesignatedRouter), "
          + "\(other.reference.address) says \(other.designatedRouter) \(other.backupDesignatedRouter)")
    }
    if !eligible.contains(where: { DesignatedRouterID($0.definition.address) == first.designatedRouter }) {
      violations.append("the Designated Router \(first.designatedRouter) is not eligible")
    }
    let backups = eligible.filter { DesignatedRouterID($0.definition.address) == first.backupDesignatedRouter }
    if eligible.count > 1, backups.isEmpty { violations.append("no Backup among \(eligible.count) eligible routers") }
    return violations + interfaces.compactMap(stateViolation)
  }

  private func stateViolation(_ interface: InterfaceSnapshot) -> String? {
    let identity = DesignatedRouterID(interface.definition.address)
    let expected: InterfaceState =
      identity == interface.designatedRouter ? .dr : identity == interface.backupDesignatedRouter ? .backup : .drOther
    return interface.state == expected ? nil : "\(interface.reference.address) is \(interface.state), not \(expected)"
  }

  private func neighborViolations(
    _ attachment: VirtualSegment.Attachment, _ hasDesignatedRouter: Bool
  ) -> [String] {
    guard let own = interface(attachment) else { return ["host \(attachment.host) has no interface \(attachment.address)"] }
    let neighbors = network.neighbors(attachment.host).filter { $0.reference.interface.address == .v4(attachment.address) }
    return segment.attachments.filter { $0 != attachment }.compactMap { other in
      let routers = [own.designatedRouter, own.backupDesignatedRouter]
      let mustBeFull =
        !hasDesignatedRouter || routers.contains(DesignatedRouterID(attachment.address))
        || routers.contains(DesignatedRouterID(other.address))
      let expected: NeighborState = mustBeFull ? .full : .twoWay
      let state = neighbors.first { $0.reference.address == .v4(other.address) }?.state ?? .down
      return state == expected ? nil : "\(attachment.address) has \(other.address) in \(state), not \(expected)"
    }
  }

  private func interface(_ attachment: VirtualSegment.Attachment) -> InterfaceSnapshot? {
    network.interfaces(attachment.host).first { $0.reference.address == .v4(attachment.address) }
  }
}
