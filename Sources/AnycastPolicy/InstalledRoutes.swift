import OSPFProtocol
import OSPFWire

/// `install-route via A dev IF`: where the kernel's route to a service's prefixes leads while the service is up.
public struct RouteTarget: Hashable, Sendable {
  /// The next router; nil when the prefix is on the device's link.
  public var gateway: IPAddress?
  /// The device; nil leaves the choice to the kernel, which knows where the gateway is.
  public var device: String?

  /// Makes a target. One of the two is there.
  public init(gateway: IPAddress? = nil, device: String? = nil) {
    self.gateway = gateway
    self.device = device
  }

  /// Whether a route to a prefix can lead there: a gateway is one for its own family.
  public func takes(_ prefix: IPPrefix) -> Bool {
    switch (gateway, prefix) {
    case (nil, _), (.v4?, .v4), (.v6?, .v6): true
    case (.v4?, .v6), (.v6?, .v4): false
    }
  }
}

/// A route that is to be in the kernel.
public struct ServiceRoute: Hashable, Sendable {
  /// Its destination: the prefix of a service.
  public var prefix: IPPrefix
  /// Where it leads.
  public var target: RouteTarget

  /// Makes a route.
  public init(prefix: IPPrefix, target: RouteTarget) {
    self.prefix = prefix
    self.target = target
  }
}

/// The routes that we put into the kernel: each is there before its prefix is advertised, and goes when no neighbor sends anything to
/// the prefix any more, as an address does.
struct InstalledRoutes {
  /// How long each stays after its withdrawal has been acknowledged.
  private var lingers: [ServiceRoute: Duration] = [:]
  private var unwanted: Set<ServiceRoute> = []

  /// Whether nothing is installed.
  var isEmpty: Bool { lingers.isEmpty }

  /// The prefixes with a route.
  var prefixes: Set<IPPrefix> { Set(lingers.keys.map(\.prefix)) }

  /// Takes over which routes are wanted. Returns whether one of them is new.
  mutating func want(_ wanted: [(route: ServiceRoute, linger: Duration)]) -> Bool {
    let isChanged = wanted.contains { lingers[$0.route] == nil }
    unwanted = Set(lingers.keys).subtracting(wanted.map(\.route))
    for (route, linger) in wanted { lingers[route] = linger }
    return isChanged
  }

  /// Drops the routes whose time has come. Returns whether there were any.
  mutating func removeUnwanted(prefixes: PrefixTable, at now: Instant) -> Bool {
    let due = removals(prefixes: prefixes, at: now).filter { $0.at <= now }
    for (route, _) in due { lingers[route] = nil }
    unwanted.subtract(due.map(\.route))
    return !due.isEmpty
  }

  /// When the next one goes.
  func nextDeadline(prefixes: PrefixTable, at now: Instant) -> Instant? {
    removals(prefixes: prefixes, at: now).map(\.at).min()
  }

  /// Everything that is to be in the kernel, ordered by prefix.
  var all: [ServiceRoute] { lingers.keys.sorted { $0.prefix < $1.prefix } }

  /// A route that another one to the same prefix replaces goes at once.
  private func removals(prefixes: PrefixTable, at now: Instant) -> [(route: ServiceRoute, at: Instant)] {
    let replaced = Set(lingers.keys.filter { !unwanted.contains($0) }.map(\.prefix))
    return unwanted.compactMap { route in
      guard !replaced.contains(route.prefix) else { return (route, now) }
      return prefixes.removal(of: route.prefix, linger: lingers[route] ?? .zero, at: now).map { (route, $0) }
    }
  }
}
