import OSPFProtocol
import OSPFWire

/// A check that is to be run, with everything that its probes depend on.
///
/// Each has a number of its own. When a check must begin anew, because an address came or went, the configuration changed, or a
/// suspension ended, it gets another number, and a verdict that was under way is recognized by the old one and not counted.
public struct CheckAssignment: Hashable, Sendable {
  /// The number, never used twice by one policy.
  public var number: Int
  /// The service's name.
  public var service: String
  /// The service's addresses.
  public var addresses: [IPAddress]
  /// Whom to ask where the check does not ask something on this host by other means. When it is empty, there is nobody whose answer
  /// would say anything about this node, and the probe fails.
  public var targets: [IPAddress]
  /// Mode `healthy`: addresses that come when the check passes, in whose place the loopback of their family is asked.
  public var awaited: [IPAddress]
  /// The check.
  public var configuration: CheckConfiguration

  public init(
    number: Int, service: String, addresses: [IPAddress], targets: [IPAddress], awaited: [IPAddress] = [],
    configuration: CheckConfiguration
  ) {
    self.number = number
    self.service = service
    self.addresses = addresses
    self.targets = targets
    self.awaited = awaited
    self.configuration = configuration
  }

  /// The targets that other nodes have as well: an answer from one of them counts only while it is on this host.
  public var anycastTargets: [IPAddress] { targets.filter(addresses.contains) }
}

extension ServiceConfiguration {
  /// Whom a check asks while this host has the addresses `present`.
  ///
  /// What is advertised is what must be asked, so it is the service's own addresses, unless the check names another target. One that
  /// is not on this host is another node's: its answer would prove nothing. In mode `healthy` the loopback is asked in its place, because
  /// there the address comes only when the check has passed; where the server listens on the absent address by name, that is enough for it
  /// to come. In mode `none` the host may have the address without any device having
  /// it, by a route of type local: whoever probes finds out.
  func targets(of check: CheckConfiguration, present: Set<IPAddress>) -> [IPAddress] {
    let own = addresses.map(\.address)
    switch check.subject.target {
    case .nobody: return []
    case .address(let named): return addressMode == .none || present.contains(named) || !own.contains(named) ? [named] : []
    case .serviceAddresses: break
    }
    switch addressMode {
    case .none: return own
    case .always, .present: return own.filter(present.contains)
    case .healthy:
      return own.reduce(into: []) { targets, address in
        let target = present.contains(address) ? address : address.loopbackOfFamily
        if !targets.contains(target) { targets.append(target) }
      }
    }
  }

  /// The addresses in whose place a check asks the loopback.
  func awaited(by check: CheckConfiguration, present: Set<IPAddress>) -> [IPAddress] {
    guard addressMode == .healthy, check.subject.target == .serviceAddresses else { return [] }
    return addresses.map(\.address).filter { !present.contains($0) }
  }

  /// Whether a check asks an address when it is on this host, so that one which has just come has not been asked yet.
  func isProbed(_ address: IPAddress, by check: CheckConfiguration) -> Bool {
    switch check.subject.target {
    case .nobody: false
    case .address(let named): addressMode != .none && named == address
    case .serviceAddresses: true
    }
  }
}
