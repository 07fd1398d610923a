import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire

/// What a drain that is to be the only one still waits for.
public struct DrainObstacle: Hashable, Sendable {
  /// What is in the way.
  public enum Cause: Hashable, Sendable {
    case draining
    /// It is expected, and does not advertise the prefix, or cannot be reached.
    case down
    case lastResort
    /// It waits as well.
    case waiting
    /// It serves and has not said yet that it lets us go first: it has not heard of us, or knows of a node that is out of service.
    case notYielding
    /// It lets another node go first.
    case yieldingToAnother
    /// No neighbor is Full here: nothing is known of the others.
    case notSynchronized
    /// The others are heard, and must stay as they are for some seconds.
    case settling
  }

  public var prefix: IPPrefix
  /// The node; nil where the cause is here.
  public var node: FleetNode?
  public var cause: Cause

  public init(prefix: IPPrefix, node: FleetNode?, cause: Cause) {
    self.prefix = prefix
    self.node = node
    self.cause = cause
  }
}

/// How far a drain that is to be the only one has come.
public enum ExclusiveDrainProgress: Hashable, Sendable {
  case waiting([DrainObstacle])
  case begun
}

/// Maintenance without a coordinator: of the nodes of a service that tell their state in the tag (`tag state`), one drains at a time.
///
/// A node that wants to drain tells first that it waits. Every other one that serves, and knows of none that is out of service, answers by
/// telling that it yields, and while it does it begins to wait for nothing itself; so at most one can have the consent of all. Where two
/// have begun to wait before they heard of each other, the one with the higher router ID yields. The one that waits drains when all
/// have yielded for `hold`. No clock of another node and no bound for how long news take is relied upon: a node that hears nothing, in
/// another part of the network or behind a lossy link, does not yield, and nobody drains.
struct ExclusiveDrains {
  /// How long all must have yielded: RxmtInterval.
  static let hold = Duration.seconds(5)
  /// How long a request stands after it was last asked for: less than `hold`, so that no drain begins when the operator has gone.
  static let lease = Duration.seconds(4)
  /// How long a node that has gone is expected back, where no `fleet members` are configured.
  static let memory = Duration.seconds(86400)

  struct Request {
    var names: [String]
    var duration: Duration?
    var reason: String?
    var isForced: Bool
    var standsUntil: Instant
    /// The others are told that we wait.
    var isTold = false
    /// Since when nothing is in the way any more.
    var clearSince: Instant?
    var obstacles: [DrainObstacle] = []
    var refusal: DrainError?
  }

  /// A prefix as an instance sees it.
  struct View: Hashable {
    var kind: ProtocolInstance
    var prefix: IPPrefix
  }

  enum Condition: Hashable {
    /// It serves, and tells this; nil: it tells nothing, and takes no part.
    case serving(FleetState?)
    case out(DrainObstacle.Cause)
  }

  var requests: [Request] = []
  /// The services of the prefixes that tell their state; nil when that must be looked up.
  var tagged: [IPPrefix: (service: ServiceConfiguration, address: ServiceAddress)]?
  /// That of the last look at the databases.
  var basis: [LastNodeCensus.Basis.Source] = []
  var rest = Instant.zero
  var isDue = false
  /// Every other node that can be reached, or is there without being reachable; nil where the instance sees nothing.
  var conditions: [View: [FleetNode: Condition]] = [:]
  /// When each node was last seen to serve.
  var seen: [View: [FleetNode: Instant]] = [:]
  /// The prefixes of which somebody tells that it waits.
  var awaited: Set<IPPrefix> = []

  var nextDeadline: Instant? {
    let ends = requests.flatMap { [$0.standsUntil] + ($0.clearSince.map { [$0 + Self.hold] } ?? []) }
    return (ends + (isDue ? [rest] : [])).min()
  }
}

