import OSPFProtocol
import OSPFWire

/// What `anycastctl services` shows of one service at one instant.
public struct ServiceSnapshot: Hashable, Sendable {
  /// The configuration in force.
  public var configuration: ServiceConfiguration
  public var state: ServiceState
  /// Time since the state was entered.
  public var stateAge: Duration
  /// Why it is in that state.
  public var reason: String
  /// Time for which it is still held down; nil when it is not.
  public var heldDownFor: Duration?
  /// The drain of the whole service, if there is one.
  public var drain: DrainSnapshot?
  /// Every address, in the order of the configuration.
  public var addresses: [AddressSnapshot]
  /// Every check, in the order of the configuration.
  public var checks: [CheckSnapshot]
}

/// One address of a service at one instant.
public struct AddressSnapshot: Hashable, Sendable {
  /// The address and its prefix.
  public var address: ServiceAddress
  /// Whether it is on its device.
  public var isPresent: Bool
  /// How it is advertised; nil when it is not.
  public var advertised: Advertisement.Kind?
  /// Whether it is advertised although its service is not well.
  public var isLastResort: Bool
  /// How many other nodes serve it; nil where that is not asked, or not known.
  public var otherNodes: Int?
  /// Why it is not advertised; nil when it is.
  public var withheldReason: String?
  /// The service that the prefix is advertised for instead; nil where that is not the reason.
  public var conflictsWith: String?
  /// The address's own drain, if there is one.
  public var drain: DrainSnapshot?
}

/// A drain at one instant.
public struct DrainSnapshot: Hashable, Sendable {
  /// What the operator said.
  public var reason: String?
  /// Time until it ends by itself; nil when it does not.
  public var remaining: Duration?
}

/// What `anycastctl checks` shows of one check at one instant.
public struct CheckSnapshot: Hashable, Sendable {
  /// The check's name in events and reasons, unique in its service.
  public var label: String
  /// The configuration in force.
  public var configuration: CheckConfiguration
  public var state: CheckState
  /// What the last probe found; nil before the first.
  public var lastVerdict: Verdict?
  /// How long the last probe took.
  public var lastDuration: Duration?
  /// Time since the last probe ended.
  public var lastAge: Duration?
  /// Successes since the last failure.
  public var consecutivePasses: Int
  /// Failures since the last success.
  public var consecutiveFailures: Int
  /// Time until the next probe begins, negative when it is overdue; nil before the first probe has ended.
  public var nextProbe: Duration?
}

extension Policy {
  /// Every service, in the order of the configuration.
  public func snapshots(at now: Instant) -> [ServiceSnapshot] {
    services.map { service in
      ServiceSnapshot(
        configuration: service.configuration, state: service.state, stateAge: now - service.since,
        reason: service.state == .down ? downReason(of: service) : service.reason,
        heldDownFor: service.damper.hold.map { $0.until - now },
        drain: snapshot(drains.first { $0.target == .service(service.configuration.name) }, at: now),
        addresses: service.configuration.addresses.map { snapshot($0, of: service, at: now) },
        checks: service.checks.indices.map { snapshot(service.checks[$0], label: service.label($0), at: now) })
    }
  }

  /// The reason of this moment: the count of failures grows while the state stays.
  private func downReason(of service: Service) -> String { isShuttingDown ? service.reason : service.health.reason }

  private func snapshot(_ address: ServiceAddress, of service: Service, at now: Instant) -> AddressSnapshot {
    let onDevice = DeviceAddress(device: service.configuration.device, address: address.address)
    let owner = prefixes.service(advertising: address.prefix)
    let isAdvertised = owner == service.configuration.name
    let withheld = isAdvertised ? nil : withheldReason(address, service: service, at: now)
    return AddressSnapshot(
      address: address, isPresent: present.contains(onDevice),
      advertised: isAdvertised ? prefixes.kind(of: address.prefix) : nil,
      isLastResort: prefixes.isLastResort(address.prefix, of: service.configuration.name),
      otherNodes: service.configuration.lastNodeGuard == nil ? nil : watches[address.prefix]?.others?.serving,
      withheldReason: isAdvertised ? nil : withheld ?? "advertised for \(owner ?? "another service") already",
      conflictsWith: isAdvertised || withheld != nil ? nil : owner ?? "",
      drain: snapshot(drains.first { $0.target == .address(address.address) }, at: now))
  }

  /// Nil where nothing of the service itself is in the way.
  private func withheldReason(_ address: ServiceAddress, service: Service, at now: Instant) -> String? {
    switch eligibility(of: address, service: service, at: now) {
    case .withheld(let reason): reason
    case .eligible, .lastResort: missingReason(address, service: service.configuration)
    }
  }

  private func snapshot(_ drain: Drain?, at now: Instant) -> DrainSnapshot? {
    drain.map { DrainSnapshot(reason: $0.reason, remaining: $0.until.map { $0 - now }) }
  }

  private func snapshot(_ check: CheckTracker, label: String, at now: Instant) -> CheckSnapshot {
    CheckSnapshot(
      label: label, configuration: check.configuration, state: check.state, lastVerdict: check.last?.outcome.verdict,
      lastDuration: check.last?.outcome.duration, lastAge: check.last.map { now - $0.at },
      consecutivePasses: check.consecutivePasses, consecutiveFailures: check.consecutiveFailures,
      nextProbe: check.last.map { $0.at + $0.outcome.nextProbe - now })
  }
}
