import AnycastPolicy
import OSPFWire

/// What follows `check`: the kind, what the kind needs, and the options that every check has, in any order.
enum CheckArguments {
  typealias KindReader = @Sendable (inout Arguments) throws(ConfigurationError) -> CheckKind

  /// The kinds of checks, by their word.
  private static let kinds: [String: KindReader] = [
    "dns": dns, "exec": exec, "file": file, "http": http, "https": https, "icmp": icmp, "ipvs": ipvs, "ntp": ntp,
    "radius": radius, "syslog": syslog, "systemd": systemd, "tcp": tcp,
  ]

  /// The options that every check has.
  private static let options = CheckConfiguration.options

  static func read(_ arguments: inout Arguments) throws(ConfigurationError) -> CheckConfiguration {
    let word = try arguments.keyword(kinds.keys.sorted())
    guard let reader = kinds[word] else { throw arguments.conflict("no such check") }
    return try readOptions(of: try reader(&arguments), &arguments)
  }

  private static func readOptions(
    of kind: CheckKind, _ arguments: inout Arguments
  ) throws(ConfigurationError) -> CheckConfiguration {
    var check = CheckConfiguration(kind: kind)
    var timeout: (word: Word?, value: Duration)?
    var jitter: (word: Word?, value: Duration)?
    while !arguments.isAtEnd {
      let option = arguments.peek
      switch try arguments.keyword(options) {
      case "interval": check.interval = try arguments.duration(.milliseconds(10) ... .seconds(86400), bare: .seconds)
      case "timeout": timeout = (option, try arguments.duration(.milliseconds(1) ... .seconds(86400), bare: .seconds))
      case "jitter": jitter = (option, try arguments.duration(.zero ... .seconds(43200), bare: .seconds))
      case "rise": check.rise = try arguments.number(1...1000)
      default: check.fall = try arguments.number(1...1000)
      }
    }
    check.timeout = timeout?.value ?? min(check.timeout, check.interval)
    check.jitter = jitter?.value ?? CheckConfiguration.defaultJitter(interval: check.interval)
    let interval = DurationText.format(check.interval)
    guard check.timeout <= check.interval else {
      throw arguments.conflict(
        "a timeout of \(DurationText.format(check.timeout)) is longer than the interval of \(interval): probes would overlap",
        at: timeout?.word)
    }
    guard check.jitter * 2 <= check.interval else {
      throw arguments.conflict(
        "a jitter of \(DurationText.format(check.jitter)) is more than half of the interval of \(interval)", at: jitter?.word)
    }
    return check
  }

  /// Takes the next of a kind's own options; nil when the options follow that every check has, or the line ends.
  static func nextOption(
    _ arguments: inout Arguments, of known: [String]
  ) throws(ConfigurationError) -> String? {
    guard let word = arguments.peek, word.isQuoted || !options.contains(word.text) else { return nil }
    return try arguments.keyword(known + options)
  }

  /// A port.
  static func port(_ arguments: inout Arguments) throws(ConfigurationError) -> UInt16 {
    UInt16(clamping: try arguments.number(1...65535, "a port"))
  }

  /// `192.0.2.1:514` or `[2001:db8::1]:514`
  static func endpoint(_ arguments: inout Arguments) throws(ConfigurationError) -> (address: IPAddress, port: UInt16) {
    try arguments.value("an address with a port, as '192.0.2.1:514' or '[2001:db8::1]:514'") { text in
      guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
        return nil
      }
      var address = text[..<colon]
      let isBracketed = address.hasPrefix("[") && address.hasSuffix("]")
      if isBracketed { address = address.dropFirst().dropLast() }
      guard let address = IPAddress(address), (address.v4 == nil) == isBracketed else { return nil }
      return (address, port)
    }
  }

  /// An address with a port, or `port N`, which means every address of the service.
  static func serviceEndpoint(
    _ arguments: inout Arguments
  ) throws(ConfigurationError) -> (address: IPAddress?, port: UInt16) {
    if arguments.skip("port") { return (nil, try port(&arguments)) }
    return try endpoint(&arguments)
  }
}
