import FoundationEssentials

/// FRR: zebra, ospfd and, where wanted, ospf6d, each with its files in the host's directory.
struct FRRRouter: LabRouter {
  let host: Host
  private static let daemons = ["zebra", "ospfd", "ospf6d"]

  func start(_ setup: RouterSetup) async throws {
    _ = try host.write("", to: "zebra.conf")
    _ = try host.write(Self.configuration(setup), to: "ospfd.conf")
    if setup.speaksOSPFv3 { _ = try host.write(Self.ospf6Configuration(setup), to: "ospf6d.conf") }
    // Routes of the kernel and not of staticd, which takes minutes for 100,000 of them.
    let routes = setup.externals.map { "route replace blackhole \($0)\n" }.joined()
    try await Shell.run("ip", ["-n", host.namespace, "-batch", "-"], input: routes)
    try await Shell.run("chown", ["-R", "frr:frr", host.directory])
    for daemon in Self.daemons where daemon != "ospf6d" || setup.speaksOSPFv3 {
      let path = host.directory + "/" + daemon
      try await host.execute(
        "/usr/lib/frr/\(daemon)", "-d", "-u", "frr", "-g", "frr", "-A", "127.0.0.1", "-P", "0", "-f", path + ".conf",
        "-i", path + ".pid", "-z", host.directory + "/zserv.api", "--vty_socket", host.directory, "--log",
        "file:\(path).log")
    }
    try await eventually("ospfd of \(host.name) answers") { try await !show("show ip ospf json").isEmpty }
  }

  private static func configuration(_ setup: RouterSetup) -> String {
    let interfaces = setup.interfaces.map { interface in
      """
      interface \(interface.device)
       ip ospf area \(interface.area)
       ip ospf network \(interface.networkType.rawValue)
       ip ospf hello-interval \(interface.helloInterval)
       ip ospf dead-interval \(interface.routerDeadInterval)
       ip ospf priority \(interface.priority)
       ip ospf cost \(interface.cost)
      !

      """
    }
    let areas = setup.areaKinds.filter { $0.value != .normal }.map { " area \($0.key) \($0.value.rawValue)\n" }
    let redistribute = setup.externals.isEmpty ? "" : " redistribute kernel\n"
    return interfaces.joined() + "router ospf\n ospf router-id \(setup.routerID)\n timers throttle spf 0 50 500\n"
      + areas.joined() + redistribute
  }

  private static func ospf6Configuration(_ setup: RouterSetup) -> String {
    let interfaces = setup.interfaces.map { interface in
      """
      interface \(interface.device)
       ipv6 ospf6 area \(interface.area)
       ipv6 ospf6 network \(interface.networkType.rawValue)
       ipv6 ospf6 hello-interval \(interface.helloInterval)
       ipv6 ospf6 dead-interval \(interface.routerDeadInterval)
       ipv6 ospf6 priority \(interface.priority)
       ipv6 ospf6 cost \(interface.cost)
      !

      """
    }
    return interfaces.joined() + "router ospf6\n ospf6 router-id \(setup.routerID)\n timers throttle spf 0 50 500\n"
  }

  func kill() async throws {
    for daemon in Self.daemons.reversed() {
      let file = "\(host.directory)/\(daemon).pid"
      guard FileManager.default.fileExists(atPath: file) else { continue }
      let processID = try String(contentsOfFile: file, encoding: .utf8).prefix { $0.isNumber }
      try await Shell.run("kill", ["-KILL", String(processID)])
      try await eventually("\(daemon) of \(host.name) has ended") {
        !FileManager.default.fileExists(atPath: "/proc/\(processID)")
      }
      try FileManager.default.removeItem(atPath: file)
    }
  }

  private func show(_ question: String) async throws -> String {
    try await Shell.run("vtysh", ["--vty_socket", host.directory, "-d", "ospfd", "-c", question])
  }

  private struct Neighbors: Decodable {
    struct Neighbor: Decodable {
      var nbrState: String
      var ifaceAddress: String
    }
    var neighbors: [String: [Neighbor]]
  }

  func neighbors() async throws -> [RouterNeighbor] {
    try decoded(Neighbors.self, from: try await show("show ip ospf neighbor json")).neighbors.flatMap { routerID, list in
      list.map { neighbor in
        let parts = neighbor.nbrState.split(separator: "/")
        return RouterNeighbor(
          routerID: routerID, state: parts.first.map(String.init) ?? "", role: parts.last.map(String.init) ?? "",
          address: neighbor.ifaceAddress)
      }
    }
  }

  /// The sections of `show ip ospf database` by the words of their titles.
  private static let sections: [(title: String, lsType: Int)] = [
    ("AS External", 5), ("NSSA-external", 7), ("ASBR-Summary", 4), ("Summary", 3), ("Net Link", 2), ("Router Link", 1),
    ("Link-Local Opaque", 9), ("Area-Local Opaque", 10), ("AS-Global Opaque", 11),
  ]

  func database() async throws -> [RouterLSA] {
    var lsType = 0
    return try await show("show ip ospf database").split(separator: "\n").compactMap { line in
      if let section = Self.sections.first(where: { line.contains($0.title) }) {
        lsType = section.lsType
        return nil
      }
      let words = line.split(separator: " ").map(String.init)
      guard words.count >= 5, words[3].hasPrefix("0x"), let age = Int(words[2]) else { return nil }
      return RouterLSA(
        lsType: lsType, linkStateID: words[0], advertisingRouter: words[1], sequenceNumber: words[3], age: age)
    }
  }
}
