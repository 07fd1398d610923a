import AnycastPolicy
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

extension SyslogCheck: CheckDefinition {
  var keyword: String { "syslog" }
  var target: CheckTarget { CheckTarget(sendAddress) }
  var ports: [CheckedPort] { [CheckedPort(transport: transport == .tcp ? .tcp : .udp, port: sendPort)] }

  func say(in wording: inout CheckWording) {
    wording.say("send", sendAddress, sendPort)
    wording.say("receive", receiveAddress, receivePort)
    wording.say("transport \(transport.rawValue)", unless: transport == .udp)
  }

  func commandLines(addresses: [IPAddress]) -> [String] {
    addresses.map { "logger -n \($0) -P \(sendPort) \(transport == .tcp ? "-T" : "-d") test" }
  }

  static let readers: [String: CheckReader] = ["syslog": read]

  private static let read: CheckReader = { arguments throws(ConfigurationError) in
    var send: (address: IPAddress?, port: UInt16)?
    var receive: (address: IPAddress, port: UInt16)?
    var transport = SyslogCheck.Transport.udp
    while let option = try arguments.nextCheckOption(of: ["send", "receive", "transport"]) {
      switch option {
      case "send": send = try arguments.serviceEndpoint()
      case "receive": receive = try arguments.endpoint()
      default: transport = try arguments.choice(SyslogCheck.Transport.self)
      }
    }
    guard let send else { throw arguments.missing("send") }
    guard let receive else { throw arguments.missing("receive") }
    return .syslog(
      SyslogCheck(
        sendAddress: send.address, sendPort: send.port, receiveAddress: receive.address, receivePort: receive.port,
        transport: transport))
  }
}
