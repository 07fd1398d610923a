import OSPFProtocol
import OSPFWire

/// `minimum-nodes N [last-resort metric M]`: a node whose checks fail goes on advertising, as the last resort, while fewer than N other
/// nodes serve.
public struct LastNodeGuard: Hashable, Sendable {
  /// How many other nodes must serve before this one withdraws.
  public var minimumNodes: Int
  /// The metric of the last resort; nil for the worst that the advertisement can have.
  public var metric: UInt32?

  public init(minimumNodes: Int, metric: UInt32? = nil) {
    self.minimumNodes = minimumNodes
    self.metric = metric
  }
}

/// The other nodes that advertise a prefix and can be reached, as the link state database tells it.
public struct OtherNodes: Hashable, Sendable {
  /// Those that advertise it as nodes do that are well.
  public var serving: Int
  /// Those that advertise it as a last resort, and stay when several do: their router IDs are lower than ours.
  public var precedingLastResorts: Int

  /// Counts nodes.
  public init(serving: Int, precedingLastResorts: Int) {
    self.serving = serving
    self.precedingLastResorts = precedingLastResorts
  }

  func areEnough(for lastNode: LastNodeGuard) -> Bool { serving + precedingLastResorts >= lastNode.minimumNodes }
}

extension ServiceConfiguration {
  /// How an address is advertised as the last resort: nobody who is well is less preferred, whatever the type of its metric is.
  public func advertiseAsLastResort(_ address: ServiceAddress, _ lastNode: LastNodeGuard) -> Advertisement.Kind {
    let kind = advertise(address)
    let worst: Advertisement.Kind =
      switch kind {
      case .external(let metric, _, let tag): .external(metric: metric, type: .type2, tag: tag)
      case .stub: kind
      }
    return tell(.lastResort, in: worst.with(metric: lastNode.metric ?? kind.largestMetric))
  }
}

/// What is known of the other nodes of a guarded prefix that has no healthy service here.
struct LastNodeWatch {
  /// Whether the others were counted, or it was found that they cannot be, since it began.
  var isCounted = false
  /// Nil while the link state database cannot tell.
  var others: OtherNodes?
  /// What every neighbor has acknowledged last.
  var acknowledged: Advertisement.Kind?
  /// Since when enough other nodes have been seen without a break, all neighbors knowing us as the last resort.
  var enoughSince: Instant?
}

/// The guard of the last node: what fails is made the last resort first, and withdrawn only when enough others have been seen to serve
/// for long enough.
///
/// Two nodes that fail at the same instant must not both take the other for healthy. Each tells that it has failed before it begins to
/// look at the other, and looks for longer than the news of the other takes: so at least one of them sees that the other has failed too,
/// and stays.
extension Policy {
  /// How long enough others must be seen before the last resort is withdrawn: twice RxmtInterval, in which an LSA arrives that was lost
  /// on its way once.
  static let lastResortHold = Duration.seconds(10)

  /// The guarded prefixes whose services are not well here, and for which the other nodes are to be counted: after every call, tell
  /// `setOthers` what has changed about them.
  public var guardedPrefixes: [IPPrefix: (service: ServiceConfiguration, address: ServiceAddress, lastNode: LastNodeGuard)] {
    guard !watches.isEmpty else { return [:] }
    var guarded: [IPPrefix: (service: ServiceConfiguration, address: ServiceAddress, lastNode: LastNodeGuard)] = [:]
    for service in services {
      guard let lastNode = service.configuration.lastNodeGuard else { continue }
      for address in service.configuration.addresses where watches[address.prefix] != nil && guarded[address.prefix] == nil {
        guarded[address.prefix] = (service.configuration, address, lastNode)
      }
    }
    return guarded
  }

  /// The other nodes of the guarded prefixes have been counted; those that are missing could not be.
  public func setOthers(_ others: [IPPrefix: OtherNodes], at now: Instant) {
    var isChanged = false
    for (prefix, watch) in watches where watch.others != others[prefix] || !watch.isCounted {
      watches[prefix]?.others = others[prefix]
      watches[prefix]?.isCounted = true
      isChanged = true
    }
    if isChanged { reevaluate(at: now) }
  }

