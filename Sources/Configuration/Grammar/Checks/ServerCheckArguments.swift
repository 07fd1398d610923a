import AnycastPolicy
import OSPFWire

// The checks that ask a server, apart from those of DNS and HTTP.
extension CheckArguments {
  /// `tcp [ADDRESS] port N [port N]...`
  static let tcp: KindReader = { arguments throws(ConfigurationError) in
    var address: IPAddress?
    if arguments.peek?.text != "port" {
      address = try arguments.value("'port' or an IPv4 or IPv6 address") { IPAddress($0) }
    }
    _ = try arguments.keyword(["port"])
    var ports = [try port(&arguments)]
    while arguments.skip("port") { ports.append(try port(&arguments)) }
    return .tcp(address: address, ports: ports)
  }

  /// `icmp ADDRESS`
  static let icmp: KindReader = { arguments throws(ConfigurationError) in
    .icmp(address: try arguments.ipAddress())
  }

  /// `ntp [server A] [port N] [max-stratum N]`, in any order.
  static let ntp: KindReader = { arguments throws(ConfigurationError) in
    var check = NTPCheck()
    while let option = try nextOption(&arguments, of: ["server", "port", "max-stratum"]) {
      switch option {
      case "server": check.server = try arguments.ipAddress()
      case "port": check.port = try port(&arguments)
      default: check.maxStratum = try arguments.number(1...15, "a stratum")
      }
    }
    return .ntp(check)
  }

  /// `radius [server A] [port N] secret S`, in any order.
  static let radius: KindReader = { arguments throws(ConfigurationError) in
    try arguments.readQuotes()
    var check = RADIUSCheck(secret: "")
    while let option = try nextOption(&arguments, of: ["server", "port", "secret"]) {
      switch option {
      case "server": check.server = try arguments.ipAddress()
      case "port": check.port = try port(&arguments)
      default: check.secret = try secret(&arguments)
      }
    }
    guard !check.secret.isEmpty else { throw arguments.missing("secret") }
    return .radius(check)
  }

  private static func secret(_ arguments: inout Arguments) throws(ConfigurationError) -> String {
    let word = arguments.peek
    let secret = try arguments.value("a secret") { $0.isEmpty ? nil : $0 }
    try requireShown(secret, at: word, arguments)
    return secret
  }

  /// A configuration that was printed without its secrets would ask with a wrong one.
  static func requireShown(_ value: String, at word: Word?, _ arguments: Arguments) throws(ConfigurationError) {
    guard value == CheckConfiguration.hiddenSecret else { return }
    throw arguments.conflict("this was printed without its secrets; 'anycast-ospfd check --show-secrets' prints them", at: word)
  }

  /// `syslog send A:P receive A:P [transport udp|tcp]`, in any order.
  static let syslog: KindReader = { arguments throws(ConfigurationError) in
    var send: (address: IPAddress?, port: UInt16)?
    var receive: (address: IPAddress, port: UInt16)?
    var transport = SyslogCheck.Transport.udp
    while let option = try nextOption(&arguments, of: ["send", "receive", "transport"]) {
      switch option {
      case "send": send = try serviceEndpoint(&arguments)
      case "receive": receive = try endpoint(&arguments)
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
