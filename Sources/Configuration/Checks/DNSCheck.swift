import AnycastPolicy
import OSPFWire
import Redistribution

/// `check dns name N type T [server A] [port N] [transport udp|tcp|both] [expect ...] [dnssec]`
public struct DNSCheck: Hashable, Sendable {
  /// The name to ask for.
  public var name: String
  /// The record type's mnemonic, upper case: `A`, `AAAA`, `SOA`.
  public var type: String
  /// Whom to ask; nil means every address of the service.
  public var server: IPAddress?
  /// The port, normally 53.
  public var port: UInt16
  /// How to ask.
  public var transport: Transport
  /// What counts as a good answer.
  public var expectation: Expectation
  /// Whether the server must say that it has validated the answer (AD).
  public var isValidated: Bool

  /// How the question travels.
  public enum Transport: String, Hashable, Sendable, CaseIterable {
    case udp, tcp, both
  }

  /// What counts as a good answer.
  public enum Expectation: Hashable, Sendable {
    /// NOERROR with at least one record of the asked type.
    case any
    /// NOERROR with this address among the answers.
    case address(IPAddress)
    case nxdomain
    /// This response code, by its mnemonic, upper case: `REFUSED`.
    case rcode(String)
  }

  public init(
    name: String, type: String = "A", server: IPAddress? = nil, port: UInt16 = 53, transport: Transport = .udp,
    expectation: Expectation = .any, isValidated: Bool = false
  ) {
    self.name = name
    self.type = type
    self.server = server
    self.port = port
    self.transport = transport
    self.expectation = expectation
    self.isValidated = isValidated
  }
}

extension DNSCheck: CheckDefinition {
  var keyword: String { "dns" }
  var target: CheckTarget { CheckTarget(server) }

  var ports: [CheckedPort] {
    let transports: [CheckedPort.Transport] =
      switch transport {
      case .udp: [.udp]
      case .tcp: [.tcp]
      case .both: [.udp, .tcp]
      }
    return transports.map { CheckedPort(transport: $0, port: port) }
  }

  func say(in wording: inout CheckWording) {
    wording.say("name \(name) type \(type)")
    wording.say(server: server)
    wording.say("port \(port)", unless: port == 53)
    wording.say("transport \(transport.rawValue)", unless: transport == .udp)
    wording.say("expect \(expectation.words)", unless: expectation == .any)
    if isValidated { wording.say("dnssec") }
  }

  func commandLines(addresses: [IPAddress]) -> [String] {
    let ways: [String] =
      switch transport {
      case .udp: [""]
      case .tcp: [" +tcp"]
      case .both: ["", " +tcp"]
      }
    let other = port == 53 ? "" : " -p \(port)"
    let dnssec = isValidated ? " +dnssec" : ""
    return ways.flatMap { way in
      addresses.map { "dig @\($0)\(other) \(ShellWords.word(name)) \(type)\(dnssec)\(way)" }
    }
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

// How the line is read.
extension DNSCheck {
  static let readers: [String: CheckReader] = ["dns": read]

  /// The options stand in any order.
  private static let read: CheckReader = { arguments throws(ConfigurationError) in
    var check = DNSCheck(name: "")
    while let option = try arguments.nextCheckOption(of: ["name", "type", "server", "port", "transport", "expect", "dnssec"]) {
      switch option {
      case "name": check.name = try arguments.value("a domain name") { isDomainName($0) ? $0 : nil }
      case "type": check.type = try recordType(&arguments)
      case "server": check.server = try arguments.ipAddress()
      case "port": check.port = try arguments.port()
      case "transport": check.transport = try arguments.choice(DNSCheck.Transport.self)
      case "expect": check.expectation = try expectation(&arguments)
      default: check.isValidated = true
      }
    }
    guard !check.name.isEmpty else { throw arguments.missing("name") }
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
