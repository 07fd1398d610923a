/// `POST /v1/drain`
public struct DrainRequest: Codable, Hashable, Sendable {
  /// A service or an address of one.
  public var name: String
  /// After this long the drain ends by itself; nil means never.
  public var durationSeconds: Double?
  /// Why, for whoever reads it later.
  public var reason: String?

  /// Makes a request.
  public init(name: String, durationSeconds: Double? = nil, reason: String? = nil) {
    self.name = name
    self.durationSeconds = durationSeconds
    self.reason = reason
  }
}

/// `POST /v1/undrain`
public struct UndrainRequest: Codable, Hashable, Sendable {
  /// What was drained.
  public var name: String

  /// Makes a request.
  public init(name: String) { self.name = name }
}

/// What a command did, in sentences: the answer to `drain`, `undrain` and `reload`.
public struct CommandReport: Codable, Hashable, Sendable {
  /// One sentence for each thing that was done.
  public var messages: [String]

  /// Makes a report.
  public init(messages: [String]) { self.messages = messages }
}
