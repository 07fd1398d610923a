import ControlAPI
import LabHarness

extension PeerTelling {
  /// One router and one node: the service in both manners, and a node that leaves.
  func uplink(
    _ networkType: RouterSetup.NetworkKind, nodePriority: Int, stories: (external: PeerStory, stub: PeerStory, leave: PeerStory),
    state: InterfaceStateName
  ) async throws {
    let uplink = try await Uplink(lab, makeRouter: peer.router)
    let services = [PeerService.external(53), .stub(54)]
    // The node comes first: a router that was alone for RouterDeadInterval would be Designated Router, and stay it.
    let daemon = try await AnycastDaemon(
      on: uplink.node,
      configuration: NodeConfiguration(
        interfaces: [interface("eth0", networkType, priority: nodePriority)], services: services.map(\.configuration)
      ).text)
    try await uplink.router.start(.init(routerID: Uplink.routerID, interfaces: [interface("eth0", networkType)]))
    for (story, service) in zip([stories.external, stories.stub], services) {
      await tell(story) {
        try await uplink.router.awaitRoutes(to: service, via: [uplink.nodeGateway])
        try await uplink.router.host.awaitAnswer(of: service)
        try await eventually("the node is \(state)", state: { daemon.log }) {
          try await daemon.interfaces().filter { $0.interface == "eth0" }.map(\.state) == [state, state]
        }
      }
    }
    await tell(stories.leave) { try await expectWithdrawal(by: daemon, Uplink.nodeID, of: services, at: uplink.router) }
  }

  /// A node that ends takes everything of its own out of the area, instead of leaving it to time: this is what tells a withdrawal
  /// from a neighbor that is no longer heard, whose LSAs stay for an hour.
  func expectWithdrawal(
    by daemon: AnycastDaemon, _ routerID: String, of services: [PeerService], at router: any LabRouter
  ) async throws {
    guard try await daemon.end(.terminate).isSuccess else { throw LabError("the daemon did not end well") }
    for service in services { try await router.awaitRoutes(to: service, via: []) }
    try await eventually("\(router.host.name) holds nothing of \(routerID)") { try await router.lsas(from: routerID).isEmpty }
  }
}
