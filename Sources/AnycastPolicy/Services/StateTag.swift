import OSPFProtocol
import OSPFWire

/// What a node tells the other nodes of a service about itself, in the External Route Tag of its LSAs.
public enum FleetState: UInt32, Hashable, Sendable, CaseIterable {
  case up = 1
  case degraded = 2
  case draining = 3
  case lastResort = 4
  /// It serves, and asks to be the only one that drains.
  case waiting = 5
  /// It serves, sees one that waits, and knows of none that is out of service: it will not begin to drain itself.
  case yielding = 6
}

/// `tag state [bit N]`: three bits of the External Route Tag say how the node is. What the tag says besides stays.
public struct StateTag: Hashable, Sendable {
  /// The lowest of the three bits.
  public var bit: Int

  /// The first hexadecimal digit of the tag without its highest bit, which RFC 1403 has for tags made by machines.
  public static let usualBit = 28
  /// The three bits must be within the 32 of the tag.
  public static let bits = 0...29

  public init(bit: Int = StateTag.usualBit) { self.bit = bit }

  /// The bits of the tag that the state takes.
  public var mask: UInt32 { 7 << UInt32(bit) }

  /// What a tag says; nil for nothing.
  public func state(in tag: UInt32) -> FleetState? { FleetState(rawValue: (tag & mask) >> UInt32(bit)) }

  /// An advertisement that says a state. A stub link has no tag.
  func tell(_ state: FleetState, in kind: Advertisement.Kind) -> Advertisement.Kind {
    guard case .external(let metric, let type, let tag) = kind else { return kind }
    return .external(metric: metric, type: type, tag: tag & ~mask | state.rawValue << UInt32(bit))
  }
}

extension ServiceConfiguration {
  /// An advertisement of the service that says a state, where the service tells it.
  func tell(_ state: FleetState, in kind: Advertisement.Kind) -> Advertisement.Kind {
    stateTag?.tell(state, in: kind) ?? kind
  }
}

extension Policy {
  /// What a node that serves says of the prefixes instead of being up or degraded: that it waits for its drain, or lets another go first.
  public func setFleetStates(_ states: [IPPrefix: FleetState], at now: Instant) {
    guard states != fleetStates else { return }
    fleetStates = states
    reevaluate(at: now)
  }

  /// Whether drains are in force for all that the names stand for.
  public func areDrained(_ names: [String]) throws(DrainError) -> Bool {
    let addresses = try addresses(named: names)
    return addresses.allSatisfy { service, address in drain(of: address, service: service) != nil }
  }

  /// The addresses that names stand for, each with its service; every address of every service where there is none.
  public func addresses(
    named names: [String]
  ) throws(DrainError) -> [(service: ServiceConfiguration, address: ServiceAddress)] {
    let targets = try targets(named: names)
    return services.flatMap { service in
      service.configuration.addresses.filter { address in
        targets.contains { target in
          Drain(target: target, reason: nil, since: nil, until: nil).covers(address, of: service.configuration)
        }
      }.map { (service.configuration, $0) }
    }
  }

  /// Whether the address is advertised as that of a node that is well, and nobody drains it.
  public func serves(_ address: ServiceAddress, for service: ServiceConfiguration) -> Bool {
    prefixes.advertisedSince(address.prefix, for: service.name) != nil && drain(of: address, service: service) == nil
  }

  /// Whether anything is told instead of up or degraded.
  public var tellsFleetStates: Bool { !fleetStates.isEmpty }

  /// Whether something else is told than these.
  public func tellsOtherThan(_ states: [IPPrefix: FleetState]) -> Bool { fleetStates != states }
}
