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
