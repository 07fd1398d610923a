import AnycastPolicy
import OSPFWire

typealias CheckReader = @Sendable (inout Arguments) throws(ConfigurationError) -> CheckKind

/// What there is to know of one kind of check, apart from how it is probed.
protocol CheckDefinition: Hashable, Sendable {
  /// The words after `check` that mean this kind, and how what follows each is read.
  static var readers: [String: CheckReader] { get }
  /// The word after `check`: `dns`, `https`.
  var keyword: String { get }
  /// Whom the probe sends something.
  var target: CheckTarget { get }
  /// Programs and tables are asked nothing over the network.
  var asksOverNetwork: Bool { get }
  /// The ports that are asked, wherever.
  var ports: [CheckedPort] { get }
  var requiredPath: RequiredPath? { get }
  /// Says what follows the keyword, in the words of the dialect.
  func say(in wording: inout CheckWording)
  /// What somebody types to try by hand what the check probes: a line for the shell for each address and way of asking. `addresses` are
  /// those that are asked. Secrets are left out.
  func commandLines(addresses: [IPAddress]) -> [String]
}

extension CheckDefinition {
  var target: CheckTarget { .nobody }
  var asksOverNetwork: Bool { true }
  var ports: [CheckedPort] { [] }
  var requiredPath: RequiredPath? { nil }
}

/// A file that the check looks at, and what becomes of the check when the daemon does not see it.
struct RequiredPath {
  var path: String
  var consequence: String

  init(_ path: String, orElse consequence: String) {
    self.path = path
    self.consequence = consequence
  }
}

extension CheckTarget {
  /// The address that a check names, or each of the service's.
  init(_ named: IPAddress?) { self = named.map { .address($0) } ?? .serviceAddresses }
}

/// A port that is asked.
public struct CheckedPort: Hashable, Sendable {
  public var transport: Transport
  public var port: UInt16

  public enum Transport: Hashable, Sendable {
    case tcp, udp
  }

  public init(transport: Transport, port: UInt16) {
    self.transport = transport
    self.port = port
  }
}
