import OSPFProtocol
import OSPFWire

/// What BIRD's configuration says of OSPF, in the dialect: areas, interfaces, stub networks, and static and direct routes that simple
/// filters export. Everything else is said to be left out.
struct BIRDImport {
  private(set) var translation = Translation()
  private let path: String
  private let filters: BIRDFilters
  private let sessions: BIRDSessions
  private var statics: [(prefix: IPPrefix, protocolName: String)] = []
  /// The devices of `protocol direct`; nil when there is none, empty for all of them.
  private var directDevices: [String]?
  private var routerID: String?
  private var profiles: Set<String> = []

  init(_ file: BIRDFile, path: String) {
    self.path = path
    filters = BIRDFilters(file.statements)
    sessions = BIRDSessions(file.statements)
    for (line, text) in sessions.leftOut { translation.remark(path, line, text) }
    for statement in file.statements { collect(statement) }
    for statement in file.statements where statement.words.starts(with: ["protocol", "ospf"]) { ospf(statement) }
    for statement in file.statements { mention(statement) }
  }

  private mutating func collect(_ statement: BIRDStatement) {
    let words = statement.words
    if words.starts(with: ["router", "id"]), words.count == 3 { routerID = words[2] }
    guard words.first == "protocol", words.count > 1 else { return }
    if words[1] == "static" {
      for route in statement.block where route.words.first == "route" {
        if let prefix = route.words.dropFirst().first.flatMap({ IPPrefix($0) }) {
          statics.append((prefix, words.count > 2 ? words[2] : "static1"))
        }
      }
    }
    if words[1] == "direct" {
      let named = statement.block.filter { $0.words.first == "interface" }.flatMap { Self.names($0.words.dropFirst()) }
      directDevices = (directDevices ?? []) + named
    }
  }

  /// What no line here stands for.
  private mutating func mention(_ statement: BIRDStatement) {
    guard let first = statement.words.first else { return }
    let known = [
      "protocol ospf", "protocol static", "protocol direct", "protocol device", "protocol kernel", "protocol bfd", "router id",
    ]
    let isKnown = known.contains { statement.words.joined(separator: " ").hasPrefix($0) }
    if isKnown || ["filter", "define", "log", "debug", "timeformat", "ipv4", "ipv6", "function", "watchdog"].contains(first) {
      return
    }
    translation.remark(path, statement.line, "'\(statement.text)' is left out")
  }

  private static func names(_ words: some Sequence<String>) -> [String] {
    words.filter { $0.hasPrefix("\"") }.map { String($0.dropFirst()) }
  }

  // MARK: - OSPF

  private mutating func ospf(_ statement: BIRDStatement) {
    let version: OSPFVersion = statement.words.contains("v3") ? .v3 : .v2
    var router: [String] = []
    if let routerID { router.append(version == .v2 ? "ospf router-id \(routerID)" : "ospf6 router-id \(routerID)") }
    for line in statement.block {
      switch line.words.first {
      case "area": area(line, version, &router)
      case "export": export(line, version, &router)
      case "ipv4" where version == .v3:
        translation.remark(
          path, line.line, "IPv4 over OSPFv3 (RFC 5838) is left out: it is 'address-family ipv4 unicast' in each interface here")
      case "ipv4", "ipv6":
        for inner in line.block where inner.words.first == "export" { export(inner, version, &router) }
      case "stub" where line.words.contains("router"): router.append("max-metric router-lsa administrative")
      case "import", "tick", "ecmp", "rfc1583compat", "graceful", "merge", "description", "vpn", "debug", "preference",
        "instance", "table":
        continue
      default: translation.remark(path, line.line, "'\(line.text)' of OSPF is left out")
      }
    }
    translation.block(version == .v2 ? "router ospf" : "router ospf6", router)
  }

  private mutating func area(_ statement: BIRDStatement, _ version: OSPFVersion, _ router: inout [String]) {
    guard let text = statement.words.dropFirst().first, let area = AreaID(text) else {
      return translation.remark(path, statement.line, "'\(statement.text)' names no area")
    }
    for line in statement.block {
      switch line.words.first {
      case "interface": interfaces(line, area, version)
      case "stub" where line.words.dropFirst().first != "no": router.append("area \(area) stub")
      case "nssa" where line.words.dropFirst().first != "no": router.append("area \(area) nssa")
      case "stubnet": stubNetwork(line)
      default: translation.remark(path, line.line, "'\(line.text)' of area \(area) is left out")
      }
    }
  }

