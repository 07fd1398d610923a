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

    /// Remembers a prefix.
    public init(advertisement: Advertisement, age: Duration) {
      self.advertisement = advertisement
      self.age = age
    }
  }

  /// Remembers a service.
  public init(
    name: String, state: ServiceState, stateAge: Duration, checks: [Check], hold: Hold? = nil, advertised: [Prefix] = []
  ) {
    self.name = name
    self.state = state
    self.stateAge = stateAge
    self.checks = checks
    self.hold = hold
    self.advertised = advertised
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
        return .init(advertisement: Advertisement(prefix: address.prefix, kind: kind), age: now - since)
      }
      return ServiceMemory(
        name: name, state: service.state, stateAge: now - service.since,
        checks: service.checks.map { .init(summary: $0.configuration.title.summary, state: $0.state) },
        hold: service.damper.hold.map {
          .init(remaining: max($0.until - now, .zero), duration: $0.duration, changes: $0.changes)
        },
        advertised: advertised)
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
    // Whoever takes what is advertised from here has not heard of it yet.
    if !prefixes.advertisements.isEmpty { sink.append(.advertise(prefixes.advertisements)) }
  }

  /// Ends what is only presumed, when its time is over.
  func endPresumptions(at now: Instant) {
    trusted = trusted.filter { $0.value > now }
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
