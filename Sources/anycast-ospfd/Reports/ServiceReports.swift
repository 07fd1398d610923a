import AnycastNode
import AnycastPolicy
import Configuration
import ControlAPI
import LinuxNetwork
import OSPFProtocol
import OSPFWire

/// Snapshots of the policy as reports.
extension ServiceReport {
  /// `advertisementStates` has the prefixes that an instance was given.
  init(_ snapshot: ServiceSnapshot, advertisementStates: [IPPrefix: AnycastNode.AdvertisementState], at now: Timestamp) {
    let configuration = snapshot.configuration
    self.init(
      name: configuration.name, description: configuration.description, state: ServiceStateName(snapshot.state),
      reason: snapshot.reason, since: now.advanced(bySeconds: -snapshot.stateAge.inSeconds),
      addresses: snapshot.addresses.map { ServiceAddressReport($0, state: advertisementStates[$0.address.prefix], at: now) },
      addressMode: AddressModeName(configuration.addressMode), device: configuration.device,
      passingChecks: snapshot.checks.count { $0.state == .passing || $0.state == .degraded },
      checkCount: snapshot.checks.count, require: configuration.require.text,
      heldDownUntil: snapshot.heldDownFor.map { now.advanced(bySeconds: $0.inSeconds) },
      drain: snapshot.drain.map { DrainReport($0, at: now) })
    failedChecks = snapshot.checks.count { $0.consecutiveFailures > 0 }
    shutdown = configuration.isShutdown
    minimumNodes = configuration.lastNodeGuard?.minimumNodes
    // A word of the checks alone would be no answer to whoever asks whether the service can be reached.
    if state.isServing, !addresses.contains(where: \.advertised),
      let reason = addresses.first(where: { $0.drain == nil })?.withheldReason
    {
      state = .withheld
      self.reason = reason
    }
  }
}

extension ServiceAddressReport {
  fileprivate init(_ snapshot: AddressSnapshot, state: AnycastNode.AdvertisementState?, at now: Timestamp) {
    var withheldReason = snapshot.withheldReason
    var cause = snapshot.conflictsWith == nil ? nil : WithheldCause.conflict
    var advertised = snapshot.advertised
    switch state {
    case _ where advertised == nil: break
    case .acknowledged, .unacknowledged: break
    case .notAdvertisable:
      advertised = nil
      cause = .area
      withheldReason = "no area takes it the way it is configured"
    case nil:
      advertised = nil
      cause = .instance
      withheldReason = "no OSPF instance of its version runs"
    }
    self.init(
      address: snapshot.address.address.description, prefix: snapshot.address.prefix.description,
      advertised: advertised != nil, metric: advertised?.metric, withheldReason: withheldReason,
      acknowledged: advertised != nil && state == .acknowledged, present: snapshot.isPresent,
      drain: snapshot.drain.map { DrainReport($0, at: now) })
    withheldCause = cause
    lastResort = snapshot.isLastResort
    otherNodes = snapshot.otherNodes
  }
}

extension DrainReport {
  fileprivate init(_ snapshot: DrainSnapshot, at now: Timestamp) {
    self.init(reason: snapshot.reason, until: snapshot.remaining.map { now.advanced(bySeconds: $0.inSeconds) })
  }
}

extension PlannedDrainReport {
  init(_ snapshot: PlannedDrainSnapshot, at now: Timestamp) {
    let begins = now.advanced(bySeconds: snapshot.begins.inSeconds)
    self.init(
      name: snapshot.target, beginsAt: begins, until: snapshot.duration.map { begins.advanced(bySeconds: $0.inSeconds) },
      reason: snapshot.reason)
  }
}

extension CheckReport {
  init(_ snapshot: CheckSnapshot, of service: ServiceConfiguration, number: Int, at now: Timestamp) {
    let configuration = snapshot.configuration
    self.init(
      service: service.name, number: number, kind: configuration.title.keyword, summary: configuration.title.summary,
      state: CheckStateName(snapshot.state), lastPassed: snapshot.lastVerdict.map { !$0.isFailing },
      lastVerdict: snapshot.lastVerdict.map(VerdictName.init), lastResult: snapshot.lastVerdict?.text,
      lastFinishedAt: snapshot.lastAge.map { now.advanced(bySeconds: -$0.inSeconds) },
      lastDurationSeconds: snapshot.lastDuration?.inSeconds, nextProbeSeconds: snapshot.nextProbe?.inSeconds,
      consecutivePasses: snapshot.consecutivePasses, consecutiveFailures: snapshot.consecutiveFailures,
      intervalSeconds: configuration.interval.inSeconds, timeoutSeconds: configuration.timeout.inSeconds,
      rise: configuration.rise, fall: configuration.fall)
    commandLines = configuration.kind.commandLines(addresses: service.addresses.map(\.address))
    ports = configuration.kind.servicePorts.map { CheckedPortReport($0.transport == .tcp ? .tcp : .udp, $0.port) }
  }
}

extension Requirement {
  fileprivate var text: String {
    switch self {
    case .all: "all"
    case .any: "any"
    case .atLeast(let number): "\(number)"
    }
  }
}

extension TrafficReport {
  init(_ traffic: PrefixTraffic) {
    self.init(packets: traffic.packets, octets: traffic.octets, connections: traffic.connections)
  }
}
