import ControlAPI

extension PeerTelling {
  /// A node in an area of its own kind, and the services that it may advertise there.
  private struct Member {
    /// The number of its area, its network and its router ID.
    var number: Int
    var kind: RouterSetup.AreaKind
    var services: [(story: PeerStory, service: PeerService)]

    var area: String { "0.0.0.\(number)" }
    var routerID: String { "192.0.2.\(10 + number)" }
  }

  /// An area border router with a node in each of four areas; behind it a router in area 0, and a client behind that one.
  func areas() async throws {
    let members = [
      Member(number: 1, kind: .normal, services: [(.normalAreaExternal, .external(101)), (.normalAreaStub, .stub(111))]),
      Member(number: 2, kind: .stub, services: [(.stubArea, .stub(112))]),
      Member(number: 3, kind: .nssa, services: [(.nssaExternal, .external(103)), (.nssaStub, .stub(113))]),
      Member(number: 4, kind: .totallyStubby, services: [(.totallyStubbyArea, .stub(114))]),
    ]
    let border = try await router("border")
    let core = try await router("core")
    try await lab.connect(border.host, "eth0", core.host, "eth0")
    let borderGateway = try await border.host.address(network: 0, number: 1)
    try await core.host.address(network: 0, number: 2)
    let client = try await client(behind: core.host, "eth1")

    var interfaces = [interface("eth0")]
    var daemons: [AnycastDaemon] = []
    for member in members {
      let node = try await lab.host("node\(member.number)")
      let device = "eth\(member.number)"
      try await lab.connect(border.host, device, node, "eth0")
      try await border.host.address(device, network: member.number, number: 1)
      try await node.address(network: member.number, number: 2)
      try await node.defaultRoutes(via: [(member.number, 1)])
      interfaces.append(interface(device, .broadcast, area: member.area))
      daemons.append(
        try await AnycastDaemon(
          on: node,
          configuration: NodeConfiguration(
            routerID: member.routerID, interfaces: [interface("eth0", .broadcast, priority: 0, area: member.area)],
            areaKinds: [member.area: member.kind], services: member.services.map(\.service.configuration)
          ).text))
    }
    let kinds = Dictionary(uniqueKeysWithValues: members.map { ($0.area, $0.kind) })
    try await border.start(.init(routerID: "192.0.2.1", interfaces: interfaces, areaKinds: kinds))
    try await core.start(.init(routerID: "192.0.2.2", interfaces: [interface("eth0"), interface("eth1")]))
    for member in members {
      for (story, service) in member.services {
        await tell(story) {
          try await core.awaitRoutes(to: service, via: [borderGateway])
          try await client.awaitAnswer(of: service)
        }
      }
    }
    for (story, isNSSA) in [(PeerStory.areaLeave, false), (.nssaLeave, true)] where isTold(story) {
      await tell(story) {
        for (daemon, member) in zip(daemons, members) where (member.kind == .nssa) == isNSSA {
          try await expectWithdrawal(by: daemon, member.routerID, of: member.services.map(\.service), at: border)
          for (_, service) in member.services { try await core.awaitRoutes(to: service, via: []) }
        }
      }
    }
  }
}
