import OSPFWire

/// `check ntp [server A] [port N] [max-stratum N]`
public struct NTPCheck: Hashable, Sendable {
  /// Whom to ask.
  public var server: IPAddress?
  /// The port, normally 123.
  public var port: UInt16
  /// The highest stratum that passes, at most 15.
  public var maxStratum: Int

  /// Makes a check with the defaults of the dialect.
  public init(server: IPAddress? = nil, port: UInt16 = 123, maxStratum: Int = 15) {
    self.server = server
    self.port = port
    self.maxStratum = maxStratum
  }
}
