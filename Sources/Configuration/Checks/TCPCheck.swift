import AnycastPolicy
import OSPFWire

/// `check tcp [ADDRESS] port N [port N]...`
public struct TCPCheck: Hashable, Sendable {
  /// Whom to connect to; nil means every address of the service.
  public var address: IPAddress?
  /// Each must accept a connection.
  public var portNumbers: [UInt16]

  public init(address: IPAddress?, ports: [UInt16]) {
    self.address = address
    portNumbers = ports
  }
}

extension TCPCheck: CheckDefinition {
  var keyword: String { "tcp" }
  var target: CheckTarget { CheckTarget(address) }
  var ports: [CheckedPort] { portNumbers.map { CheckedPort(transport: .tcp, port: $0) } }

  func say(in wording: inout CheckWording) {
    if let address { wording.say("\(address)") }
    for port in portNumbers { wording.say("port \(port)") }
  }

  func commandLines(addresses: [IPAddress]) -> [String] {
    portNumbers.flatMap { port in addresses.map { "nc -vz \($0) \(port)" } }
  }

  static let readers: [String: CheckReader] = ["tcp": read]

  private static let read: CheckReader = { arguments throws(ConfigurationError) in
    var address: IPAddress?
    if arguments.peek?.text != "port" {
      address = try arguments.value("'port' or an IPv4 or IPv6 address") { IPAddress($0) }
    }
    _ = try arguments.keyword(["port"])
    var ports = [try arguments.port()]
    while arguments.skip("port") { ports.append(try arguments.port()) }
    return .tcp(TCPCheck(address: address, ports: ports))
  }
}
