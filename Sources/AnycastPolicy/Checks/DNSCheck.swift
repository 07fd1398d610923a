import OSPFWire

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

  /// Makes a DNS check with the defaults of the dialect.
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