  /// An address range that BIRD advertises as a stub link, whatever is there.
  private mutating func stubNetwork(_ statement: BIRDStatement) {
    guard let prefix = statement.words.dropFirst().first.flatMap({ IPPrefix($0) }) else {
      return translation.remark(path, statement.line, "'\(statement.text)' names no prefix")
    }
    if statement.block.contains(where: { ["hidden", "summary"].contains($0.words.first) }) {
      return translation.remark(path, statement.line, "'\(statement.text)' is hidden or a summary, and left out")
    }
    let cost = statement.block.first { $0.words.first == "cost" }.flatMap { $0.words.last } ?? "10"
    service("stubnet", prefix, "stub metric \(cost)")
  }

  private mutating func service(_ kind: String, _ prefix: IPPrefix, _ advertise: String) {
    let name = ServiceName.plain("\(kind)-\(prefix)".map { ":/".contains($0) ? "-" : String($0) }.joined())
    translation.block(
      "anycast service \(name)",
      ["description BIRD advertised it all the time", "address \(prefix)", "address-mode none", "advertise \(advertise)"])
  }

  private mutating func interfaces(_ statement: BIRDStatement, _ area: AreaID, _ version: OSPFVersion) {
    let named = Self.names(statement.words)
    for name in named {
      guard !name.isEmpty, !name.contains(where: { "*?".contains($0) || $0.isWhitespace }), !name.hasPrefix("-") else {
        translation.remark(
          path, statement.line, "interface \"\(name)\" is no device but a pattern: write a block for each device that it means")
        continue
      }
      let words = version == .v2 ? "ip ospf" : "ipv6 ospf6"
      translation.block("interface \(name)", parameters(statement, area, version, device: name).map { "\(words) \($0)" })
    }
    if named.isEmpty { translation.remark(path, statement.line, "'\(statement.text)' names no device") }
  }

  private static let types = [
    "broadcast": "broadcast", "bcast": "broadcast", "pointopoint": "point-to-point", "ptp": "point-to-point",
    "nonbroadcast": "non-broadcast", "nbma": "non-broadcast", "pointomultipoint": "point-to-multipoint",
    "ptmp": "point-to-multipoint",
  ]

  private mutating func parameters(
    _ statement: BIRDStatement, _ area: AreaID, _ version: OSPFVersion, device: String
  ) -> [String] {
    var lines = ["area \(area)"]
    var cost = "10"
    var hello: Int?
    var dead: Int?
    var count = 4
    var authentication: String?
    if let instance = statement.word(after: "instance") {
      if version == .v3 {
        lines.append("instance-id \(instance)")
      } else {
        translation.remark(path, statement.line, "instance \(instance) of OSPFv2 (RFC 6549) is left out")
      }
    }
    for line in statement.block {
      let value = line.words.last ?? ""
      switch line.words.first {
      case "cost": cost = value
      case "priority": lines.append("priority \(value)")
      case "hello": hello = Int(value)
      case "dead" where line.words.dropFirst().first == "count": count = Int(value) ?? 4
      case "dead": dead = Int(value)
      case "retransmit": lines.append("retransmit-interval \(value)")
      case "transmit": lines.append("transmit-delay \(value)")
      case "type":
        if let type = Self.types[value] {
          lines.append("network \(type)")
        } else {
          translation.remark(path, line.line, "'\(line.text)' of an interface is left out")
        }
      case "stub" where value != "no": lines.append("passive")
      case "bfd" where value != "no": lines.append("bfd profile \(profile(of: device))")
      case "authentication" where value != "none": authentication = value
      case "password", "passwords", "wait", "check", "ecmp", "rx", "tx", "strict", "stub", "bfd", "authentication", "poll",
        "debug":
        continue
      default: translation.remark(path, line.line, "'\(line.text)' of an interface is left out")
      }
    }
    lines.append("cost \(cost)")
    if let hello { lines.append("hello-interval \(hello)") }
    // BIRD's dead interval is four times its hello interval in both versions.
    if hello != nil || dead != nil || count != 4 { lines.append("dead-interval \(dead ?? count * (hello ?? 10))") }
    if let authentication { lines += self.authentication(authentication, statement, version, device) }
    return lines
  }

