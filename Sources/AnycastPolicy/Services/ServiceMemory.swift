import OSPFProtocol
import OSPFWire

/// What one run knows of a service, for the next one, which then does not begin with nothing.
public struct ServiceMemory: Hashable, Sendable {
  /// The service's name.
  public var name: String
  /// The state.
  public var state: ServiceState
  /// Time since the state was entered.
  public var stateAge: Duration
  /// Its checks, in the order of the configuration.
  public var checks: [Check]
  /// Set while the service is held down.
  public var hold: Hold?
  /// The prefixes that are advertised for it.
  public var advertised: [Prefix]
  /// How long what the kernel has for it stays there after a withdrawal.
  public var linger: Duration

  /// What the verdicts of a check have added up to.
  public struct Check: Hashable, Sendable {
    /// The check in the words of the configuration, by which it is known again.
    public var summary: String
    /// The state.
    public var state: CheckState

    /// Remembers a check.
    public init(summary: String, state: CheckState) {
      self.summary = summary
      self.state = state
    }
  }

  /// What is left of a service being held down.
  public struct Hold: Hashable, Sendable {
    /// Time left.
    public var remaining: Duration
    /// The whole time.
    public var duration: Duration
    /// How many changes of state have caused it.
    public var changes: Int

    /// Remembers a hold.
    public init(remaining: Duration, duration: Duration, changes: Int) {
      self.remaining = remaining
      self.duration = duration
      self.changes = changes
    }
  }

  /// A prefix that is advertised.
  public struct Prefix: Hashable, Sendable {
    /// What is advertised.
    public var advertisement: Advertisement
    /// For how long it has been without interruption.
    public var age: Duration
    /// The address that we have put on a device for it.
    public var placed: DeviceAddress?
    /// Where the route leads that we have installed for it.
    public var route: RouteTarget?

    /// Remembers a prefix.
    public init(advertisement: Advertisement, age: Duration, placed: DeviceAddress? = nil, route: RouteTarget? = nil) {
      self.advertisement = advertisement
      self.age = age
      self.placed = placed
      self.route = route
    }
  }

  /// Remembers a service.
  public init(
    name: String, state: ServiceState, stateAge: Duration, checks: [Check], hold: Hold? = nil, advertised: [Prefix] = [],
    linger: Duration = .zero
  ) {
    self.name = name
    self.state = state
    self.stateAge = stateAge
    self.checks = checks
    self.hold = hold
    self.advertised = advertised
    self.linger = linger
  }
}

/// What a policy begins with after a graceful restart.
public struct PolicyMemory: Hashable, Sendable {
  /// The services of the run before.
  public var services: [ServiceMemory]
  /// Time since then.
  public var age: Duration
  /// For how long a check that has not passed yet still counts as it did before.
  public var presumption: Duration

  public init(services: [ServiceMemory], age: Duration, presumption: Duration) {
    self.services = services
    self.age = age
    self.presumption = presumption
  }
}

/// A graceful restart, as the services see it: the checks count as they did, and what was advertised goes on to be, until the checks or
/// the kernel say otherwise. Each check must pass within the presumption.
extension Policy {
  /// What the next run has to know to go on where this one ends.
  public func memory(at now: Instant) -> [ServiceMemory] {
    services.map { service in
      let name = service.configuration.name
      let advertised = service.configuration.addresses.compactMap { address -> ServiceMemory.Prefix? in
        guard let kind = prefixes.kind(of: address.prefix), let since = prefixes.advertisedSince(address.prefix, for: name)
        else { return nil }
        let placed = ManagedAddress(device: service.configuration.device, address: address)
        let target = service.configuration.installRoute
        return .init(
          advertisement: Advertisement(prefix: address.prefix, kind: kind), age: now - since,
          placed: addresses.isHeld(placed) ? placed.onDevice : nil,
          route: target.flatMap { routes.isHeld(ServiceRoute(prefix: address.prefix, target: $0)) ? $0 : nil })
      }
      return ServiceMemory(
        name: name, state: service.state, stateAge: now - service.since,
        checks: service.checks.map { .init(summary: $0.configuration.title.summary, state: $0.state) },
        hold: service.damper.hold.map {
          .init(remaining: max($0.until - now, .zero), duration: $0.duration, changes: $0.changes)
        },
        advertised: advertised, linger: service.configuration.linger)
    }
  }

  /// Goes on where another run has ended.
  func remember(_ memory: PolicyMemory, at now: Instant) {
    presumptionEnd = now + memory.presumption
    for index in services.indices {
      let name = services[index].configuration.name
      guard let known = memory.services.first(where: { $0.name == name }) else { continue }
      services[index].remember(known, age: memory.age, at: now)
      let own = Set(services[index].configuration.addresses.map(\.prefix))
      for prefix in known.advertised where own.contains(prefix.advertisement.prefix) {
        trusted[prefix.advertisement.prefix] = now + KernelHoldings<ManagedAddress>.retryInterval
      }
    }
    for service in memory.services {
      for prefix in service.advertised {
        let since = now + (.zero - prefix.age - memory.age)
        prefixes.remember(prefix.advertisement, service: service.name, since: since)
      }
    }
    takeOverHoldings(memory, at: now)
    // Whoever takes what is advertised from here has not heard of it yet.
    if !prefixes.advertisements.isEmpty { sink.append(.advertise(prefixes.advertisements)) }
  }

  /// What the kernel has for services that are no longer configured, or not wanted any more, stays until their withdrawal is acknowledged.
  private func takeOverHoldings(_ memory: PolicyMemory, at now: Instant) {
    let wantedAddresses = Set(wantedAddresses(at: now).map(\.item))
    let wantedRoutes = Set(wantedRoutes(at: now).map(\.item.prefix))
    for service in memory.services {
      for known in service.advertised {
        let prefix = known.advertisement.prefix
        if let placed = known.placed {
          let address = ServiceAddress(address: placed.address, prefixLength: prefix.length)
          let managed = ManagedAddress(device: placed.device, address: address)
          if !wantedAddresses.contains(managed) { addresses.takeOver(managed, linger: service.linger, at: now) }
        }
        if let target = known.route, !wantedRoutes.contains(prefix) {
          routes.takeOver(ServiceRoute(prefix: prefix, target: target), linger: service.linger, at: now)
        }
      }
    }
  }

  /// Ends what is only presumed, when its time is over, or when it is no longer advertised.
  func endPresumptions(at now: Instant) {
    trusted = trusted.filter { $0.value > now && prefixes.kind(of: $0.key) != nil }
    guard let end = presumptionEnd, end <= now else { return }
    presumptionEnd = nil
    for index in services.indices { services[index].endPresumption() }
  }

  /// The addresses whose checks have passed when they were last on their device, and that have been there since: they have not come.
  func takeRemembered(among appeared: Set<DeviceAddress>) -> Set<DeviceAddress> {
    guard !hasSeenAddresses else { return [] }
    return Set(
      services.flatMap { service in
        service.configuration.addresses.filter { trusted[$0.prefix] != nil }.map {
          DeviceAddress(device: service.configuration.device, address: $0.address)
        }
      }
    ).intersection(appeared)
  }
}
