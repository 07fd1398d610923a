import ControlAPI
import FoundationEssentials
import LabHarness

/// FRR: zebra, and ospfd and ospf6d where wanted, each with its files in the host's directory.
struct FRRRouter: LabRouter {
  let host: Host
  /// Where its programs are; nil for those that the system has installed.
  var programs: String?

  private var frr: FRRPrograms { FRRPrograms(on: host, from: programs) }

  /// The daemon that speaks a protocol.
  private static func daemon(_ protocolName: ProtocolName) -> String {
    switch protocolName {
    case .ospfV2: "ospfd"
    case .ospfV3: "ospf6d"
    }
  }

  func start(_ setup: RouterSetup) async throws {
    _ = try host.write("", to: "zebra.conf")
    for protocolName in setup.protocols {
      let externals = setup.externals(of: protocolName)
      let text =
        Self.interfaces(setup.interfaces, protocolName)
        + Self.instance(setup.routerID, setup.areaKinds, protocolName) + " timers throttle spf 0 50 500\n"
        + (setup.helpsRestarts ? " graceful-restart helper enable\n" : "")
        + (externals.isEmpty ? "" : " redistribute kernel\n")
      _ = try host.write(text, to: Self.daemon(protocolName) + ".conf")
    }
    // Routes of the kernel and not of staticd, which takes minutes for 100,000 of them.
    let routes = setup.externals.map { "route replace blackhole \($0)\n" }.joined()
    try await Shell.run("ip", ["-n", host.namespace, "-batch", "-"], input: routes)
    if let interval = setup.bfdInterval { _ = try host.write(Self.bfd(interval), to: "bfdd.conf") }
    try await launch(setup.protocols, withBFD: setup.bfdInterval != nil)
    for protocolName in setup.protocols {
      try await eventually("\(Self.daemon(protocolName)) of \(host.name) answers") {
        try await show("", protocolName).contains(setup.routerID)
      }
    }
  }

  /// Starts the daemons with configurations of their own: that of zebra, and those of the protocols.
  func start(zebra: String, _ configurations: [ProtocolName: String]) async throws {
    _ = try host.write(zebra, to: "zebra.conf")
    for (protocolName, text) in configurations { _ = try host.write(text, to: Self.daemon(protocolName) + ".conf") }
    try await launch(ProtocolName.allCases.filter { configurations[$0] != nil })
  }

  /// The block that the interfaces refer to.
  static func bfd(_ interval: Int) -> String {
    "bfd\n profile lab\n  detect-multiplier 3\n  transmit-interval \(interval)\n  receive-interval \(interval)\n exit\n!\n"
  }

  private func launch(_ protocols: [ProtocolName], withBFD: Bool = false) async throws {
    try await frr.start(["zebra"] + (withBFD ? ["bfdd"] : []) + protocols.map(Self.daemon))
  }

  /// The blocks of the interfaces.
  static func interfaces(_ interfaces: [RouterSetup.Interface], _ protocolName: ProtocolName) -> String {
    let ospf = protocolName == .ospfV2 ? "ip ospf" : "ipv6 ospf6"
    return interfaces.map { interface in
      let hasInstanceID = protocolName == .ospfV3 && interface.instanceID != 0
      let instanceID = hasInstanceID ? " \(ospf) instance-id \(interface.instanceID)\n" : ""
      let authentication = protocolName == .ospfV2 ? interface.authentication : nil
      let keyChain = (authentication ?? interface.authentication?.forBothVersions)?.keyChain(interface.device)
      let bfd = interface.bfdInterval == nil ? "" : " \(ospf) bfd\n \(ospf) bfd profile lab\n"
      let multiplier = protocolName == .ospfV2 ? interface.helloMultiplier : nil
      let intervals =
        multiplier.map { " \(ospf) dead-interval minimal hello-multiplier \($0)" }
        ?? " \(ospf) hello-interval \(interface.helloInterval)\n \(ospf) dead-interval \(interface.routerDeadInterval)"
      let trailer = protocolName == .ospfV3 ? interface.trailer?.line ?? interface.authentication?.lines6(interface.device) : nil
      return """
        \(keyChain ?? "")interface \(interface.device)
         \(ospf) area \(interface.area)
         \(ospf) network \(interface.networkType.rawValue)
        \(intervals)
         \(ospf) priority \(interface.priority)
         \(ospf) cost \(interface.cost)
        \(instanceID)\(bfd)\(authentication?.lines(interface.device) ?? "")\(trailer ?? "")!

        """
    }.joined()
  }

  /// Changes the configuration of a daemon while it runs.
  func configure(_ protocolName: ProtocolName, _ lines: String...) async throws { try await configure(protocolName, lines) }

  /// Changes the configuration of a daemon while it runs.
  func configure(_ protocolName: ProtocolName, _ lines: [String]) async throws {
    try await frr.ask(["configure terminal"] + lines, daemon: Self.daemon(protocolName))
  }

  /// The beginning of the block of the routing protocol.
  static func instance(_ routerID: String, _ areaKinds: [String: RouterSetup.AreaKind], _ protocolName: ProtocolName) -> String {
    let areas = areaKinds.filter { $0.value != .normal }.map { " area \($0.key) \($0.value.rawValue)\n" }
    let name = protocolName == .ospfV2 ? "ospf" : "ospf6"
    return "router \(name)\n \(name) router-id \(routerID)\n" + areas.joined()
  }