  /// The profile of a device's BFD sessions, which is written when it is first asked for.
  private mutating func profile(of device: String) -> String {
    let name = "bird-\(device)"
    if profiles.insert(name).inserted {
      translation.lines +=
        ["bfd", " profile \(name)"] + sessions.intervals(of: device).lines.map { "  \($0)" } + [" exit", "exit", "!"]
    }
    return name
  }

  private mutating func authentication(
    _ word: String, _ statement: BIRDStatement, _ version: OSPFVersion, _ device: String
  ) -> [String] {
    let passwords = BIRDPasswords(statement.block, version)
    for (line, text) in passwords.leftOut { translation.remark(path, line, text) }
    guard let (lines, chain) = passwords.lines(word, version, device: device) else {
      translation.remark(path, statement.line, "the authentication of \(statement.text) is left out")
      return []
    }
    if let chain {
      translation.block("key chain \(chain.name)", chain.lines)
      if chain.passwords.count > 1 {
        translation.remark(
          path, statement.line,
          "key chain \(chain.name) has several keys: BIRD sends with the first one, here it is the one with the lowest number")
      }
    }
    return lines
  }

  // MARK: - Exports

  private mutating func export(_ statement: BIRDStatement, _ version: OSPFVersion, _ router: inout [String]) {
    do throws(BIRDFilters.NotUnderstood) {
      let rules = try filters.rules(statement)
      var entries: [[String]] = []
      for rule in rules {
        exportStatics(rule, version, &router)
        entries += directEntries(rule, version, number: entries.count)
      }
      guard !entries.isEmpty else { return }
      let map = "bird-ospf\(version == .v2 ? "" : "6")"
      for (number, entry) in entries.enumerated() { translation.block("route-map \(map) permit \((number + 1) * 10)", entry) }
      router.append("redistribute connected route-map \(map)")
    } catch {
      translation.remark(path, statement.line, "the filter is more than can be read ('\(error.text)'): nothing is exported by it")
    }
  }

  private mutating func exportStatics(_ rule: BIRDExportRule, _ version: OSPFVersion, _ router: inout [String]) {
    guard rule.allowsStatic, rule.device == nil else { return }
    for route in statics where (route.prefix.address.v4 != nil) == (version == .v2) {
      let patterns = rule.prefixes.map { $0.compactMap { BIRDPrefixPattern($0) } }
      guard patterns.map({ $0.contains { $0.matches(route.prefix) } }) ?? true,
        rule.protocolName ?? route.protocolName == route.protocolName
      else { continue }
      if route.prefix.length == 0 {
        router.append("default-information originate always metric \(rule.metric) metric-type \(rule.metricType)")
      } else {
        let tag = rule.tag.map { " tag \($0)" } ?? ""
        service("static", route.prefix, "external metric \(rule.metric) metric-type \(rule.metricType)\(tag)")
      }
    }
  }

  /// The lines of route-map entries: one for each device of `protocol direct`, with the prefixes that the rule names.
  private mutating func directEntries(_ rule: BIRDExportRule, _ version: OSPFVersion, number: Int) -> [[String]] {
    guard rule.allowsDirect, rule.protocolName == nil, let devices = directDevices else { return [] }
    var common: [String] = []
    if let prefixes = rule.prefixes {
      let patterns = prefixes.compactMap { BIRDPrefixPattern($0) }.filter { ($0.prefix.address.v4 != nil) == (version == .v2) }
      guard !patterns.isEmpty else { return [] }
      let word = version == .v2 ? "ip" : "ipv6"
      let list = ServiceName.plain(rule.name ?? "bird-\(number + 1)")
      for pattern in patterns { translation.lines.append("\(word) prefix-list \(list) permit \(pattern.text)") }
      common.append("match \(word) address prefix-list \(list)")
    }
    common += ["set metric \(rule.metric)", "set metric-type type-\(rule.metricType)"]
    if let tag = rule.tag, tag > 0 { common.append("set tag \(tag)") }
    let named = rule.device.map { [$0] } ?? devices
    let plain = named.filter { !$0.contains { "*?".contains($0) } && !$0.hasPrefix("-") }
    if plain.count < named.count || plain.isEmpty { return [common] }
    return plain.map { ["match interface \($0)"] + common }
  }
}
