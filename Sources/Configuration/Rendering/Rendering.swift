import AnycastPolicy
import OSPFProtocol
import OSPFWire

extension Configuration {
  /// The configuration in its native form. Parsing the text gives an equal configuration. Without secrets it is for people: a
  /// word stands in their place that is refused, so that nothing runs with wrong ones.
  public func rendered(showingSecrets: Bool = true) -> String {
    rendered(showingSecrets: showingSecrets) { _ in [] }
  }

  /// The same, with lines of comment inside of services' blocks.
  package func rendered(showingSecrets: Bool, comments: (ServiceConfiguration) -> [String]) -> String {
    var blocks: [[String]] = []
    if let routerID { blocks.append(["router-id \(routerID)"]) }
    if !fleetMembers.isEmpty {
      blocks.append(["fleet members \(fleetMembers.sorted().map(\.description).joined(separator: " "))"])
    }
    if let hostname { blocks.append(["fleet hostname \(hostname)"]) }
    if lastDrain != .warn { blocks.append(["on-last-drain \(lastDrain.rawValue)"]) }
    if let controlGroup { blocks.append(["control group \(controlGroup)"]) }
    if othersMayRead { blocks.append(["control others read-only"]) }
    if !metricsListeners.isEmpty { blocks.append(metricsListeners.map { "metrics listen \($0)" }) }
    if logging != LogConfiguration() { blocks.append(logging.lines) }
    blocks += interfaces.map { $0.lines(showingSecrets: showingSecrets) }
    if let ospf { blocks.append(["router ospf"] + ospf.lines(.v2)) }
    if let ospf6 { blocks.append(["router ospf6"] + ospf6.lines(.v3)) }
    if bfd != BFDConfiguration() { blocks.append(bfd.lines) }
    blocks += services.map { $0.lines(showingSecrets: showingSecrets) + comments($0).map { " \($0)" } }
    blocks += filterBlocks()
    blocks += keyChains.sorted { $0.key < $1.key }.map { $0.value.lines($0.key, showingSecrets: showingSecrets) }
    return blocks.map { $0.joined(separator: "\n") + "\n!\n" }.joined()
  }
}

extension InterfaceConfiguration {
  fileprivate func lines(showingSecrets: Bool) -> [String] {
    var lines = ["interface \(name)"]
    if let description { lines.append(" description \(description)") }
    lines += ospf.lines(showingSecrets: showingSecrets).map { " \(undone($0, "ip ospf"))" }
    for (address, parameters) in ospfByAddress.sorted(by: { $0.key < $1.key }) {
      lines += parameters.lines(showingSecrets: showingSecrets).map { " \(undone($0, "ip ospf")) \(address)" }
    }
    lines += ospf6.lines(showingSecrets: showingSecrets).map { " \(undone($0, "ipv6 ospf6"))" }
    return lines
  }

  /// `no` comes before the words of the version.
  private func undone(_ line: (isNegated: Bool, text: String), _ prefix: String) -> String {
    "\(line.isNegated ? "no " : "")\(prefix) \(line.text)"
  }
}

extension InterfaceParameters {
  /// A line for each parameter that is configured, without the words of the version.
  fileprivate func lines(showingSecrets: Bool) -> [(isNegated: Bool, text: String)] {
    var lines: [(Bool, String)] = []
    func add(_ name: String, _ value: String?) {
      if let value { lines.append((false, "\(name) \(value)")) }
    }
    add("area", area?.description)
    add("instance-id", instanceID?.description)
    add("address-family ipv4 unicast", ipv4InstanceID.map { "instance-id \($0)" })
    add("network", networkType?.rawValue)
    add("hello-interval", helloInterval.map(DurationText.formatBare))
    switch deadInterval {
    case .interval(let interval)?: add("dead-interval", DurationText.formatBare(interval))
    case .minimal(let multiplier)?: add("dead-interval", "minimal hello-multiplier \(multiplier)")
    case nil: break
    }
    add("retransmit-interval", rxmtInterval.map(DurationText.formatBare))
    add("transmit-delay", infTransDelay?.description)
    add("priority", priority?.description)
    add("authentication-key", authenticationKey?.text(isShown: showingSecrets))
    for key in digestKeys ?? [] { add("message-digest-key", "\(key.id) md5 \(key.secret.text(isShown: showingSecrets))") }
    switch authentication {
    case .null?: add("authentication", "null")
    case .simple?: lines.append((false, "authentication"))
    case .messageDigest?: add("authentication", "message-digest")
    case .keyChain(let name)?: add("authentication", "key-chain \(name)")
    case nil: break
    }
    if hasExtendedSequenceNumbers == true { lines.append((false, "authentication extended-sequence-numbers")) }
    switch trailer {
    case .key(let key)?:
      let secret = key.secret.text(isShown: showingSecrets)
      add("authentication", "key-id \(key.id) hash-algo \(key.algorithm.rawValue) key \(secret)")
    case .keyChain(let name)?: add("authentication", "keychain \(name)")
    case nil: break
    }
    add("authentication protocol-id", protocolIDOrder?.rawValue)
    add("compatible rfc7474", demandsIncreasingSequenceNumbers.map { $0 ? "enable" : "disable" })
    add("cost", cost?.description)
    add("ifmtu", announcedMTU?.description)
    if let bfd { lines += bfd.lines.map { (false, $0) } }
    if mtuIgnore == true { lines.append((false, "mtu-ignore")) }
    add("neighbor-filter", neighborFilter)
    if let hasTTLSecurity { lines.append((!hasTTLSecurity, "ttl-security")) }
    if suppressesPrefix == true { lines.append((false, "prefix-suppression")) }
    if let isPassive { lines.append((!isPassive, "passive")) }
    return lines
  }
}

