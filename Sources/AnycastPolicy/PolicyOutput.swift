import OSPFProtocol
import OSPFWire

/// What the policy wants from the world outside, in the order in which it is to be done.
public enum PolicyOutput: Hashable, Sendable {
  /// The complete new set of advertisements, IPv4 and IPv6, ordered by prefix. It replaces the one before.
  case advertise([Advertisement])
  /// The complete set of addresses that are to be on devices because of us. It replaces the one before, and may be the same: then
  /// something of it was lost or refused. What becomes of it is told to `Policy.addressesApplied`, with the number of the request.
  case holdAddresses(Set<DeviceAddress>, request: Int)
  /// The complete set of routes that are to be in the kernel because of us, one for each prefix; told to `Policy.routesApplied`.
  case holdRoutes(Set<ServiceRoute>, request: Int)
  /// The complete set of checks that are to be run.
  case runChecks([CheckAssignment])
  /// The drains changed: store `Policy.storedDrains(at:)`.
  case drainsChanged
  /// Something that an operator wants to know.
  case event(PolicyEvent)
  /// A service changed state: run the command that it has for that.
  case runCommand(ServiceChange)
  /// `shutDown` is finished: everything is withdrawn, and every address that we added is asked to be removed.
  case finished
}

/// A change of a service's state, for the command that is run at each.
public struct ServiceChange: Hashable, Sendable {
  /// The command with its arguments.
  public var command: [String]
  /// The service's name.
  public var service: String
  /// The service's addresses.
  public var addresses: [IPAddress]
  /// The state before.
  public var from: ServiceState
  /// The state now.
  public var to: ServiceState
  /// Why.
  public var reason: String

  public init(
    command: [String], service: String, addresses: [IPAddress], from: ServiceState, to: ServiceState, reason: String
  ) {
    self.command = command
    self.service = service
    self.addresses = addresses
    self.from = from
    self.to = to
    self.reason = reason
  }
}

/// Something that happened to a service. Its description is the line for the log.
public enum PolicyEvent: Hashable, Sendable {
  /// A service changed state, and why.
  case serviceStateChanged(service: String, from: ServiceState, to: ServiceState, reason: String)
  /// A check changed state, and why. `check` is its name for people, unique in the service.
  case checkStateChanged(service: String, check: String, from: CheckState, to: CheckState, reason: String)
  /// A service has changed state so often that it is held down.
  case serviceHeldDown(service: String, duration: Duration, changes: Int)
  /// A service is no longer held down: its checks decide again.
  case serviceReleased(service: String)
  /// A service appeared in the configuration.
  case serviceAdded(service: String)
  /// A service is no longer in the configuration.
  case serviceRemoved(service: String)
  /// A drain began. `target` is a service or an address; nil means without end.
  case drainStarted(target: String, duration: Duration?, reason: String?)
  /// A drain ended, by command or because its time was over.
  case drainEnded(target: String, expired: Bool)
  /// A drain is to begin later.
  case drainPlanned(target: String, delay: Duration, duration: Duration?, reason: String?)
  /// A planned drain is not to begin any more.
  case plannedDrainDropped(target: String)
  /// The time of a planned drain has come, and it does not begin.
  case plannedDrainRefused(target: String, reason: String)
  /// An address that we added is no longer on its device.
  case addressDisappeared(device: String, address: IPAddress)
  /// An address could not be added to its device; it is tried again.
  case addressNotAdded(device: String, address: IPAddress, reason: String)
  /// An address could not be taken off its device; it is tried again.
  case addressNotRemoved(device: String, address: IPAddress, reason: String)
  /// A route could not be installed; it is tried again.
  case routeNotInstalled(prefix: IPPrefix, reason: String)
  /// A route was to leave the kernel, and the kernel has not let go of it. That is tried again.
  case routeNotRemoved(prefix: IPPrefix, reason: String)
  /// A route that we installed is no longer in the kernel.
  case routeDisappeared(prefix: IPPrefix)
  /// The checks of a service passed before its addresses came, and fail with them.
  case addressesNotServed(service: String, retry: Duration)
  /// A prefix that two services have is advertised for the first one only.
  case prefixConflict(prefix: IPPrefix, service: String, advertisedFor: String)
}

extension PolicyEvent: CustomStringConvertible {
  public var description: String {
    switch self {
    case .serviceStateChanged(let service, let from, let to, let reason):
      "\(service): \(from.rawValue) -> \(to.rawValue): \(reason)"
    case .checkStateChanged(let service, let check, let from, let to, let reason):
      "\(service): check \(check): \(from.rawValue) -> \(to.rawValue): \(reason)"
    case .serviceHeldDown(let service, let duration, let changes):
      "\(service): held down for \(duration.dialectText) after \(changes) changes of state"
    case .serviceReleased(let service):
      "\(service): no longer held down"
    case .serviceAdded(let service):
      "\(service): configured"
    case .serviceRemoved(let service):
      "\(service): no longer configured"
    case .drainStarted(let target, let duration, let reason):
      "drain of \(target)" + (duration.map { " for \($0.dialectText)" } ?? "") + (reason.map { ": \($0)" } ?? "")
    case .drainEnded(let target, let expired):
      "drain of \(target) ended" + (expired ? ": its time is over" : "")
    case .drainPlanned(let target, let delay, let duration, let reason):
      "\(target) will be drained in \(delay.dialectText)" + (duration.map { " for \($0.dialectText)" } ?? "")
        + (reason.map { ": \($0)" } ?? "")
    case .plannedDrainDropped(let target): "\(target) will not be drained any more"
    case .plannedDrainRefused(let target, let reason): "\(target) was to be drained now, and is not: \(reason)"
    case .addressDisappeared(let device, let address):
      "\(address) is no longer on \(device) and is added again"
    case .addressNotAdded(let device, let address, let reason):
      "\(address) could not be added to \(device): \(reason)"
    case .addressNotRemoved(let device, let address, let reason):
      "\(address) on \(device) could not be removed: \(reason)"
    case .routeNotInstalled(let prefix, let reason):
      "the route to \(prefix) could not be installed, trying again: \(reason)"
    case .routeNotRemoved(let prefix, let reason):
      "the route to \(prefix) could not be removed, trying again: \(reason)"
    case .routeDisappeared(let prefix):
      "the route to \(prefix) is no longer there and is installed again"
    case .addressesNotServed(let service, let retry):
      "\(service): its checks pass without its addresses and fail with them: they are taken away and tried again after "
        + retry.dialectText
    case .prefixConflict(let prefix, let service, let advertisedFor):
      "\(service): \(prefix) is advertised for \(advertisedFor) already"
    }
  }
}

/// Where the policy's outputs go. The caller drains it after every call into the policy.
public final class PolicySink {
  private var pending: [PolicyOutput] = []

  public init() {}

  /// Appends one output.
  func append(_ output: PolicyOutput) { pending.append(output) }

  /// Appends an event.
  func report(_ event: PolicyEvent) { pending.append(.event(event)) }

  /// Whether nothing was appended since the last `drain`.
  public var isEmpty: Bool { pending.isEmpty }

  /// Returns everything appended since the last call, in order, and forgets it.
  public func drain() -> [PolicyOutput] {
    defer { pending.removeAll(keepingCapacity: pending.count < 1024) }
    return pending
  }
}
