import OSPFProtocol
import OSPFWire

extension FirstConfiguration {
  /// The configuration in the dialect, with comments about everything that the operator should look at.
  public var text: String {
    (heading + interfaces + processes + service + routersSide).map { $0 + "\n" }.joined()
  }

  // MARK: - What was seen

  private var heading: [String] {
    var lines = ["! Written by 'anycast-ospfd init'. Lines with '!' are comments: what is not known, and what to look at."]
    lines.append("!")
    lines.append("! The devices of this host:")
    for link in host.links { lines.append("!   \(description(of: link))") }
    switch host.reception {
    case .impossible(let reason):
      lines.append("! It could not be listened for routers: \(reason)")
    case .listened(let seconds, let hellos) where hellos.isEmpty:
      lines.append(
        "! No Hello of a router was heard in \(seconds) s: OSPF is not running at the other end, or a packet filter drops it.")
    case .listened(let seconds, let hellos):
      lines.append("! The routers that were heard in \(seconds) s:")
      for hello in hellos {
        let device = host.link(hello.interfaceIndex)?.name ?? "\(hello.interfaceIndex)"
        lines.append("!   \(hello.version == .v2 ? "OSPFv2" : "OSPFv3") on \(device) from \(hello.source): \(hello.summary)")
      }
    }
    return lines + ["!"]
  }

  private func description(of link: Link) -> String {
    let addresses = link.addresses.map { "\($0.address)/\($0.prefixLength)" }
    var words = ["\(link.name): \(link.isUp ? "up" : "down")"] + (addresses.isEmpty ? ["no address"] : addresses)
    for gateway in host.gateways where gateway.interfaceIndex == link.index {
      words.append("the default gateway\(gateway.address.map { " \($0)" } ?? "") is there")
    }
    return words.joined(separator: ", ")
  }

  // MARK: - Interfaces and processes

  /// The devices with plans, in their order.
  private var uplinks: [Link] {
    plans.map(\.link).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  private var interfaces: [String] {
    guard !plans.isEmpty else {
      return [
        "! No device leads to a router, as far as can be seen: choose one (--interface).",
        "!interface eth0", "! ip ospf area 0.0.0.0", "!",
      ]
    }
    return uplinks.flatMap { block(of: $0) }
  }

  private func block(of link: Link) -> [String] {
    var lines = ["interface \(link.name)"]
    if !link.isUp { lines.append(" ! the device is down") }
    for plan in plans where plan.link == link {
      let word = plan.version == .v2 ? "ip ospf" : "ipv6 ospf6"
      for remark in plan.remarks { lines.append(" ! \(remark)") }
      for line in plan.lines { lines.append("\(line.isKnown ? " " : " ! ")\(word) \(line.text)") }
    }
    return lines + ["!"]
  }

  private var processes: [String] {
    OSPFVersion.allCases.flatMap { version -> [String] in
      let plans = plans.filter { $0.version == version }
      guard !plans.isEmpty else { return [] }
      let word = version == .v2 ? "ospf" : "ospf6"
      var lines = ["router \(word)"]
      if let routerID {
        lines.append(" \(word) router-id \(routerID)")
      } else {
        lines.append(" ! a number in the form of an IPv4 address that no other router has; never an anycast address")
        lines.append(" ! \(word) router-id A.B.C.D")
      }
      var areas: Set<AreaID> = []
      for plan in plans where plan.areaKind != .normal && areas.insert(plan.area).inserted {
        lines.append(" area \(plan.area) \(plan.areaKind.rawValue)")
      }
      return lines + ["!"]
    }
  }

  // MARK: - The service

  private var service: [String] {
    let isStub = plans.contains { $0.areaKind == .stub }
    guard !request.addresses.isEmpty else {
      return [
        "! The first service: its anycast addresses, and how it is checked.",
        "!anycast service dns", "! address 192.0.2.53", "! check dns name www.example.net type A", "!",
      ]
    }
    var lines = ["anycast service first"]
    for address in request.addresses {
      for link in host.links where !link.isLoopback && link.addresses.contains(where: { $0.address == address }) {
        lines.append(" ! \(address) is an address of \(link.name): an anycast address belongs on lo, and to no node alone")
      }
      lines.append(" address \(address)")
    }
    if isStub { lines.append(" advertise stub") }
    return lines + [
      " ! Without a check the service counts as up as long as this daemon runs. Take one of these, or see anycast-ospfd.conf(5):",
      " ! check dns name www.example.net type A", " ! check tcp port 443", " ! check exec /usr/local/bin/probe", "!",
    ]
  }

  // MARK: - The router's side

  private var routersSide: [String] {
    guard let kind = request.router else {
      return ["! The router's side is written below with --router \(RouterKind.allCases.map(\.rawValue).joined(separator: "|"))."]
    }
    let plannedUplinks = uplinks
    guard !plannedUplinks.isEmpty else { return [] }
    return plannedUplinks.flatMap { link in
      let plans = plans.filter { $0.link == link }
      let state =
        plans.allSatisfy { $0.model != nil }
        ? "as it was heard; only what is missing there has to be added" : "where INTERFACE is the one that leads to this node"
      return ["! The router at the other end of \(link.name) (\(kind.rawValue)), \(state):"]
        + RouterLines(kind: kind, plans: plans).lines.map { "!   " + $0 }
    }
  }
}