  func kill() async throws {
    for daemon in ProtocolName.allCases.map(Self.daemon) + ["bfdd", "zebra"] {
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

  /// What `show ip ospf` or `show ipv6 ospf6` says.
  func show(_ question: String, _ protocolName: ProtocolName) async throws -> String {
    let prefix = protocolName == .ospfV2 ? "show ip ospf" : "show ipv6 ospf6"
    return try await frr.ask(["\(prefix) \(question)"], daemon: Self.daemon(protocolName))
  }

  private struct Neighbors: Decodable {
    struct Neighbor: Decodable {
      var nbrState: String
    }
    var neighbors: [String: [Neighbor]]
  }

  private struct Neighbors6: Decodable {
    struct Neighbor: Decodable {
      var neighborId: String
      var state: String
      var ifState: String
    }
    var neighbors: [Neighbor]
  }

  func neighbors(_ protocolName: ProtocolName) async throws -> [RouterNeighbor] {
    let text = try await show("neighbor json", protocolName)
    switch protocolName {
    case .ospfV2:
      return try decoded(Neighbors.self, from: text).neighbors.flatMap { routerID, list in
        list.map { neighbor in
          let parts = neighbor.nbrState.split(separator: "/")
          return RouterNeighbor(
            routerID: routerID, state: parts.first.map(String.init) ?? "", role: parts.last.map(String.init) ?? "")
        }
      }
    case .ospfV3:
      return try decoded(Neighbors6.self, from: text).neighbors.map {
        RouterNeighbor(routerID: $0.neighborId, state: $0.state, role: $0.ifState == "BDR" ? "Backup" : $0.ifState)
      }
    }
  }

  func database(_ protocolName: ProtocolName) async throws -> [RouterLSA] {
    let lines = try await show("database", protocolName).split(separator: "\n")
    switch protocolName {
    case .ospfV2: return Self.database(lines)
    case .ospfV3: return Self.database6(lines)
    }
  }

  /// The sections of `show ip ospf database` by the words of their titles.
  private static let sections: [(title: String, lsType: Int)] = [
    ("AS External", 5), ("NSSA-external", 7), ("ASBR-Summary", 4), ("Summary", 3), ("Net Link", 2), ("Router Link", 1),
    ("Link-Local Opaque", 9), ("Area-Local Opaque", 10), ("AS-Global Opaque", 11),
  ]

  private static func database(_ lines: [Substring]) -> [RouterLSA] {
    var lsType = 0
    return lines.compactMap { line in
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

  /// The first column of `show ipv6 ospf6 database`.
  private static let types6 = [
    "Rtr": 0x2001, "Net": 0x2002, "IAP": 0x2003, "IAR": 0x2004, "ASE": 0x4005, "Type7": 0x2007, "Lnk": 0x0008, "INP": 0x2009,
  ]

  /// `Net  0.0.0.2  192.0.2.2  5 80000001  192.0.2.1`: a line for each thing that the LSA says.
  private static func database6(_ lines: [Substring]) -> [RouterLSA] {
    var lsas: [RouterLSA] = []
    for line in lines {
      let words = line.split(separator: " ").map(String.init)
      guard words.count >= 5, let lsType = types6[words[0]], let age = Int(words[3]) else { continue }
      let lsa = RouterLSA(
        lsType: lsType, linkStateID: words[1], advertisingRouter: words[2], sequenceNumber: "0x" + words[4], age: age)
      if lsas.last != lsa { lsas.append(lsa) }
    }
    return lsas
  }
}

extension RouterSetup.PacketAuthentication {
  /// The lines of an interface.
  fileprivate func lines(_ device: String) -> String {
    switch self {
    case .simple(let password): " ip ospf authentication\n ip ospf authentication-key \(password)\n"
    case .md5(let keys):
      " ip ospf authentication message-digest\n"
        + keys.map { " ip ospf message-digest-key \($0.id) md5 \($0.key)\n" }.joined()
    case .hmac, .lifetimes: " ip ospf authentication key-chain lab-\(device)\n"
    }
  }

  /// The lines of an interface in OSPFv3: only keys with lifetimes are for both versions.
  fileprivate func lines6(_ device: String) -> String {
    guard case .lifetimes = self else { return "" }
    return " ipv6 ospf6 authentication keychain lab-\(device)\n"
  }

  /// The lines of a key chain that has lifetimes.
  func keyLines(_ device: String) -> [String] {
    guard case .lifetimes(let keys) = self else { return [] }
    return ["key chain lab-\(device)"]
      + keys.flatMap { key in
        [
          "key \(key.id)", "key-string \(key.key)", "cryptographic-algorithm hmac-sha-256",
          "send-lifetime \(Self.lifetime(key.send))", "accept-lifetime \(Self.lifetime(key.accept))", "exit",
        ]
      }
  }

  /// `12:00:00 1 Jan 2026 12:30:00 1 Jan 2026`, in the time of this machine's zone.
  private static func lifetime(_ span: ClosedRange<Int>) -> String {
    [span.lowerBound, span.upperBound].map { CalendarText($0).frr }.joined(separator: " ")
  }

  /// What of it is for OSPFv3 too.
  fileprivate var forBothVersions: Self? {
    if case .lifetimes = self { self } else { nil }
  }

  /// The block that the lines of an interface refer to.
  fileprivate func keyChain(_ device: String) -> String {
    let limited = keyLines(device)
    if !limited.isEmpty { return limited.map { "\($0)\n" }.joined() + "exit\n!\n" }
    guard case .hmac(let id, let algorithm, let key) = self else { return "" }
    return """
      key chain lab-\(device)
       key \(id)
        key-string \(key)
        cryptographic-algorithm \(algorithm)
      !

      """
  }
}
