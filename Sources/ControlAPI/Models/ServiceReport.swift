/// One service at one instant: an element of `GET /v1/services`.
public struct ServiceReport: Codable, Hashable, Sendable {
  /// Its name.
  public var name: String
  /// What the configuration says about it, for people.
  public var description: String?
  /// `up`, `degraded`, `down`, `last-resort`, `withheld`, `damped`, `draining`, `drained`, `suspended`
  public var state: ServiceStateName
  /// Why it is in that state.
  public var reason: String
  /// Whether the configuration says `shutdown`.
  public var shutdown = false
  /// Since when.
  public var since: Timestamp
  /// Its addresses.
  public var addresses: [ServiceAddressReport]
  /// Who puts the addresses on the device: `always`, `healthy`, `present`, `none`.
  public var addressMode: AddressModeName
  /// The device on which they live.
  public var device: String
  /// How many of its checks pass, those that are degraded included.
  public var passingChecks: Int
  /// How many of its checks failed at their last probe.
  public var failedChecks = 0
  /// How many checks it has.
  public var checkCount: Int
  /// How many must pass: `all`, `any`, or a number.
  public var require: String
  /// Until when it is held down because it changed state too often, nil when it is not.
  public var heldDownUntil: Timestamp?
  /// The drain of the whole service, if there is one.
  public var drain: DrainReport?
  /// How many other nodes must serve before this one is withdrawn when it fails, nil without such a line.
  public var minimumNodes: Int?
  /// Where it comes from: `configuration`, `runtime` until the next start, or `persistent` when it was added at run time and is kept.
  public var origin: Origin = .configuration

  /// Where a service comes from.
  public enum Origin: String, Codable, Sendable, CaseIterable {
    case configuration
    case runtime
    case persistent
  }

  public init(
    name: String, description: String?, state: ServiceStateName, reason: String, since: Timestamp,
    addresses: [ServiceAddressReport], addressMode: AddressModeName, device: String, passingChecks: Int,
    checkCount: Int, require: String, heldDownUntil: Timestamp? = nil, drain: DrainReport?
  ) {
    self.name = name
    self.description = description
    self.state = state
    self.reason = reason
    self.since = since
    self.addresses = addresses
    self.addressMode = addressMode
    self.device = device
    self.passingChecks = passingChecks
    self.checkCount = checkCount
    self.require = require
    self.heldDownUntil = heldDownUntil
    self.drain = drain
  }
}

/// One address of a service at one instant.
public struct ServiceAddressReport: Codable, Hashable, Sendable {
  /// Reasons for which an address is withheld that lie outside of the service.
  public enum WithheldCause: String, Codable, Hashable, Sendable {
    case instance, area, conflict
  }

  /// The address.
  public var address: String
  /// The advertised prefix.
  public var prefix: String
  /// Whether the prefix is advertised.
  public var advertised: Bool
  /// The metric with which it is advertised, nil while it is not.
  public var metric: UInt32?
  /// Why it is not advertised, nil while it is.
  public var withheldReason: String?
  /// What kind of reason that is: `instance` where no OSPF instance of its version runs, `area` where no area takes it the way it is
  /// configured, `conflict` where it is advertised for another service. Nil for every other reason, and while it is advertised.
  public var withheldCause: WithheldCause?
  /// Whether every adjacent neighbor has acknowledged the advertisement.
  public var acknowledged: Bool
  /// Whether the address is on the device.
  public var present: Bool
  /// The address's own drain, if there is one.
  public var drain: DrainReport?
  /// Whether it is advertised as the last resort, although the service is not well here; nil from a daemon that knows of none.
  public var lastResort: Bool?
  /// How many other nodes that can be reached serve it, as far as the service is guarded, not well here, and this can be known.
  public var otherNodes: Int?
  /// What arrives for the prefix; nil without `count traffic`, and where it cannot be counted.
  public var traffic: TrafficReport?

  public init(
    address: String, prefix: String, advertised: Bool, metric: UInt32?, withheldReason: String?, acknowledged: Bool,
    present: Bool, drain: DrainReport?
  ) {
    self.address = address
    self.prefix = prefix
    self.advertised = advertised
    self.metric = metric
    self.withheldReason = withheldReason
    self.acknowledged = acknowledged
    self.present = present
    self.drain = drain
  }
}

/// The traffic to a prefix of a service that comes from other hosts.
public struct TrafficReport: Codable, Hashable, Sendable {
  /// Packets that have arrived since counting began.
  public var packets: UInt64
  /// Their octets, IP headers included.
  public var octets: UInt64
  /// TCP connections to this host at the moment.
  public var connections: Int

  public init(packets: UInt64, octets: UInt64, connections: Int) {
    self.packets = packets
    self.octets = octets
    self.connections = connections
  }
}

/// A drain that is in force.
public struct DrainReport: Codable, Hashable, Sendable {
  /// Why, as whoever asked for it said.
  public var reason: String?
  /// When it ends by itself, nil when only an undrain ends it.
  public var until: Timestamp?

  public init(reason: String?, until: Timestamp?) {
    self.reason = reason
    self.until = until
  }
}
