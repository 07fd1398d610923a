import ControlAPI

/// What was looked at, in a few lines, for when everything is well.
struct Summary {
  let reports: DaemonReports
  let host: HostFacts

  var lines: [String] { reports.interfaces.filter(\.isActive).map(line) + reports.services.map(line) + [hostLine] }

  private func line(_ interface: InterfaceReport) -> String {
    let neighbors = reports.neighbors(on: interface).map { neighbor in
      "\(neighbor.state) with \(neighbor.name) for \(Phrases.duration(neighbor.stateAgeSeconds))"
    }
    return "\(interface.subject): \(neighbors.joined(separator: ", "))"
  }

  private func line(_ service: ServiceReport) -> String {
    let advertised = service.addresses.filter(\.advertised)
    func list(_ acknowledged: Bool) -> String {
      advertised.filter { $0.acknowledged == acknowledged }.map(\.prefix).joined(separator: ", ")
    }
    let parts = [(list(true), "advertised and acknowledged"), (list(false), "advertised, the acknowledgment on its way")]
    let words = parts.filter { !$0.0.isEmpty }.map { "\($0.0) \($0.1)" }
    let what = words.isEmpty ? "nothing advertised" : words.joined(separator: ", ")
    return "service \(service.name): \(service.state) (\(service.reason)), \(what)"
  }

  private var hostLine: String {
    let looked: [(what: String, isKnown: Bool)] = [
      ("capabilities", host.capabilities != nil), ("raw sockets", host.rawSockets != nil),
      ("multicast groups", host.groups != nil),
      ("listening sockets", host.listeners != nil),
      ("packet filters", !host.notLookedAt.contains { $0.what == "packet filters" }),
      ("rp_filter", host.defaultRouteDevices != nil), ("ARP settings", host.devices.values.contains { $0.arpIgnore != nil }),
    ]
    return "host: looked at " + looked.filter(\.isKnown).map(\.what).joined(separator: ", ")
  }
}
