import AnycastPolicy
import OSPFWire

import Configuration

extension ConfigurationGenerator {
  /// Every kind of check, with every option present and absent.
  package mutating func checkKind() -> CheckKind {
    switch number(0...10) {
    case 0: .exec(ExecCheck(command: ["/bin/\(text())"] + (0..<number(0...4)).map { _ in text() } + ["", "rise"]))
    case 1: .tcp(TCPCheck(address: maybe { $0.address() }, ports: (0...number(0...2)).map { _ in port() }))
    case 2: .http(http())
    case 3: .radius(RADIUSCheck(server: maybe { $0.address() }, port: port(), secret: text()))
    case 4: .icmp(ICMPCheck(address: address()))
    case 5: .ntp(NTPCheck(server: maybe { $0.address() }, port: port(), maxStratum: number(1...15)))
    case 6:
      .ipvs(
        IPVSCheck(
          address: maybe { $0.address() }, port: port(), transport: one(of: IPVSCheck.Transport.allCases, or: .tcp),
          minimum: number(1...65535)))
    case 7: .file(FileCheck(path: "/run/\(text())", condition: one(of: FileCheck.Condition.allCases, or: .exists)))
    case 8: .systemd(SystemdCheck(unit: one(of: ["unbound", "a@b.service", #"dev-\x2d.device"#], or: "unbound")))
    case 9:
      .syslog(
        SyslogCheck(
          sendAddress: maybe { $0.address() }, sendPort: port(), receiveAddress: address(), receivePort: port(),
          transport: one(of: SyslogCheck.Transport.allCases, or: .udp)))
    default: .dns(dns())
    }
  }

  private mutating func address() -> IPAddress {
    one(of: [.v4(IPv4Address(192, 0, 2, 9)), .v6(IPv6Address(high: 1, low: 2))], or: .v4(.unspecified))
  }

  private mutating func port() -> UInt16 { number(1...65535) }

  private mutating func dns() -> DNSCheck {
    let address = address()
    return DNSCheck(
      name: one(of: ["www.example.net", ".", "a."], or: "."), type: address.v4 == nil ? "AAAA" : "A",
      server: maybe { _ in address }, port: port(), transport: one(of: DNSCheck.Transport.allCases, or: .udp),
      expectation: one(of: [.any, .nxdomain, .address(address), .rcode("REFUSED")], or: .any),
      isValidated: Bool.random(using: &random))
  }

  private mutating func http() -> HTTPCheck {
    let isSecure = Bool.random(using: &random)
    let host = one(of: ["www.example.net", "192.0.2.9", "[2001:db8::1]", "www:8080", "[::1]:\(port())"], or: "www")
    let target = one(of: ["", "/", "/health?x=1&y=%27", "?q"], or: "")
    guard let url = HTTPURL("\(isSecure ? "https" : "http")://\(host)\(target)") else { return HTTPCheck(url: fallback) }
    var check = HTTPCheck(url: url)
    check.server = maybe { $0.address() }
    check.method = one(of: [.get, .post, .options], or: .get)
    check.headers = (0..<number(0...2)).map {
      HTTPCheck.Header(name: "X-\($0)", value: one(of: ["a b", "", "\"q\" 'x'"], or: ""))
    }
    let first = number(200...599)
    check.status = first...number(first...599)
    check.body = maybe { $0.text() }
    check.proxy = maybe { HTTPURL("http://proxy.example.net:\($0.port())") ?? $0.fallback }
    if isSecure { check.trust = one(of: [.system, .anybody, .authority(file: "/etc/ssl/my ca.pem")], or: .system) }
    return check
  }

  /// Never needed: every URL above is one.
  private var fallback: HTTPURL { preconditionFailure("the generator's URL is none") }
}
