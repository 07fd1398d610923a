import AnycastPolicy
import OSPFWire

// The checks of what is on the host itself.
extension CheckArguments {
  /// `exec /path arg...`, until the first option. An argument that is called like an option stands in quotes.
  static let exec: KindReader = { arguments throws(ConfigurationError) in
    try arguments.readQuotes()
    var command = [try absolutePath("a program", &arguments)]
    while let word = arguments.peek, word.isQuoted || !CheckConfiguration.options.contains(word.text) {
      command.append(try arguments.take(expecting: "an argument").text)
    }
    return .exec(command: command)
  }

  /// `file PATH exists|absent`
  static let file: KindReader = { arguments throws(ConfigurationError) in
    try arguments.readQuotes()
    let path = try absolutePath("a file", &arguments)
    return .file(path: path, try arguments.choice(FileCondition.self))
  }

  /// `ipvs virtual A:P tcp|udp [minimum N]`
  static let ipvs: KindReader = { arguments throws(ConfigurationError) in
    _ = try arguments.keyword(["virtual"])
    let (address, port) = try serviceEndpoint(&arguments)
    var check = IPVSCheck(address: address, port: port, transport: try arguments.choice(IPVSCheck.Transport.self))
    while try nextOption(&arguments, of: ["minimum"]) != nil { check.minimum = try arguments.number(1...65535) }
    return .ipvs(check)
  }

  /// `systemd UNIT`
  static let systemd: KindReader = { arguments throws(ConfigurationError) in
    .systemd(unit: try arguments.value("the name of a systemd unit, as 'unbound.service'") { isUnitName($0) ? $0 : nil })
  }

  static func absolutePath(_ what: String, _ arguments: inout Arguments) throws(ConfigurationError) -> String {
    try arguments.value("the absolute path of \(what)") { $0.utf8.first == UInt8(ascii: "/") ? $0 : nil }
  }

  /// What systemd.unit(5) allows, and nothing that is read as an option.
  private static func isUnitName(_ name: String) -> Bool {
    !name.hasPrefix("-") && name.utf8.count <= 255
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        default: ":-_.\\@".utf8.contains(byte)
        }
      }
  }
}
