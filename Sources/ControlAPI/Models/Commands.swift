/// `POST /v1/drain`
public struct DrainRequest: Codable, Hashable, Sendable {
  /// Services, or addresses of services, that are drained together: all of them, or none. Empty means every service.
  public var names: [String]
  /// After this long the drain ends by itself; nil means never.
  public var durationSeconds: Double?
  /// When the drain begins; nil means now.
  public var beginsAt: Timestamp?
  /// Why, for whoever reads it later.
  public var reason: String?
  /// Drain also what no other node serves, where `on-last-drain refuse` is configured; nil means no.
  public var force: Bool?

  public init(
    names: [String], durationSeconds: Double? = nil, beginsAt: Timestamp? = nil, reason: String? = nil, force: Bool? = nil
  ) {
    self.names = names
    self.durationSeconds = durationSeconds
    self.beginsAt = beginsAt
    self.reason = reason
    self.force = force
  }
}

/// `PUT /v1/services/NAME`, whose body is the inside of an `anycast service` block in the words of the configuration file.
public struct PutServiceRequest: Hashable, Sendable {
  /// The service's name.
  public var name: String
  /// The lines.
  public var text: String
  /// Whether it is to be there after a restart: `?persist` in the address.
  public var isPersistent: Bool

  public init(name: String, text: String, isPersistent: Bool = false) {
    self.name = name
    self.text = text
    self.isPersistent = isPersistent
  }
}

/// `POST /v1/undrain`
public struct UndrainRequest: Codable, Hashable, Sendable {
  /// What was drained. Empty means everything that is drained.
  public var names: [String]

  public init(names: [String]) { self.names = names }
}

/// `POST /v1/reload`; without a body nothing is asked for but the reload.
public struct ReloadRequest: Codable, Hashable, Sendable {
  /// Only say what would be done.
  public var dryRun: Bool
  /// Apply also what would leave no router or no service where there were some.
  public var force: Bool

  public init(dryRun: Bool = false, force: Bool = false) {
    self.dryRun = dryRun
    self.force = force
  }

  /// Keys that are missing are false.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    dryRun = try container.decodeIfPresent(Bool.self, forKey: .dryRun) ?? false
    force = try container.decodeIfPresent(Bool.self, forKey: .force) ?? false
  }
}

/// `POST /v1/clear`: ends adjacencies, which form anew from the beginning.
public struct ClearRequest: Codable, Hashable, Sendable {
  /// The version whose adjacencies end.
  public var `protocol`: ProtocolName
  /// Only that with this neighbor; nil means all.
  public var routerID: String?

  public init(protocol: ProtocolName, routerID: String? = nil) {
    self.protocol = `protocol`
    self.routerID = routerID
  }
}

/// `POST /v1/log-level`
public struct LogLevelRequest: Codable, Hashable, Sendable {
  /// The least severe level that is logged from now on: `debug`, `info`, `notice`, `warning`, `error`; nil only asks.
  public var level: String?

  public init(level: String? = nil) { self.level = level }
}

/// `POST /v1/acknowledge`: standing problems are known, and no warning any more.
public struct AcknowledgeRequest: Codable, Hashable, Sendable {
  /// Which ones, by name. Empty means all that stand.
  public var names: [String]

  public init(names: [String]) { self.names = names }
}

/// `POST /v1/restart`: restarts the daemon gracefully, as the program that is installed now.
public struct RestartRequest: Codable, Hashable, Sendable {
  /// How long the neighbors are asked to wait, at most 1800; nil means as long as is configured.
  public var gracePeriodSeconds: Double?

  public init(gracePeriodSeconds: Double? = nil) { self.gracePeriodSeconds = gracePeriodSeconds }
}

/// What a reload did, or would do.
public struct ReloadReport: Codable, Hashable, Sendable {
  /// One sentence for each thing that is different, and for each thing that comes of it.
  public var messages: [String]
  /// The difference between the two configurations in their native form, without secrets, as the lines of a unified diff.
  public var difference: [String]

  public init(messages: [String], difference: [String]) {
    self.messages = messages
    self.difference = difference
  }
}

/// The configuration in force: `GET /v1/configuration`.
public struct ConfigurationReport: Codable, Hashable, Sendable {
  /// The configuration in its native form. Secrets never leave the daemon: a word stands in their place.
  public var text: String
  /// The files that it was read from, in their order.
  public var files: [String]
  /// When they were last read without an error.
  public var loadedAt: Timestamp

  public init(text: String, files: [String], loadedAt: Timestamp) {
    self.text = text
    self.files = files
    self.loadedAt = loadedAt
  }
}

/// What a command did, in sentences.
public struct CommandReport: Codable, Hashable, Sendable {
  /// One sentence for each thing that was done.
  public var messages: [String]

  public init(messages: [String]) { self.messages = messages }
}
