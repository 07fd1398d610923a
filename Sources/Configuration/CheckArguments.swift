import AnycastPolicy
import OSPFWire

/// What follows `check`: the kind, what the kind needs, and the options that every check has, in any order.
enum CheckArguments {
  private typealias KindReader = @Sendable (inout Arguments) throws(ConfigurationError) -> CheckKind

  /// The kinds of checks, by their word.
  private static let kinds: [String: KindReader] = ["dns": dns, "exec": exec, "tcp": tcp]

  /// The options that every check has.
  static let options = ["interval", "timeout", "jitter", "rise", "fall"]

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

  /// `exec /path arg...`, until the first option. An argument that is called like an option stands in quotes.
  private static let exec: KindReader = { arguments throws(ConfigurationError) in
    try arguments.readQuotes()
    let program = try arguments.value("the absolute path of a program") { $0.utf8.first == UInt8(ascii: "/") ? $0 : nil }
    var command = [program]
    while let word = arguments.peek, word.isQuoted || !options.contains(word.text) {
      command.append(try arguments.take(expecting: "an argument").text)
    }
    return .exec(command: command)
  }

  /// `tcp [ADDRESS] port N [port N]...`
  private static let tcp: KindReader = { arguments throws(ConfigurationError) in
    var address: IPAddress?
    if arguments.peek?.text != "port" {
      address = try arguments.value("'port' or an IPv4 or IPv6 address") { IPAddress($0) }
    }
    _ = try arguments.keyword(["port"])
    var ports = [try port(&arguments)]
    while arguments.skip("port") { ports.append(try port(&arguments)) }
    return .tcp(address: address, ports: ports)
  }

  private static func port(_ arguments: inout Arguments) throws(ConfigurationError) -> UInt16 {
    UInt16(clamping: try arguments.number(1...65535, "a port"))
  }
}

// MARK: - DNS

extension CheckArguments {
  /// `dns name N type T [server A] [port N] [transport udp|tcp|both] [expect ...]`, in any order.
  private static let dns: KindReader = { arguments throws(ConfigurationError) in
    var name: String?
    var check = DNSCheck(name: "")
    while let word = arguments.peek, !options.contains(word.text) {
      switch try arguments.keyword(["name", "type", "server", "port", "transport", "expect"] + options) {
      case "name": name = try arguments.value("a domain name") { isDomainName($0) ? $0 : nil }
      case "type": check.type = try recordType(&arguments)
      case "server": check.server = try arguments.ipAddress()
      case "port": check.port = try port(&arguments)
      case "transport": check.transport = try arguments.choice(DNSCheck.Transport.self)
      default: check.expectation = try expectation(&arguments)
      }
    }
    if name == nil { _ = try arguments.keyword(["name"]) }
    check.name = name ?? ""
    try checkFamily(of: check, arguments)
    return .dns(check)
  }

  /// A record type by its mnemonic, in upper or lower case, or by its number: `TYPE65` (RFC 3597 section 5).
  private static func recordType(_ arguments: inout Arguments) throws(ConfigurationError) -> String {
    try mnemonic(&arguments, "a DNS record type, as 'AAAA' or 'TYPE65'", of: DNSMnemonic.recordTypeNames) {
      DNSMnemonic.recordType($0) != nil
    }
  }

  /// A response code by its mnemonic, in upper or lower case.
  private static func responseCode(_ arguments: inout Arguments) throws(ConfigurationError) -> String {
    let known = DNSMnemonic.responseCodeNames
    return try mnemonic(&arguments, Arguments.alternatives(known), of: known) { known.contains($0) }
  }

  private static func mnemonic(
    _ arguments: inout Arguments, _ expected: String, of known: [String], isKnown: (String) -> Bool
  ) throws(ConfigurationError) -> String {
    let word = try arguments.take(expecting: expected)
    let upper = word.text.uppercased()
    guard isKnown(upper) else {
      throw ConfigurationError(
        location: arguments.line.location(of: word), problem: .unknownWord, word: word.text, expected: expected,
        nearest: EditDistance.nearest(to: upper, among: known))
    }
    return upper
  }

  private static func expectation(_ arguments: inout Arguments) throws(ConfigurationError) -> DNSCheck.Expectation {
    if arguments.skip("any") { return .any }
    if arguments.skip("nxdomain") { return .nxdomain }
    if arguments.skip("rcode") { return .rcode(try responseCode(&arguments)) }
    return .address(try arguments.value("'any', 'nxdomain', 'rcode' or an IPv4 or IPv6 address") { IPAddress($0) })
  }

  /// An address that no answer of the asked type can hold would make the check fail for ever.
  private static func checkFamily(of check: DNSCheck, _ arguments: Arguments) throws(ConfigurationError) {
    guard case .address(let address) = check.expectation else { return }
    let type = address.v4 == nil ? "AAAA" : "A"
    guard check.type != type else { return }
    throw arguments.conflict("an answer of type \(check.type) never has the address \(address); ask for type \(type)")
  }

  /// At most 253 octets, of labels from 1 to 63; the root is `.`.
  private static func isDomainName(_ name: String) -> Bool {
    if name == "." { return true }
    let labels = (name.hasSuffix(".") ? name.dropLast() : name[...]).split(separator: ".", omittingEmptySubsequences: false)
    return name.utf8.count <= 254 && labels.allSatisfy { (1...63).contains($0.utf8.count) }
  }
}
