import AnycastPolicy
import OSPFWire

/// `check radius [server A] [port N] secret S`
public struct RADIUSCheck: Hashable, Sendable {
  /// Whom to ask.
  public var server: IPAddress?
  /// The port, normally 1812.
  public var port: UInt16
  /// What this client shares with the server.
  public var secret: String

  public init(server: IPAddress? = nil, port: UInt16 = 1812, secret: String) {
    self.server = server
    self.port = port
    self.secret = secret
  }
}

extension RADIUSCheck: CheckDefinition {
  var keyword: String { "radius" }
  var target: CheckTarget { CheckTarget(server) }
  var ports: [CheckedPort] { [CheckedPort(transport: .udp, port: port)] }

  func say(in wording: inout CheckWording) {
    wording.say(server: server)
    wording.say("port \(port)", unless: port == 1812)
    // A check is told apart by the rest of its words.
    if wording.showsDefaults || wording.showsSecrets {
      wording.say("secret \(wording.showsSecrets ? CheckKind.quoted(secret) : CheckConfiguration.hiddenSecret)")
    }
  }

  func commandLines(addresses: [IPAddress]) -> [String] {
    addresses.map {
      "echo 'Message-Authenticator = 0x00' | radclient -x \(ShellWords.endpoint($0, port)) status SECRET"
    }
  }

  static let readers: [String: CheckReader] = ["radius": read]

  private static let read: CheckReader = { arguments throws(ConfigurationError) in
    try arguments.readQuotes()
    var check = RADIUSCheck(secret: "")
    while let option = try arguments.nextCheckOption(of: ["server", "port", "secret"]) {
      switch option {
      case "server": check.server = try arguments.ipAddress()
      case "port": check.port = try arguments.port()
      default: check.secret = try secret(&arguments)
      }
    }
    guard !check.secret.isEmpty else { throw arguments.missing("secret") }
    return .radius(check)
  }

  private static func secret(_ arguments: inout Arguments) throws(ConfigurationError) -> String {
    let word = arguments.peek
    let secret = try arguments.value("a secret") { $0.isEmpty ? nil : $0 }
    try arguments.requireShown(secret, at: word)
    return secret
  }
}
