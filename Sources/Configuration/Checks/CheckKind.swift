import AnycastPolicy
import OSPFWire

/// What a check probes. Where an address is optional, nil means every address of the service.
public enum CheckKind: Hashable, Sendable {
  case dns(DNSCheck)
  case exec(ExecCheck)
  case file(FileCheck)
  case http(HTTPCheck)
  case icmp(ICMPCheck)
  case ipvs(IPVSCheck)
  case ntp(NTPCheck)
  case radius(RADIUSCheck)
  case syslog(SyslogCheck)
  case systemd(SystemdCheck)
  case tcp(TCPCheck)

  /// The kinds that a `check` line may name.
  static let definitions: [any CheckDefinition.Type] = [
    DNSCheck.self, ExecCheck.self, FileCheck.self, HTTPCheck.self, ICMPCheck.self, IPVSCheck.self, NTPCheck.self,
    RADIUSCheck.self, SyslogCheck.self, SystemdCheck.self, TCPCheck.self,
  ]

  var definition: any CheckDefinition {
    switch self {
    case .dns(let check): check
    case .exec(let check): check
    case .file(let check): check
    case .http(let check): check
    case .icmp(let check): check
    case .ipvs(let check): check
    case .ntp(let check): check
    case .radius(let check): check
    case .syslog(let check): check
    case .systemd(let check): check
    case .tcp(let check): check
    }
  }
}

extension CheckKind: CheckSubject {
  public var target: CheckTarget { definition.target }
}

extension CheckKind {
  /// The ports that the check asks on the service's own addresses: none where it names somebody else, or asks nothing that has a port.
  public var servicePorts: [CheckedPort] { target == .serviceAddresses ? definition.ports : [] }

  /// A line for the shell for each address and way of asking what the check probes. `addresses` are those of the service, which are asked
  /// where the check names nobody. Secrets are left out.
  public func commandLines(addresses: [IPAddress]) -> [String] {
    definition.commandLines(addresses: target.address.map { [$0] } ?? addresses)
  }

  /// The word after `check`: `dns`, `https`.
  public var keyword: String { definition.keyword }

  /// The check in the words of the dialect, for people: `dns name www.example.net type A`. What is the default is not said, and
  /// no secret.
  public var summary: String { words(showingDefaults: false, showingSecrets: false) }

  /// The check in the words of the dialect. With secrets it reads back as an equal value; without, their place is taken by a word
  /// that is refused.
  package func words(showingDefaults: Bool, showingSecrets: Bool) -> String {
    var wording = CheckWording(showsDefaults: showingDefaults, showsSecrets: showingSecrets)
    wording.say(keyword)
    definition.say(in: &wording)
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
      title: CheckTitle(keyword: kind.keyword, summary: kind.summary), subject: kind, interval: interval, timeout: timeout,
      jitter: jitter, rise: rise, fall: fall)
  }

  /// What the check's line says; the policy knows no more of it than whom it asks.
  public var kind: CheckKind {
    guard let kind = subject as? CheckKind else { preconditionFailure("\(title.summary) is no check of the dialect") }
    return kind
  }
}