extension AnycastNode {
  /// Drains services or addresses as soon as no other node of them is draining or out of service. Is to be asked again at least every few
  /// seconds until the drain has begun; who no longer asks no longer waits.
  public func drainExclusively(
    _ names: [String], for duration: Duration?, reason: String?, isForced: Bool, at now: Instant
  ) throws(DrainError) -> ExclusiveDrainProgress {
    takeOverServices(at: now)
    let addresses = try policy.addresses(named: names)
    if try policy.areDrained(names) {
      exclusive.requests.removeAll { $0.names == names }
      return .begun
    }
    if let silent = addresses.first(where: { $0.service.stateTag == nil }) { throw .tellsNoState(silent.service.name) }
    let blind = instances.filter { $0.router.externalVisibility == .none }.map(\.kind.addressFamily)
    if addresses.contains(where: { _, address in blind.contains { $0.contains(address.prefix) } }) { throw .seesNoOthers }
    if !isForced, configuration.lastDrain == .refuse {
      let alone = addressesServedHereOnly(names, at: now)
      if !alone.isEmpty { throw .servedHereOnly(alone) }
    }
    let index = exclusive.requests.firstIndex { $0.names == names } ?? exclusive.requests.count
    if index == exclusive.requests.count {
      exclusive.requests.append(
        .init(names: names, duration: duration, reason: reason, isForced: isForced, standsUntil: now + ExclusiveDrains.lease))
    }
    exclusive.requests[index].duration = duration
    exclusive.requests[index].reason = reason
    exclusive.requests[index].isForced = isForced
    exclusive.requests[index].standsUntil = now + ExclusiveDrains.lease
    finishTurn(at: now)
    guard let request = exclusive.requests.first(where: { $0.names == names }) else { return .begun }
    if let refusal = request.refusal {
      exclusive.requests.removeAll { $0.names == names }
      throw refusal
    }
    return .waiting(request.obstacles)
  }

  /// Looks at the others where a database has changed, and does what follows for those who wait, here and elsewhere. Returns whether
  /// anything came of it.
  func coordinateDrains(at now: Instant) -> Bool {
    guard state == .running || state == .suspended else { return false }
    observeFleet(at: now)
    guard !exclusive.requests.isEmpty || !exclusive.awaited.isEmpty || policy.tellsFleetStates else { return false }
    exclusive.requests.removeAll { $0.standsUntil <= now }
    var states: [IPPrefix: FleetState] = [:]
    for index in exclusive.requests.indices {
      let request = judged(exclusive.requests[index], at: now)
      exclusive.requests[index] = request
      guard request.isTold else { continue }
      for item in (try? policy.addresses(named: request.names)) ?? [] { states[item.address.prefix] = .waiting }
    }
    for prefix in exclusive.awaited where states[prefix] == nil && mayYield(prefix, at: now) { states[prefix] = .yielding }
    let isChanged = policy.tellsOtherThan(states)
    policy.setFleetStates(states, at: now)
    return beginExclusiveDrains(at: now) || isChanged
  }

  private func beginExclusiveDrains(at now: Instant) -> Bool {
    for (index, request) in exclusive.requests.enumerated() where request.refusal == nil {
      guard let since = request.clearSince, since + ExclusiveDrains.hold <= now else { continue }
      let alone = request.isForced || configuration.lastDrain == .warn ? [] : addressesServedHereOnly(request.names, at: now)
      guard alone.isEmpty else {
        exclusive.requests[index].refusal = .servedHereOnly(alone)
        exclusive.requests[index].isTold = false
        continue
      }
      exclusive.requests.remove(at: index)
      policy.setFleetStates([:], at: now)
      try? policy.drain(request.names, for: request.duration, reason: request.reason, at: now)
      // One at a time: what another request waits for here is judged anew.
      return true
    }
    return false
  }

  // MARK: - What the databases say

