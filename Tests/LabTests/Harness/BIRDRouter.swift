import ControlAPI
import FoundationEssentials
import LabHarness

/// BIRD, with its files in the host's directory.
struct BIRDRouter: LabRouter {
  let host: Host
  /// Where its programs are; nil for those that the system has installed.
  var programs: String?

  private var bird: BIRDPrograms { BIRDPrograms(on: host, from: programs) }

  func start(_ setup: RouterSetup) async throws {
    _ = try host.write(Self.configuration(setup, log: host.directory + "/bird.log"), to: "bird.conf")
    try await bird.start()
  }

  /// Changes its setup while it runs.
  func reconfigure(_ setup: RouterSetup) async throws {
    _ = try host.write(Self.configuration(setup, log: host.directory + "/bird.log"), to: "bird.conf")
    let answer = try await bird.ask("configure")
    guard answer.contains("Reconfigured") || answer.contains("Reconfiguration in progress") else { throw LabError(answer) }
  }

  private static func configuration(_ setup: RouterSetup, log: String) -> String {
    """
    log "\(log)" all;
    router id \(setup.routerID);
    protocol device {}
    \(setup.bfdInterval.map(bfd) ?? "")
    \(setup.protocols.map { instance($0, setup) }.joined())
    """
  }

  /// The protocol that the sessions belong to.
  private static func bfd(_ interval: Int) -> String {
    "protocol bfd { interface \"*\" { min rx interval \(interval) ms; min tx interval \(interval) ms; multiplier 3; }; }"
  }

  /// What a protocol is called in the configuration, and the family that it carries.
  private static func words(_ protocolName: ProtocolName) -> (name: String, family: String) {
    switch protocolName {
    case .ospfV2: ("uplink", "ipv4")
    case .ospfV3: ("uplink6", "ipv6")
    }
  }

  private static func instance(_ protocolName: ProtocolName, _ setup: RouterSetup) -> String {
    let (name, family) = words(protocolName)
    let version = protocolName == .ospfV3 || setup.carriesIPv4OverOSPFv3 ? "v3" : "v2"
    let externals = setup.externals(of: protocolName).map { "  route \($0) blackhole;\n" }.joined()
    let areas = Dictionary(grouping: setup.interfaces, by: \.area).map { area, interfaces in
      let kind =
        switch setup.areaKinds[area] ?? .normal {
        case .normal: ""
        case .stub: "stub; summary yes;"
        case .totallyStubby: "stub; summary no;"
        case .nssa: "nssa;"
        }
      return "area \(area) { \(kind)\n" + interfaces.map { interface($0, protocolName) }.joined() + "};\n"
    }
    return """
      protocol kernel { \(family) { import none; export where source != RTS_STATIC; }; merge paths on; }
      protocol static { \(family);
      \(externals)}
      protocol ospf \(version) \(name) {
        debug { states, interfaces };
        ecmp on; merge external on;
        \(family) { import all; export \(externals.isEmpty ? "none" : "where source = RTS_STATIC"); };
        \(areas.joined())
      }

      """
  }

  private static func interface(_ interface: RouterSetup.Interface, _ protocolName: ProtocolName) -> String {
    let type =
      switch interface.networkType {
      case .broadcast: "broadcast"
      case .pointToPoint: "ptp"
      }
    let instance = protocolName == .ospfV3 && interface.instanceID != 0 ? " instance \(interface.instanceID)" : ""
    return """
      interface "\(interface.device)"\(instance) {
        type \(type); hello \(interface.helloInterval); dead \(interface.routerDeadInterval);
        priority \(interface.priority); cost \(interface.cost); \(interface.bfdInterval == nil ? "" : "bfd yes;")
        \(interface.birdAuthentication(protocolName))
      };

      """
  }

  func kill() async throws {
    let processID = try String(contentsOfFile: host.directory + "/bird.pid", encoding: .utf8).prefix { $0.isNumber }
    try await Shell.run("kill", ["-KILL", String(processID)])
    try await eventually("bird of \(host.name) has ended") {
      !FileManager.default.fileExists(atPath: "/proc/\(processID)")
    }
  }

  /// `192.0.2.2  1  Full/DR  3.5  eth0  10.0.0.2`
  func neighbors(_ protocolName: ProtocolName) async throws -> [RouterNeighbor] {
    try await bird.ask("show ospf neighbors \(Self.words(protocolName).name)").split(separator: "\n").compactMap { line in
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard words.count >= 6, words[2].contains("/") else { return nil }
      let parts = words[2].split(separator: "/", maxSplits: 1)
      let role = parts.last.map { $0 == "BDR" ? "Backup" : $0 == "Other" ? "DROther" : String($0) }
      return RouterNeighbor(routerID: words[0], state: parts.first.map(String.init) ?? "", role: role ?? "")
    }
  }

  /// `0001  10.0.0.1  10.0.0.1  80000003  5  e7a2`
  func database(_ protocolName: ProtocolName) async throws -> [RouterLSA] {
    try await bird.ask("show ospf lsadb \(Self.words(protocolName).name)").split(separator: "\n").compactMap { line in
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard words.count == 6, words[0].count == 4, let lsType = Int(words[0], radix: 16), let age = Int(words[4]) else {
        return nil
      }
      return RouterLSA(
        lsType: lsType, linkStateID: words[1], advertisingRouter: words[2], sequenceNumber: "0x" + words[3], age: age)
    }
  }
}

extension RouterSetup.Trailer {
  /// BIRD has key IDs of one octet in OSPFv3 as well.
  fileprivate var birdLines: String {
    "authentication cryptographic; password \"\(key)\" { id \(id); algorithm \(birdAlgorithm); };"
  }
}

extension RouterSetup.Interface {
  /// The lines about authentication.
  fileprivate func birdAuthentication(_ protocolName: ProtocolName) -> String {
    if case .lifetimes? = authentication { return authentication?.birdLines ?? "" }
    return (protocolName == .ospfV2 ? authentication?.birdLines : trailer?.birdLines) ?? ""
  }
}

extension RouterSetup.LimitedKey {
  fileprivate var birdPassword: String {
    let times = [
      ("generate from", send.lowerBound), ("generate to", send.upperBound), ("accept from", accept.lowerBound),
      ("accept to", accept.upperBound),
    ]
    return " password \"\(key)\" { id \(id); algorithm hmac sha256; "
      + times.map { "\($0.0) \"\(CalendarText($0.1).bird)\"; " }.joined() + "};"
  }
}

extension RouterSetup.PacketAuthentication {
  /// The lines of the interface.
  fileprivate var birdLines: String {
    switch self {
    case .simple(let password): "authentication simple; password \"\(password)\";"
    case .md5(let keys):
      "authentication cryptographic;"
        + keys.map { " password \"\($0.key)\" { id \($0.id); algorithm keyed md5; };" }.joined()
    case .hmac(let id, let algorithm, let key):
      RouterSetup.Trailer(id: id, algorithm: algorithm, key: key).birdLines
    case .lifetimes(let keys): "authentication cryptographic;" + keys.map(\.birdPassword).joined()
    }
  }
}
