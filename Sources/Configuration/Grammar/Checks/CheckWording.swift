import AnycastPolicy
import OSPFProtocol
import OSPFWire

/// Puts a check into the words of the dialect.
struct CheckWording {
  /// Whether options are said that are not needed.
  let showsDefaults: Bool
  /// Whether secrets are said.
  let showsSecrets: Bool
  private(set) var text = ""

  init(showsDefaults: Bool, showsSecrets: Bool) {
    self.showsDefaults = showsDefaults
    self.showsSecrets = showsSecrets
  }

  /// Says what is not left out.
  mutating func say(_ words: String) { text += text.isEmpty ? words : " \(words)" }

  /// Says an option that is left out where it has its default.
  mutating func say(_ words: String, unless isDefault: Bool) {
    if showsDefaults || !isDefault { say(words) }
  }

  /// Says the address that is asked, where there is one.
  mutating func say(server: IPAddress?) {
    if let server { say("server \(server)") }
  }

  /// Says a port, or where to find one: `192.0.2.1:514`, `[2001:db8::1]:514`, `port 514`.
  mutating func say(_ name: String, _ address: IPAddress?, _ port: UInt16) {
    switch address {
    case .v4(let address)?: say("\(name) \(address):\(port)")
    case .v6(let address)?: say("\(name) [\(address)]:\(port)")
    case nil: say("\(name) port \(port)")
    }
  }
}

extension CheckKind {
  /// The word after `check`: `dns`, `https`.
  public var keyword: String {
    switch self {
    case .dns: "dns"
    case .exec: "exec"
    case .file: "file"
    case .http(let check): check.url.scheme.rawValue
    case .icmp: "icmp"
    case .ipvs: "ipvs"
    case .ntp: "ntp"
    case .radius: "radius"
    case .syslog: "syslog"
    case .systemd: "systemd"
    case .tcp: "tcp"
    }
  }

  /// The check in the words of the dialect, for people: `dns name www.example.net type A`. What is the default is not said, and
  /// no secret.
  public var summary: String { words(showingDefaults: false, showingSecrets: false) }

  /// The check in the words of the dialect. With secrets it reads back as an equal value; without, their place is taken by a word
  /// that is refused.
  package func words(showingDefaults: Bool, showingSecrets: Bool) -> String {
    var wording = CheckWording(showsDefaults: showingDefaults, showsSecrets: showingSecrets)
    wording.say(keyword)
    switch self {
    case .dns(let check): check.say(in: &wording)
    case .exec(let command): for word in command { wording.say(Self.quoted(word)) }
    case .file(let path, let condition):
      wording.say(Self.quoted(path))
      wording.say(condition.rawValue)
    case .http(let check): check.say(in: &wording)
    case .icmp(let address): wording.say("\(address)")
    case .ipvs(let check): check.say(in: &wording)
    case .ntp(let check): check.say(in: &wording)
    case .radius(let check): check.say(in: &wording)
    case .syslog(let check): check.say(in: &wording)
    case .systemd(let unit): wording.say(unit)
    case .tcp(let address, let ports):
      if let address { wording.say("\(address)") }
      for port in ports { wording.say("port \(port)") }
    }
    return wording.text
  }
}

extension CheckConfiguration {
  /// A check that is called as its line of the configuration says, with the dialect's defaults; the jitter's is a tenth of the interval.
  package init(
    kind: CheckKind, interval: Duration = .seconds(1), timeout: Duration = .milliseconds(500), jitter: Duration? = nil,
    rise: Int = 2, fall: Int = 3
  ) {
    self.init(
      title: CheckTitle(keyword: kind.keyword, summary: kind.summary), kind: kind, interval: interval, timeout: timeout,
      jitter: jitter, rise: rise, fall: fall)
  }
}

extension CheckKind {
  /// An argument in quotes where they are needed: for white space, quotes, nothing at all, and words that would be read as options.
  package static func quoted(_ argument: String) -> String {
    let special: [UInt8] = [0x20, 0x09, 0x0D, UInt8(ascii: "\""), UInt8(ascii: "'")]
    guard
      argument.isEmpty || CheckConfiguration.options.contains(argument) || argument.utf8.contains(where: special.contains)
    else { return argument }
    var quoted: [UInt8] = []
    for byte in argument.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { quoted.append(UInt8(ascii: "\\")) }
      quoted.append(byte)
    }
    return "\"" + String(decoding: quoted, as: UTF8.self) + "\""
  }
}

extension CheckConfiguration {
  /// The options that every check has.
  package static let options = ["interval", "timeout", "jitter", "rise", "fall"]

  /// What stands for a secret that is not shown. It is no secret itself: a configuration that has it is refused.
  package static let hiddenSecret = "<hidden>"
}

extension DNSCheck {
  func say(in wording: inout CheckWording) {
    wording.say("name \(name) type \(type)")
    wording.say(server: server)
    wording.say("port \(port)", unless: port == 53)
    wording.say("transport \(transport.rawValue)", unless: transport == .udp)
    wording.say("expect \(expectation.words)", unless: expectation == .any)
    if isValidated { wording.say("dnssec") }
  }
}

extension DNSCheck.Expectation {
  fileprivate var words: String {
    switch self {
    case .any: "any"
    case .address(let address): address.description
    case .nxdomain: "nxdomain"
    case .rcode(let code): "rcode \(code)"
    }
  }
}

extension HTTPCheck {
  func say(in wording: inout CheckWording) {
    wording.say("\(url)")
    wording.say(server: server)
    wording.say("method \(method.rawValue)", unless: method == .get)
    for header in headers {
      let value = header.isSecret && !wording.showsSecrets ? CheckConfiguration.hiddenSecret : header.value
      wording.say("header \(CheckKind.quoted("\(header.name): \(value)"))")
    }
    let end = status.count > 1 ? "-\(status.upperBound)" : ""
    wording.say("status \(status.lowerBound)\(end)", unless: status == Self.success)
    if let body { wording.say("body \(CheckKind.quoted(body))") }
    if let proxy { wording.say("proxy \(proxy)") }
    switch trust {
    case .system: break
    case .authority(let file): wording.say("ca \(CheckKind.quoted(file))")
    case .anybody: wording.say("insecure")
    }
  }
}

extension IPVSCheck {
  func say(in wording: inout CheckWording) {
    wording.say("virtual", address, port)
    wording.say(transport.rawValue)
    wording.say("minimum \(minimum)", unless: minimum == 1)
  }
}

extension NTPCheck {
  func say(in wording: inout CheckWording) {
    wording.say(server: server)
    wording.say("port \(port)", unless: port == 123)
    wording.say("max-stratum \(maxStratum)", unless: maxStratum == 15)
  }
}

extension RADIUSCheck {
  func say(in wording: inout CheckWording) {
    wording.say(server: server)
    wording.say("port \(port)", unless: port == 1812)
    // A check is told apart by the rest of its words.
    if wording.showsDefaults || wording.showsSecrets {
      wording.say("secret \(wording.showsSecrets ? CheckKind.quoted(secret) : CheckConfiguration.hiddenSecret)")
    }
  }
}

extension SyslogCheck {
  func say(in wording: inout CheckWording) {
    wording.say("send", sendAddress, sendPort)
    wording.say("receive", receiveAddress, receivePort)
    wording.say("transport \(transport.rawValue)", unless: transport == .udp)
  }
}