extension RouterSection {
  fileprivate func lines(_ version: OSPFVersion) -> [String] {
    var lines: [String] = []
    if let routerID { lines.append(version == .v2 ? "ospf router-id \(routerID)" : "ospf6 router-id \(routerID)") }
    if let referenceBandwidth { lines.append("auto-cost reference-bandwidth \(referenceBandwidth)") }
    if let minLSInterval { lines.append("timers throttle lsa all \(DurationText.milliseconds(minLSInterval))") }
    if let minLSArrival { lines.append("timers lsa min-arrival \(DurationText.milliseconds(minLSArrival))") }
    if let maximumLSAs {
      lines.append("max-lsa \(maximumLSAs)" + (ignoreTime.map { " ignore-time \(DurationText.format($0))" } ?? ""))
    }
    if let maxMetric { lines.append("max-metric router-lsa \(RouterCommands.word(for: maxMetric))") }
    if isHostRouter { lines.append(version == .v2 ? "host-router" : "stub-router administrative") }
    if demandsIncreasingSequenceNumbers { lines.append("compatible rfc7474") }
    lines += gracefulRestart.lines
    if isPassiveByDefault { lines.append("passive-interface default") }
    lines += networks.map { "network \($0.prefix) area \($0.area)" }
    for (area, kind) in areas.sorted(by: { $0.key < $1.key }) where kind != .normal {
      lines.append("area \(area) \(kind == .stub ? "stub" : "nssa")")
    }
    for (area, choice) in areaAuthentication.sorted(by: { $0.key < $1.key }) {
      lines.append("area \(area) authentication\(choice == .messageDigest ? " message-digest" : "")")
    }
    lines += redistribution.lines()
    for (address, statement) in neighbors.sorted(by: { $0.key < $1.key }) {
      let priority = statement.priority.map { " priority \($0)" } ?? ""
      let pollInterval = statement.pollInterval.map { " poll-interval \(DurationText.formatBare($0))" } ?? ""
      lines.append("neighbor \(address)\(priority)\(pollInterval)")
    }
    return lines.map { " \($0)" }
  }
}

extension GracefulRestartStatements {
  fileprivate var lines: [String] {
    var lines: [String] = []
    if !isEnabled { lines.append("no graceful-restart") }
    if let gracePeriod { lines.append("graceful-restart grace-period \(DurationText.formatBare(gracePeriod))") }
    switch helped {
    case .everybody: break
    case .only(let routerIDs): lines += routerIDs.sorted().map { "graceful-restart helper enable \($0)" }
    case .nobody: lines.append("no graceful-restart helper enable")
    }
    if !hasStrictLSAChecking { lines.append("no graceful-restart helper strict-lsa-checking") }
    if helpsOnlyPlanned { lines.append("graceful-restart helper planned-only") }
    if let longestGracePeriod {
      lines.append("graceful-restart helper supported-grace-time \(DurationText.formatBare(longestGracePeriod))")
    }
    return lines
  }
}

extension KeyChain {
  fileprivate func lines(_ name: String, showingSecrets: Bool) -> [String] {
    var lines = ["key chain \(name)"]
    for (id, key) in keys.sorted(by: { $0.key < $1.key }) {
      lines.append(" key \(id)")
      if let secret = key.secret { lines.append("  key-string \(secret.text(isShown: showingSecrets))") }
      if let algorithm = key.algorithm { lines.append("  cryptographic-algorithm \(algorithm.rawValue)") }
      if let lifetime = key.sendLifetime { lines.append("  send-lifetime \(LifetimeText.format(lifetime))") }
      if let lifetime = key.acceptLifetime { lines.append("  accept-lifetime \(LifetimeText.format(lifetime))") }
    }
    return lines
  }
}

extension Secret {
  /// The key as it stands in a file, or the word that stands for it.
  fileprivate func text(isShown: Bool) -> String {
    isShown ? String(decoding: bytes, as: UTF8.self) : CheckConfiguration.hiddenSecret
  }
}
