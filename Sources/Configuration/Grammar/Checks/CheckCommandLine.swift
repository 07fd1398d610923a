import AnycastPolicy
import OSPFWire

/// What somebody types to try by hand what a check probes.
extension CheckKind {
  /// A line for the shell for each address and way of asking. `addresses` are those of the service, which are asked where the check names
  /// nobody. Secrets are left out.
  public func commandLines(addresses: [IPAddress]) -> [String] {
    func each(_ named: IPAddress?, _ line: (IPAddress) -> String) -> [String] { (named.map { [$0] } ?? addresses).map(line) }
    switch self {
    case .dns(let check):
      let ways: [String] =
        switch check.transport {
        case .udp: [""]
        case .tcp: [" +tcp"]
        case .both: ["", " +tcp"]
        }
      let port = check.port == 53 ? "" : " -p \(check.port)"
      let dnssec = check.isValidated ? " +dnssec" : ""
      return ways.flatMap { way in
        each(check.server) { "dig @\($0)\(port) \(Self.shellWord(check.name)) \(check.type)\(dnssec)\(way)" }
      }
    case .exec(let command): return [command.map(Self.shellWord).joined(separator: " ")]
    case .file(let path, _): return ["ls -l \(Self.shellWord(path))"]
    case .http(let check): return each(check.target) { Self.curl(check, $0) }
    case .icmp(let address): return ["ping -c 3 \(address)"]
    case .ipvs(let check):
      let option = check.transport == .tcp ? "-t" : "-u"
      return each(check.address) { "ipvsadm -Ln \(option) \(Self.endpoint($0, check.port))" }
    case .ntp(let check): return each(check.server) { "chronyd -Q -t 3 'server \($0) port \(check.port) iburst'" }
    case .radius(let check):
      return each(check.server) {
        "echo 'Message-Authenticator = 0x00' | radclient -x \(Self.endpoint($0, check.port)) status SECRET"
      }
    case .syslog(let check):
      let option = check.transport == .tcp ? "-T" : "-d"
      return each(check.sendAddress) { "logger -n \($0) -P \(check.sendPort) \(option) test" }
    case .systemd(let unit): return ["systemctl status \(Self.shellWord(unit))"]
    case .tcp(let address, let ports): return ports.flatMap { port in each(address) { "nc -vz \($0) \(port)" } }
    }
  }

  /// The name stays in the URL, for the Host field and the certificate; the connection goes to the address.
  private static func curl(_ check: HTTPCheck, _ address: IPAddress) -> String {
    var words = ["curl", "-v"]
    switch check.method {
    case .get: break
    case .head: words.append("-I")
    case .options, .post, .put, .delete, .trace: words += ["-X", check.method.rawValue]
    }
    for header in check.headers {
      words += ["-H", shellWord("\(header.name): \(header.isSecret ? "SECRET" : header.value)")]
    }
    switch check.trust {
    case .system: break
    case .anybody: words.append("-k")
    case .authority(let file): words += ["--cacert", shellWord(file)]
    }
    if let proxy = check.proxy { words += ["-x", shellWord("\(proxy)")] }
    let nearest = check.nearest
    if nearest.address != address {
      words += ["--connect-to", shellWord("\(nearest.authorityWithPort):\(endpoint(address, nearest.port))")]
    }
    return (words + [shellWord("\(check.url)")]).joined(separator: " ")
  }

  private static func endpoint(_ address: IPAddress, _ port: UInt16) -> String {
    switch address {
    case .v4: "\(address):\(port)"
    case .v6: "[\(address)]:\(port)"
    }
  }

  /// A word as a shell takes it for one.
  static func shellWord(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-_./:@%+,=".utf8.contains(byte)
      }
    }
    guard !isPlain || word.isEmpty else { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