  private func observeFleet(at now: Instant) {
    let tagged = taggedPrefixes
    guard !tagged.isEmpty else {
      exclusive.conditions = [:]
      exclusive.awaited = []
      return
    }
    let sources = sources
    guard sources != exclusive.basis else { return }
    guard now >= exclusive.rest else {
      exclusive.isDue = true
      return
    }
    exclusive.isDue = false
    exclusive.basis = sources
    let running = instances.filter { !$0.isLeaving }
    exclusive.rest = now + LastNodeCensus.restPerLSA * running.reduce(0) { $0 + $1.router.lsaCount }
    exclusive.conditions = [:]
    exclusive.awaited = []
    for instance in running where instance.router.isSynchronized {
      let prefixes = Set(tagged.keys.filter { instance.kind.addressFamily.contains($0) })
      let found = Dictionary(grouping: instance.router.advertisers(of: prefixes, at: now), by: \.prefix)
      for prefix in prefixes {
        guard let (service, address) = tagged[prefix] else { continue }
        let others = (found[prefix] ?? []).filter { $0.routerID != instance.router.configuration.routerID }
        note(others, of: service, address, in: .init(kind: instance.kind, prefix: prefix), at: now)
      }
    }
  }

  private func note(
    _ advertisers: [PrefixAdvertiser], of service: ServiceConfiguration, _ address: ServiceAddress, in view: ExclusiveDrains.View,
    at now: Instant
  ) {
    var conditions: [FleetNode: ExclusiveDrains.Condition] = [:]
    for (node, ways) in Dictionary(grouping: advertisers, by: \.node) {
      let reachable = ways.filter { $0.reachability.cost != nil }
      guard !reachable.isEmpty else {
        conditions[node] = .out(.down)
        continue
      }
      let states = reachable.compactMap { way in way.tag.flatMap { service.stateTag?.state(in: $0) } }
      let worst = service.lastNodeGuard.map { service.advertiseAsLastResort(address, $0) }
      if states.contains(.draining) {
        conditions[node] = .out(.draining)
      } else if states.contains(.lastResort) || worst.map({ worst in reachable.allSatisfy { $0.isLastResort(worst) } }) ?? false {
        conditions[node] = .out(.lastResort)
      } else {
        conditions[node] = .serving(states.first)
        if states.contains(.waiting) { exclusive.awaited.insert(view.prefix) }
      }
      exclusive.seen[view, default: [:]][node] = now
    }
    exclusive.conditions[view] = conditions
  }

  private var taggedPrefixes: [IPPrefix: (service: ServiceConfiguration, address: ServiceAddress)] {
    if let tagged = exclusive.tagged { return tagged }
    let pairs = configuration.services.filter { $0.stateTag != nil && !$0.isShutdown }.flatMap { service in
      service.addresses.map { ($0.prefix, (service: service, address: $0)) }
    }
    let tagged = Dictionary(pairs) { first, _ in first }
    exclusive.tagged = tagged
    exclusive.basis = []
    exclusive.seen = exclusive.seen.filter { tagged[$0.key.prefix] != nil }
    return tagged
  }

  /// Every other node of a prefix that is there or expected; nil where an instance that carries the prefix sees nothing.
  private func others(
    of prefix: IPPrefix, at now: Instant
  ) -> [(view: ExclusiveDrains.View, nodes: [FleetNode: ExclusiveDrains.Condition])]? {
    let carriers = instances.filter { !$0.isLeaving && $0.kind.addressFamily.contains(prefix) }
    guard !carriers.isEmpty else { return nil }
    var all: [(ExclusiveDrains.View, [FleetNode: ExclusiveDrains.Condition])] = []
    for carrier in carriers {
      let view = ExclusiveDrains.View(kind: carrier.kind, prefix: prefix)
      guard carrier.router.isSynchronized, var nodes = exclusive.conditions[view] else { return nil }
      let members = configuration.fleetMembers
      if members.isEmpty {
        for (node, at) in exclusive.seen[view] ?? [:] where nodes[node] == nil && at + ExclusiveDrains.memory > now {
          nodes[node] = .out(.down)
        }
      } else {
        nodes = nodes.filter { node, condition in
          // Of who is no member only what it says counts.
          if case .out(.down) = condition, case .router(let routerID) = node { members.contains(routerID) } else { true }
        }
        for member in members where member != carrier.router.configuration.routerID && nodes[.router(member)] == nil {
          nodes[.router(member)] = .out(.down)
        }
      }
      all.append((view, nodes))
    }
    return all
  }

  // MARK: - What follows