  /// Every adjacent neighbor has acknowledged how the prefix is advertised now.
  public func advertisementAcknowledged(_ prefix: IPPrefix, at now: Instant) {
    guard watches[prefix] != nil else { return }
    watches[prefix]?.acknowledged = prefixes.kind(of: prefix)
    nextDeadline = now
  }

  /// Begins to watch what has begun to fail, ends it for what is well again, and notices since when the others are enough.
  func watchOthers(at now: Instant) {
    var watched: Set<IPPrefix> = []
    for service in services {
      guard let lastNode = service.configuration.lastNodeGuard, !isShuttingDown, !isSuspended else { continue }
      for address in service.configuration.addresses
      where obstacle(to: address, of: service) != nil && watched.insert(address.prefix).inserted {
        var watch = watches[address.prefix] ?? LastNodeWatch()
        let kind = service.configuration.advertiseAsLastResort(address, lastNode)
        let isKnown =
          prefixes.isLastResort(address.prefix, of: service.configuration.name) && prefixes.kind(of: address.prefix) == kind
          && watch.acknowledged == kind
        let areEnough = watch.others?.areEnough(for: lastNode) ?? false
        watch.enoughSince = isKnown && areEnough ? watch.enoughSince ?? now : nil
        watches[address.prefix] = watch
      }
    }
    for prefix in watches.keys where !watched.contains(prefix) { watches[prefix] = nil }
  }

  /// When the last resort is no longer needed, as far as can be known now.
  func nextLastResortDeadline(after now: Instant) -> Instant? {
    watches.values.compactMap { $0.enoughSince.map { $0 + Self.lastResortHold } }.filter { $0 > now }.min()
  }

  /// How an address is advertised although its service is not well; nil when it is not.
  func lastResort(_ address: ServiceAddress, of service: Service, at now: Instant) -> Advertisement.Kind? {
    guard let lastNode = service.configuration.lastNodeGuard, service.mayBeLastResort, let watch = watches[address.prefix] else {
      return nil
    }
    let kind = service.configuration.advertiseAsLastResort(address, lastNode)
    if prefixes.service(advertising: address.prefix) == service.configuration.name {
      guard let enoughSince = watch.enoughSince, enoughSince + Self.lastResortHold <= now else { return kind }
      return nil
    }
    // What is not advertised may begin to be: when it is certain that it fails here, and that others are missing.
    guard !service.isWell, service.isDecided, let others = watch.others, !others.areEnough(for: lastNode) else { return nil }
    return kind
  }

  /// What the guard has to do with the state of a service.
  enum LastResortState {
    /// Nothing.
    case none
    /// Some address is advertised as the last resort, and too few others serve.
    case needed
    /// Whether it is needed is about to be counted.
    case undecided
  }

  func lastResortState(of service: Service) -> LastResortState {
    guard let lastNode = service.configuration.lastNodeGuard else { return .none }
    let watched = service.configuration.addresses.compactMap { address in
      prefixes.isLastResort(address.prefix, of: service.configuration.name) ? watches[address.prefix] : nil
    }
    if watched.contains(where: { !$0.isCounted }) { return .undecided }
    let isNeeded = watched.contains { watch in
      watch.others.map { !$0.areEnough(for: lastNode) } ?? (service.state == .lastResort)
    }
    return isNeeded ? .needed : .none
  }

  /// What keeps a service that is not well advertised, in words that follow the reason.
  func lastResortReason(_ service: Service) -> String {
    let known = service.configuration.addresses.compactMap { address in watches[address.prefix]?.others.map { (address, $0) } }
    guard let (address, others) = known.min(by: { $0.1.serving < $1.1.serving }) else {
      return "advertised as the last resort: it is not known yet who else serves"
    }
    switch others.serving {
    case 0: return "advertised as the last resort: no other node that can be reached serves \(address.address)"
    case 1: return "advertised as the last resort: 1 other node that can be reached serves \(address.address)"
    default: return "advertised as the last resort: \(others.serving) other nodes that can be reached serve \(address.address)"
    }
  }
}
