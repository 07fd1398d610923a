import ControlAPI

/// Everything that an operator wants to know first, on one screen.
struct StatusScreen {
  var status: StatusReport
  var interfaces: [InterfaceReport]
  var neighbors: [NeighborReport]
  var services: [ServiceReport]

  /// The screen in lines of at most `width` columns; nil means as wide as they are.
  func text(_ terminal: Terminal, width: Int?) -> String {
    let sections = [
      headline(terminal, width), node(width), uplinks(terminal, width), serviceTable(terminal, width), advertisements(width),
      lastChanges(width),
    ]
    return sections.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private func headline(_ terminal: Terminal, _ width: Int?) -> String {
    guard let health = status.health else { return "" }
    let color: Terminal.Color =
      switch health.state {
      case .ok: .good
      case .warning: .doubtful
      case .problem: .bad
      }
    // Where the line has no room for the reasons it names what they are about, and the lines below say why.
    let reasons = health.problems.map { ("problem", $0) } + health.warnings.map { ("warning", $0) }
    guard let width, health.line.count > width, reasons.count > 1 else {
      return Table.wrapped(health.line, indent: 0, width: width).map { terminal.colored($0, color) }.joined(separator: "\n")
    }
    let lines = reasons.flatMap { Table.wrapped("\($0.0): \($0.1)", indent: 2, width: width) }
    return ([terminal.colored(health.headline(width: width), color)] + lines).joined(separator: "\n")
  }

  private func node(_ width: Int?) -> String {
    var lines = [
      "anycast-ospfd \(status.version), \(status.state.rawValue), process \(status.processID), up \(Shown.age(status.uptimeSeconds))",
      "configuration \(status.configurationFiles.joined(separator: ", ")), read \(Shown.age(since: status.configurationLoadedAt)) ago",
    ]
    if let failure = status.failedReload {
      lines.append("the reload \(Shown.age(since: failure.at)) ago failed, and the configuration of before is in force:")
      lines += failure.errors.prefix(3).map { "  \($0)" }
    }
    for problem in status.standingProblems ?? [] {
      let known = problem.acknowledged ? " (acknowledged)" : ""
      lines.append("\(problem.name)\(known), for \(Shown.age(since: problem.since)): \(problem.message)")
    }
    lines += (status.plannedDrains ?? []).map(\.sentence)
    let added = services.count { $0.origin != .configuration }
    if added > 0 { lines.append("\(added) of \(services.count) services added at run time") }
    for instance in status.instances {
      let title = instance.protocol.title(instance.addressFamily)
      lines.append(
        "\(title): router ID \(instance.routerID), area "
          + "\(instance.areas.isEmpty ? "-" : instance.areas.joined(separator: ", ")), \(instance.lsaCount) LSAs")
      guard let restart = instance.gracefulRestart else { continue }
      let time =
        restart.remainingSeconds.map { ", \(Shown.age($0)) left" } ?? restart.endedSecondsAgo.map { ", \(Shown.age($0)) ago" }
      lines.append("\(title): \(restart.message)\(time ?? "")")
    }
    return lines.flatMap { Table.wrapped($0, indent: 0, width: width) }.joined(separator: "\n")
  }

  private func uplinks(_ terminal: Terminal, _ width: Int?) -> String {
    let shown = interfaces.filter { $0.state != .loopback }
    guard !shown.isEmpty else { return "" }
    var table = Table("Uplink", "Protocol", "State", "Neighbor", "Adjacency", ">For", leastUseful: ["State", "Protocol"])
    for interface in shown {
      let heard = neighbors.filter {
        $0.interface == interface.interface && $0.protocol == interface.protocol && $0.addressFamily == interface.addressFamily
          && $0.interfaceAddress == interface.address
      }
      let state = interface.passive ? "passive" : interface.up || interface.state == .absent ? interface.state.rawValue : "Down"
      let title = interface.protocol.title(interface.addressFamily)
      guard let first = heard.first else {
        table.add(interface.interface, title, state, interface.passive ? "-" : "none")
        continue
      }
      for neighbor in heard {
        let isFirst = neighbor == first
        table.add(
          isFirst ? interface.interface : "", isFirst ? title : "", isFirst ? state : "", neighbor.routerID,
          neighbor.linkBackMissing == nil ? neighbor.state.rawValue : "\(neighbor.state), no route",
          Shown.age(neighbor.stateAgeSeconds))
      }
    }
    return table.text(width: width)
  }

  private func serviceTable(_ terminal: Terminal, _ width: Int?) -> String {
    guard !services.isEmpty else { return "no services are configured" }
    var table = Table("Service", "State", ">For", "Advertised")
    for service in services {
      let advertised = service.addresses.filter(\.advertised).map(\.prefix)
      let isWell = service.state == .up && advertised.count == service.addresses.count
      table.add(
        service.name, service.state.rawValue, Shown.age(since: service.since),
        advertised.count == 1 ? advertised[0] : "\(advertised.count) of \(service.addresses.count) prefixes",
        notes: isWell ? [] : [service.reason])
    }
    return table.text(width: width)
  }

  /// What is advertised beside the services.
  private func advertisements(_ width: Int?) -> String {
    let known = Set(services.flatMap { $0.addresses.map(\.prefix) })
    let others = status.instances.flatMap { $0.advertisements.filter { !known.contains($0.prefix) } }
    guard !others.isEmpty else { return "" }
    var table = Table("Advertised beside them", "Kind", ">Metric", "Acknowledged")
    for advertisement in others.prefix(Self.advertisementLimit) {
      let type = advertisement.metricType.map { " type \($0)" } ?? ""
      table.add(
        advertisement.prefix, advertisement.kind.rawValue + type, String(advertisement.metric),
        advertisement.acknowledged ? "yes" : "no")
    }
    let rest = others.count - Self.advertisementLimit
    return table.text(width: width) + (rest > 0 ? "\nand \(rest) more: `anycastctl redistribution`" : "")
  }

  private static let advertisementLimit = 8

  private func lastChanges(_ width: Int?) -> String {
    let changes = (status.lastChanges ?? []).suffix(Self.changeLimit)
    guard !changes.isEmpty else { return "" }
    let lines = changes.flatMap { change in
      Table.wrapped("\(Shown.age(since: change.time)) ago: \(change.message)", indent: 2, width: width)
    }
    return (["Last changes"] + lines).joined(separator: "\n")
  }

  private static let changeLimit = 5
}
