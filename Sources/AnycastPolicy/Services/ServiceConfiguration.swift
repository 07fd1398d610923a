import OSPFProtocol
import OSPFWire

/// A service as the configuration describes it: what is checked, and what is advertised while it passes.
public struct ServiceConfiguration: Hashable, Sendable {
  /// The name after `anycast service`.
  public var name: String
  /// Free text for people.
  public var description: String?
  /// What is advertised.
  public var addresses: [ServiceAddress]
  /// Who puts the addresses on the device.
  public var addressMode: AddressMode
  /// Where a route of the kernel to the prefixes leads while the service is up; nil installs none.
  public var installRoute: RouteTarget?
  /// Where the addresses live.
  public var device: String
  /// How the addresses are advertised.
  public var advertise: Advertisement.Kind
  /// The metrics of addresses that have one of their own: of two nodes each can be the other's backup.
  public var addressMetrics: [IPAddress: UInt32]
  /// The checks; none means that the service is always up.
  public var checks: [CheckConfiguration]
  /// How many checks must pass.
  public var require: Requirement
  /// The metric, where it is greater, while the service is degraded; nil leaves it as it is.
  public var degradedMetric: UInt32?
  /// When a service that changes state too often is held down; nil means never.
  public var damping: DampingConfiguration?
  /// When a service that fails here stays advertised because too few other nodes serve; nil means never.
  public var lastNodeGuard: LastNodeGuard?
  /// Where the advertisements say how the node is; nil says nothing.
  public var stateTag: StateTag?
  /// Count the packets to the prefixes.
  public var countsTraffic: Bool
  /// The command that is run at each change of the service's state; empty means none.
  public var onChange: [String]
  /// Advertise this metric for this long before a drain withdraws; nil withdraws at once.
  public var drain: DrainMetric?
  /// Advertise this metric for this long after coming up, and then the own one; nil begins with the own one.
  public var rise: RiseMetric?
  /// How long a managed address stays after its withdrawal has been acknowledged.
  public var linger: Duration
  /// Configured, never advertised.
  public var isShutdown: Bool

  /// A service with the defaults of the dialect.
  public init(
    name: String, description: String? = nil, addresses: [ServiceAddress] = [], addressMode: AddressMode = .always,
    installRoute: RouteTarget? = nil, device: String = "lo",
    advertise: Advertisement.Kind = .external(metric: 20, type: .type2, tag: 0),
    addressMetrics: [IPAddress: UInt32] = [:], checks: [CheckConfiguration] = [], require: Requirement = .all,
    degradedMetric: UInt32? = nil, damping: DampingConfiguration? = nil, lastNodeGuard: LastNodeGuard? = nil,
    stateTag: StateTag? = nil, countsTraffic: Bool = false,
    onChange: [String] = [], drain: DrainMetric? = nil, rise: RiseMetric? = nil, linger: Duration = .seconds(1),
    isShutdown: Bool = false
  ) {
    self.name = name
    self.description = description
    self.addresses = addresses
    self.addressMode = addressMode
    self.installRoute = installRoute
    self.device = device
    self.advertise = advertise
    self.addressMetrics = addressMetrics
    self.checks = checks
    self.require = require
    self.degradedMetric = degradedMetric
    self.damping = damping
    self.lastNodeGuard = lastNodeGuard
    self.stateTag = stateTag
    self.countsTraffic = countsTraffic
    self.onChange = onChange
    self.drain = drain
    self.rise = rise
    self.linger = linger
    self.isShutdown = isShutdown
  }
}

/// One advertised prefix of a service: the address that is put on the device, and the prefix that is advertised.
public struct ServiceAddress: Hashable, Sendable {
  public var address: IPAddress
  /// The length of the advertised prefix, normally 32 or 128.
  public var prefixLength: Int

  public init(address: IPAddress, prefixLength: Int) {
    self.address = address
    self.prefixLength = prefixLength
  }

  /// The advertised prefix.
  public var prefix: IPPrefix { IPPrefix(address, length: prefixLength) }
}

/// Who puts a service's addresses on the device.
public enum AddressMode: String, Hashable, Sendable, CaseIterable {
  /// This daemon, for as long as it runs.
  case always
  /// This daemon, while the service is up.
  case healthy
  /// Somebody else; advertised only while it is there.
  case present
  /// Nobody.
  case none
}

/// How many of a service's checks must pass.
public enum Requirement: Hashable, Sendable {
  case all
  case any
  case atLeast(Int)
}

/// `drain metric N for T`
public struct DrainMetric: Hashable, Sendable {
  /// The metric to advertise while draining.
  public var metric: UInt32
  /// How long, before the withdrawal.
  public var duration: Duration

  public init(metric: UInt32, duration: Duration) {
    self.metric = metric
    self.duration = duration
  }
}

/// `rise metric N for T`: the counterpart of a drain metric, so that a cold cache does not get everything at once.
public struct RiseMetric: Hashable, Sendable {
  /// The metric to advertise first.
  public var metric: UInt32
  /// For how long.
  public var duration: Duration

  public init(metric: UInt32, duration: Duration) {
    self.metric = metric
    self.duration = duration
  }
}