  /// Whether somebody who waits for a prefix may go first: we serve it, and know of nobody who is out of service.
  private func mayYield(_ prefix: IPPrefix, at now: Instant) -> Bool {
    guard let (service, address) = taggedPrefixes[prefix], policy.serves(address, for: service),
      let views = others(of: prefix, at: now)
    else { return false }
    return views.allSatisfy { _, nodes in nodes.values.allSatisfy { if case .out = $0 { false } else { true } } }
  }

  private func judged(_ former: ExclusiveDrains.Request, at now: Instant) -> ExclusiveDrains.Request {
    var request = former
    guard request.refusal == nil, let addresses = try? policy.addresses(named: request.names) else { return request }
    var obstacles: [DrainObstacle] = []
    /// Somebody goes first, or is out of service: we no longer say that we wait.
    var mustStepBack = false
    for (service, address) in addresses {
      let prefix = address.prefix
      guard let views = others(of: prefix, at: now) else {
        obstacles.append(DrainObstacle(prefix: prefix, node: nil, cause: .notSynchronized))
        continue
      }
      let isHeard = request.isTold && policy.serves(address, for: service)
      for (view, nodes) in views {
        let routerID = instances.first { $0.kind == view.kind }?.router.configuration.routerID
        for (node, condition) in nodes.sorted(by: { $0.key.description < $1.key.description }) {
          guard let cause = Self.obstacle(condition, isHeard: isHeard) else { continue }
          obstacles.append(DrainObstacle(prefix: prefix, node: node, cause: cause))
          switch cause {
          case .waiting: mustStepBack = mustStepBack || node.precedes(routerID)
          case .draining, .down, .lastResort: mustStepBack = true
          case .notYielding, .yieldingToAnother, .notSynchronized, .settling: break
          }
        }
      }
      if instances.contains(where: { $0.router.isAnnouncing(prefix) || $0.router.isWithdrawing(prefix) }) {
        obstacles.append(DrainObstacle(prefix: prefix, node: nil, cause: .settling))
      }
    }
    let isServed = addresses.contains { policy.serves($0.address, for: $0.service) }
    let isInTheWay = obstacles.contains { $0.cause != .settling }
    if request.isTold {
      if mustStepBack || !isServed { request.isTold = false }
    } else if !isInTheWay, isServed {
      // All is calm: now the others are told, and their answers waited for.
      request.isTold = true
      request.clearSince = nil
      request.obstacles = addresses.map { DrainObstacle(prefix: $0.address.prefix, node: nil, cause: .settling) }
      return request
    }
    let mayBegin = obstacles.isEmpty && (request.isTold || !isServed)
    request.clearSince = mayBegin ? request.clearSince ?? now : nil
    request.obstacles =
      obstacles.isEmpty ? addresses.map { DrainObstacle(prefix: $0.address.prefix, node: nil, cause: .settling) } : obstacles
    return request
  }

  /// What of a node is in the way. Before we are heard, all must be calm; then all must yield.
  private static func obstacle(_ condition: ExclusiveDrains.Condition, isHeard: Bool) -> DrainObstacle.Cause? {
    switch condition {
    case .out(let cause): cause
    case .serving(.waiting): .waiting
    case .serving(.yielding): isHeard ? nil : .yieldingToAnother
    case .serving(nil): nil
    case .serving(.up), .serving(.degraded), .serving(.draining), .serving(.lastResort): isHeard ? .notYielding : nil
    }
  }
}

extension FleetNode {
  /// Whether it goes first where both wait. One that is known by an IPv6 address always does: both may yield then, and neither drains.
  fileprivate func precedes(_ routerID: RouterID?) -> Bool {
    guard let routerID else { return true }
    switch self {
    case .router(let other): return other < routerID
    case .address(.v4(let address)): return address.rawValue < routerID.rawValue
    case .address(.v6): return true
    }
  }
}

extension PrefixAdvertiser {
  /// The External Route Tag; nil for a stub prefix, which has none.
  public var tag: UInt32? {
    switch kind {
    case .stub: nil
    case .external(let route), .nssaExternal(let route): route.tag
    }
  }
}
