import OSPFWire

/// `check radius [server A] [port N] secret S`
public struct RADIUSCheck: Hashable, Sendable {
  /// Whom to ask.
  public var server: IPAddress?
  /// The port, normally 1812.
  public var port: UInt16
  /// What this client shares with the server.
  public var secret: String

  /// Makes a check with the defaults of the dialect.
  public init(server: IPAddress? = nil, port: UInt16 = 1812, secret: String) {
    self.server = server
    self.port = port
    self.secret = secret
  }
}
