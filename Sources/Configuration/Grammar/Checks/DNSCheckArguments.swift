import AnycastPolicy
import OSPFWire
import Redistribution

extension CheckArguments {
  /// `dns name N type T [server A] [port N] [transport udp|tcp|both] [expect ...] [dnssec]`, in any order.
  static let dns: KindReader = { arguments throws(ConfigurationError) in
    var check = DNSCheck(name: "")
    while let option = try nextOption(&arguments, of: ["name", "type", "server", "port", "transport", "expect", "dnssec"]) {
      switch option {
      case "name": check.name = try arguments.value("a domain name") { isDomainName($0) ? $0 : nil }
      case "type": check.type = try recordType(&arguments)
      case "server": check.server = try arguments.ipAddress()
      case "port": check.port = try port(&arguments)
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
