import Configuration
import OSPFProtocol
import OSPFWire

/// What a reload begins with: the configuration in force, and what it was applied to.
struct RunningState: Sendable {
  var configuration: Configuration
  var links: [Link]
  /// The router IDs of the instances that run.
  var routerIDs: [ProtocolInstance: RouterID] = [:]
}

/// What a reload does, found out without doing it.
struct ReloadPlan {
  /// What is different, and what comes of it; empty when both configurations mean the same.
  let messages: [String]
  /// The same as the lines of a unified diff of what `show running-config` prints.
  let difference: [String]

  init(from running: RunningState, to new: Configuration) {
    let old = running.configuration
    let changes = new.changes(since: old)
    let effects = changes.isEmpty ? [] : ProtocolInstance.allCases.flatMap { Self.effects($0, running, new) }
    difference = UnifiedDifference.lines(
      from: old.rendered(showingSecrets: false).split(separator: "\n"),
      to: new.rendered(showingSecrets: false).split(separator: "\n"))
    let isHidden = !changes.isEmpty && difference.isEmpty
    messages = changes + (isHidden ? ["what is different is a secret, which is not shown"] : []) + effects
  }

  /// What becomes of an instance, its interfaces and its adjacencies.
  private static func effects(_ kind: ProtocolInstance, _ running: RunningState, _ new: Configuration) -> [String] {
    let wanted = new.routerConfiguration(of: kind, links: running.links)
    guard let routerID = running.routerIDs[kind] else {
      return wanted.map { ["\(kind) starts with router ID \($0.routerID)"] } ?? []
    }
    guard new.isConfigured(kind) else { return ["\(kind) leaves: what it advertises is flushed and its adjacencies end"] }
    let configured = new.routerID(version: kind.version, links: [])
    if let configured, configured != routerID {
      return [
        "\(kind) leaves as \(routerID) and starts again as \(configured): what it advertises is withdrawn until its "
          + "adjacencies are back"
      ]
    }
    return routerIDEffects(kind, routerID, configured ?? wanted?.routerID) + areaEffects(kind, running, new)
      + interfaceEffects(kind, running, new)
  }

  /// One that was chosen among the addresses stays when the choice would be another one today.
  private static func routerIDEffects(_ kind: ProtocolInstance, _ running: RouterID, _ chosen: RouterID?) -> [String] {
    guard let chosen, chosen != running else { return [] }
    return ["\(kind) keeps the router ID \(running), because none is configured; after a restart it would be \(chosen)"]
  }

  private static func areaEffects(_ kind: ProtocolInstance, _ running: RunningState, _ new: Configuration) -> [String] {
    let old = running.configuration
    let areas = Set(old.interfaceDefinitions(of: kind, links: running.links).map(\.settings.area))
    return areas.sorted().compactMap { area in
      let (before, after) = (old[kind.version]?.areas[area] ?? .normal, new[kind.version]?.areas[area] ?? .normal)
      return before == after ? nil : "\(kind): area \(area) becomes another kind of area, its adjacencies begin anew"
    }
  }

  /// An OSPF interface as it is named to people: in OSPFv2 a device may have several.
  private struct Name: Hashable {
    var device: String
    var address: IPv4Address?

    init(_ definition: InterfaceDefinition) {
      device = definition.name
      if case .ipv4(let address, _, _) = definition.addressing { self.address = address }
    }

    var text: String { address.map { "\(device) (\($0))" } ?? device }
  }

  private static func interfaceEffects(_ kind: ProtocolInstance, _ running: RunningState, _ new: Configuration) -> [String] {
    let before = running.configuration.interfaceDefinitions(of: kind, links: running.links).filter(\.canHaveNeighbors)
    let after = new.interfaceDefinitions(of: kind, links: running.links).filter(\.canHaveNeighbors)
    let old = Dictionary(before.map { (Name($0), $0) }) { first, _ in first }
    let names = Set(after.map(Name.init))
    let changed = after.compactMap { definition -> String? in
      let name = Name(definition)
      guard let former = old[name] else { return "\(kind) on \(name.text) starts" }
      switch former.change(to: definition) {
      case .none: return nil
      case .inPlace: return "\(kind) on \(name.text) goes on, its adjacencies stay" + condition(former, definition)
      case .restart: return "\(kind) on \(name.text) is restarted, its adjacencies begin anew"
      }
    }
    let removed = before.map(Name.init).filter { !names.contains($0) }
    return changed + removed.map { "\(kind) on \($0.text) ends, and its adjacencies with it" }
  }

  /// Neighbors compare the intervals with their own (RFC 2328 section 10.5), and refuse what they cannot verify (appendix D.5).
  private static func condition(_ old: InterfaceDefinition, _ new: InterfaceDefinition) -> String {
    var conditions: [String] = []
    if old.settings.helloInterval != new.settings.helloInterval
      || old.settings.routerDeadInterval != new.settings.routerDeadInterval
    {
      conditions.append("intervals")
    }
    if old.settings.authentication != new.settings.authentication { conditions.append("authentication") }
    guard !conditions.isEmpty else { return "" }
    return " if its neighbors get the same \(conditions.joined(separator: " and ")) within the dead interval"
  }
}

extension InterfaceDefinition {
  /// Whether other routers may be met there.
  fileprivate var canHaveNeighbors: Bool { !isLoopback && !settings.isPassive }
}
