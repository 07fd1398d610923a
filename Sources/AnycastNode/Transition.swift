import Configuration
import OSPFProtocol
import OSPFWire

/// What a transition begins with: the configuration in force, and what it was applied to.
public struct RunningState: Sendable {
  public var configuration: Configuration
  /// The devices.
  public var links: [Link]
  /// The router IDs of the instances that run.
  public var routerIDs: [ProtocolInstance: RouterID]
  /// The instances that are leaving.
  public var leaving: Set<ProtocolInstance>

  public init(
    configuration: Configuration, links: [Link], routerIDs: [ProtocolInstance: RouterID] = [:],
    leaving: Set<ProtocolInstance> = []
  ) {
    self.configuration = configuration
    self.links = links
    self.routerIDs = routerIDs
    self.leaving = leaving
  }
}

/// The way from one configuration to the next: decided once, and then described to the operator or done.
public struct Transition: Sendable {
  /// What it begins with.
  public let running: RunningState
  /// What it leads to.
  public let configuration: Configuration
  /// What becomes of each instance.
  let steps: [ProtocolInstance: Step]

  /// What becomes of an instance.
  enum Step: Sendable {
    /// It does not run, and does not begin; or it waits for its predecessor to leave.
    case none
    /// It begins.
    case start(RouterConfiguration, [InterfaceDefinition])
    /// It leaves.
    case leave
    /// It leaves, and another one follows it under this name: a router with another name is another router.
    case replace(by: RouterID)
    /// It goes on, with another configuration where there is one, and with these interfaces.
    case goOn(RouterConfiguration?, [InterfaceDefinition])
  }

  /// Decides how to get from what runs to a configuration.
  public init(from running: RunningState, to configuration: Configuration) {
    self.running = running
    self.configuration = configuration
    steps = Dictionary(
      uniqueKeysWithValues: ProtocolInstance.allCases.map { ($0, Self.step($0, running, configuration)) })
  }

  private static func step(_ kind: ProtocolInstance, _ running: RunningState, _ new: Configuration) -> Step {
    let configured = new.routerID(version: kind.version, links: [])
    guard let routerID = running.routerIDs[kind] else {
      // Two routers at one address would end each other's adjacencies.
      guard !running.leaving.contains(kind), let wanted = new.routerConfiguration(of: kind, links: running.links) else {
        return .none
      }
      return .start(wanted, new.interfaceDefinitions(of: kind, links: running.links))
    }
    guard new.isConfigured(kind) else { return .leave }
    if let configured, configured != routerID { return .replace(by: configured) }
    var wanted = new.routerConfiguration(of: kind, links: running.links)
    // Only a configured router ID replaces that of a running instance: one that was derived from addresses stays.
    wanted?.routerID = configured ?? routerID
    return .goOn(wanted, new.interfaceDefinitions(of: kind, links: running.links))
  }
}

/// A transition in sentences.
extension Transition {
  /// What a transition takes away as a whole, which is rather a mistake than meant; nil for all others.
  public var totalLoss: String? {
    let former = running.configuration
    let kinds = ProtocolInstance.allCases
    if kinds.contains(where: former.isConfigured), !kinds.contains(where: configuration.isConfigured) {
      return "the new configuration has no router, and every service would be withdrawn"
    }
    if !former.services.isEmpty, configuration.services.isEmpty {
      return "the new configuration has no service, and every service would be withdrawn"
    }
    return nil
  }

  /// What is different, and what comes of it; empty when both configurations mean the same.
  public var messages: [String] {
    let changes = configuration.changes(since: running.configuration)
    guard !changes.isEmpty else { return [] }
    let secrets = difference.isEmpty ? ["what is different is a secret, which is not shown"] : []
    return changes + secrets + ProtocolInstance.allCases.flatMap(effects)
  }

  /// What is different as the lines of a unified diff of what `show running-config` prints.
  public var difference: [String] {
    UnifiedDifference.lines(
      from: running.configuration.rendered(showingSecrets: false).split(separator: "\n"),
      to: configuration.rendered(showingSecrets: false).split(separator: "\n"))
  }

  private func effects(_ kind: ProtocolInstance) -> [String] {
    switch steps[kind] ?? .none {
    case .none: return []
    case .start(let wanted, _): return ["\(kind) starts with router ID \(wanted.routerID)"]
    case .leave: return ["\(kind) leaves: what it advertises is flushed and its adjacencies end"]
    case .replace(let other):
      let routerID = running.routerIDs[kind].map { "\($0)" } ?? "it is"
      return [
        "\(kind) leaves as \(routerID) and starts again as \(other): what it advertises is withdrawn until its "
          + "adjacencies are back"
      ]
    case .goOn(_, let definitions):
      return routerIDEffects(kind) + areaEffects(kind) + interfaceEffects(kind, definitions)
    }
  }

  /// One that was chosen among the addresses stays when the choice would be another one today.
  private func routerIDEffects(_ kind: ProtocolInstance) -> [String] {
    guard configuration.routerID(version: kind.version, links: []) == nil, let routerID = running.routerIDs[kind],
      let chosen = configuration.routerID(version: kind.version, links: running.links), chosen != routerID
    else { return [] }
    return ["\(kind) keeps the router ID \(routerID), because none is configured; after a restart it would be \(chosen)"]
  }

  private func areaEffects(_ kind: ProtocolInstance) -> [String] {
    let old = running.configuration
    let areas = Set(old.interfaceDefinitions(of: kind, links: running.links).map(\.settings.area))
    return areas.sorted().compactMap { area in
      let before = old[kind.version]?.areas[area] ?? .normal
      let after = configuration[kind.version]?.areas[area] ?? .normal
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

  private func interfaceEffects(_ kind: ProtocolInstance, _ definitions: [InterfaceDefinition]) -> [String] {
    let before = running.configuration.interfaceDefinitions(of: kind, links: running.links).filter(\.canHaveNeighbors)
    let after = definitions.filter(\.canHaveNeighbors)
    let old = Dictionary(before.map { (Name($0), $0) }) { first, _ in first }
    let names = Set(after.map(Name.init))
    let changed = after.compactMap { definition -> String? in
      let name = Name(definition)
      guard let former = old[name] else { return "\(kind) on \(name.text) starts" }
      switch former.change(to: definition) {
      case .none: return nil
      case .inPlace: return "\(kind) on \(name.text) goes on, its adjacencies stay" + Self.condition(former, definition)
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
