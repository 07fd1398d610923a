import AnycastPolicy
import OSPFWire

/// `check ntp [server A] [port N] [max-stratum N]`
public struct NTPCheck: Hashable, Sendable {
  /// Whom to ask.
  public var server: IPAddress?
  /// The port, normally 123.
  public var port: UInt16
  /// The highest stratum that passes, at most 15.
  public var maxStratum: Int

  public init(server: IPAddress? = nil, port: UInt16 = 123, maxStratum: Int = 15) {
    self.server = server
    self.port = port
    self.maxStratum = maxStratum
  }
}

extension NTPCheck: CheckDefinition {
  var keyword: String { "ntp" }
  var target: CheckTarget { CheckTarget(server) }
  var ports: [CheckedPort] { [CheckedPort(transport: .udp, port: port)] }

  func say(in wording: inout CheckWording) {
    wording.say(server: server)
    wording.say("port \(port)", unless: port == 123)
    wording.say("max-stratum \(maxStratum)", unless: maxStratum == 15)
  }

  func commandLines(addresses: [IPAddress]) -> [String] {
    addresses.map { "chronyd -Q -t 3 'server \($0) port \(port) iburst'" }
  }

  static let readers: [String: CheckReader] = ["ntp": read]

  private static let read: CheckReader = { arguments throws(ConfigurationError) in
    var check = NTPCheck()
    while let option = try arguments.nextCheckOption(of: ["server", "port", "max-stratum"]) {
      switch option {
      case "server": check.server = try arguments.ipAddress()
      case "port": check.port = try arguments.port()
      default: check.maxStratum = try arguments.number(1...15, "a stratum")
      }
    }
    return .ntp(check)
  }
}
