/// One service at one instant: an element of `GET /v1/services`.
public struct ServiceReport: Codable, Hashable, Sendable {
  /// Its name.
  public var name: String
  /// What the configuration says about it, for people.
  public var description: String?
  /// `up`, `down`, `draining`, `drained`, `suspended`, `shutdown`
  public var state: String
  /// Why it is in that state.
  public var reason: String
  /// Since when.
  public var since: Timestamp
  /// Its addresses.
  public var addresses: [ServiceAddressReport]
  /// Who puts the addresses on the device: `always`, `healthy`, `present`, `none`.
  public var addressMode: String
  /// The device on which they live.
  public var device: String
  /// How many of its checks pass.
  public var passingChecks: Int
  /// How many checks it has.
  public var checkCount: Int
  /// How many must pass.
  public var requiredChecks: Int
  /// The drains in force.
  public var drains: [DrainReport]

  /// Makes a report.
  public init(
    name: String, description: String?, state: String, reason: String, since: Timestamp,
    addresses: [ServiceAddressReport], addressMode: String, device: String, passingChecks: Int, checkCount: Int,
    requiredChecks: Int, drains: [DrainReport]
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
    self.requiredChecks = requiredChecks
    self.drains = drains
  }
}

/// One address of a service at one instant.
public struct ServiceAddressReport: Codable, Hashable, Sendable {
  /// The address.
  public var address: String
  /// The advertised prefix.
  public var prefix: String
  /// Whether the prefix is advertised.
  public var advertised: Bool
  /// The metric with which it is advertised, nil while it is not.
  public var metric: UInt32?
  /// Whether every adjacent neighbor has acknowledged the advertisement.
  public var acknowledged: Bool
  /// Whether the address is on the device, nil when that is not known.
  public var present: Bool?

  /// Makes a report.
  public init(
    address: String, prefix: String, advertised: Bool, metric: UInt32?, acknowledged: Bool, present: Bool?
  ) {
    self.address = address
    self.prefix = prefix
    self.advertised = advertised
    self.metric = metric
    self.acknowledged = acknowledged
    self.present = present
  }
}

/// A drain that is in force.
public struct DrainReport: Codable, Hashable, Sendable {
  /// The service or address that it names.
  public var name: String
  /// Why, as whoever asked for it said.
  public var reason: String?
  /// When it ends by itself, nil when only an undrain ends it.
  public var until: Timestamp?

  /// Makes a report.
  public init(name: String, reason: String?, until: Timestamp?) {
    self.name = name
    self.reason = reason
    self.until = until
  }
}
