/// `POST /v1/drain`
public struct DrainRequest: Codable, Hashable, Sendable {
  /// Services, or addresses of services, that are drained together: all of them, or none. Empty means every service.
  public var names: [String]
  /// After this long the drain ends by itself; nil means never.
  public var durationSeconds: Double?
  /// Why, for whoever reads it later.
  public var reason: String?

  /// Makes a request.
  public init(names: [String], durationSeconds: Double? = nil, reason: String? = nil) {
    self.names = names
    self.durationSeconds = durationSeconds
    self.reason = reason
  }
}

/// `POST /v1/undrain`
public struct UndrainRequest: Codable, Hashable, Sendable {
  /// What was drained. Empty means everything that is drained.
  public var names: [String]

  /// Makes a request.
  public init(names: [String]) { self.names = names }
}

/// What a command did, in sentences: the answer to `drain`, `undrain` and `reload`.
public struct CommandReport: Codable, Hashable, Sendable {
  /// One sentence for each thing that was done.
  public var messages: [String]

  /// Makes a report.
  public init(messages: [String]) { self.messages = messages }
}
