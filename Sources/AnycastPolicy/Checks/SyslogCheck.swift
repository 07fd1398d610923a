import OSPFWire

/// `check syslog send A:P receive A:P [transport udp|tcp]`
public struct SyslogCheck: Hashable, Sendable {
  /// Where the log server listens.
  public var sendAddress: IPAddress?
  /// The log server's port.
  public var sendPort: UInt16
  /// Where the daemon listens, on UDP and TCP, for what the log server hands on.
  public var receiveAddress: IPAddress
  /// The daemon's port.
  public var receivePort: UInt16
  /// How the message travels to the log server.
  public var transport: Transport

  /// How a message travels.
  public enum Transport: String, Hashable, Sendable, CaseIterable {
    case udp, tcp
  }

  /// Makes a check with the defaults of the dialect.
  public init(
    sendAddress: IPAddress?, sendPort: UInt16, receiveAddress: IPAddress, receivePort: UInt16, transport: Transport = .udp
  ) {
    self.sendAddress = sendAddress
    self.sendPort = sendPort
    self.receiveAddress = receiveAddress
    self.receivePort = receivePort
    self.transport = transport
  }
}
