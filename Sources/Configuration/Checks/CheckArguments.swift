import AnycastPolicy
import OSPFWire

/// What follows `check`: the kind, what the kind needs, and the options that every check has, in any order.
enum CheckArguments {
  /// How what follows each kind's word is read.
  static let readers = CheckKind.definitions.reduce(into: [String: CheckReader]()) { readers, definition in
    readers.merge(definition.readers) { first, _ in first }
  }

  static func read(_ arguments: inout Arguments) throws(ConfigurationError) -> CheckConfiguration {
    let word = try arguments.keyword(readers.keys.sorted())
    guard let reader = readers[word] else { throw arguments.conflict("no such check") }
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
      switch try arguments.keyword(CheckConfiguration.options) {
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
}

// What several kinds read.
extension Arguments {
  /// Takes the next of a kind's own options; nil when the options follow that every check has, or the line ends.
  mutating func nextCheckOption(of known: [String]) throws(ConfigurationError) -> String? {
    guard let word = peek, word.isQuoted || !CheckConfiguration.options.contains(word.text) else { return nil }
    return try keyword(known + CheckConfiguration.options)
  }

  mutating func port() throws(ConfigurationError) -> UInt16 { UInt16(clamping: try number(1...65535, "a port")) }

  /// `192.0.2.1:514` or `[2001:db8::1]:514`
  mutating func endpoint() throws(ConfigurationError) -> (address: IPAddress, port: UInt16) {
    try value("an address with a port, as '192.0.2.1:514' or '[2001:db8::1]:514'") { text in
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
  mutating func serviceEndpoint() throws(ConfigurationError) -> (address: IPAddress?, port: UInt16) {
    if skip("port") { return (nil, try port()) }
    return try endpoint()
  }

  mutating func absolutePath(of what: String) throws(ConfigurationError) -> String {
    try value("the absolute path of \(what)") { $0.utf8.first == UInt8(ascii: "/") ? $0 : nil }
  }

  /// A configuration that was printed without its secrets would ask with a wrong one.
  func requireShown(_ value: String, at word: Word?) throws(ConfigurationError) {
    guard value == CheckConfiguration.hiddenSecret else { return }
    throw conflict("this was printed without its secrets; 'anycast-ospfd check --show-secrets' prints them", at: word)
  }
}
