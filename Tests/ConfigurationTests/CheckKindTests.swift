import AnycastPolicy
import ConfigurationTestSupport
import OSPFWire
import Testing

@testable import Configuration

@Suite("The kinds of checks")
struct CheckKindTests {
  private func kind(_ line: String) throws -> CheckKind {
    try #require(try configuration(service("check \(line)")).services.first?.checks.first).kind
  }

  private func url(_ text: String) throws -> HTTPURL { try #require(HTTPURL(text)) }

  @Test("`dnssec` asks for a validated answer")
  func dnssec() throws {
    #expect(try kind("dns name a dnssec type AAAA") == .dns(DNSCheck(name: "a", type: "AAAA", isValidated: true)))
  }

  @Test("`check http` needs a URL alone, and takes every option in any order, with quotes as a shell reads them")
  func http() throws {
    #expect(try kind("http http://www.example.net") == .http(HTTPCheck(url: try url("http://www.example.net/"))))
    let check = try kind(
      #"https https://www:8443/a?b=c ca "/etc/my ca.pem" body "all 'well'" server 192.0.2.9 header "X-A: b  c" status 301-302 "#
        + "proxy http://[2001:db8::1]:3128 header Accept:text/html method POST rise 5")
    #expect(
      check
        == .http(
          HTTPCheck(
            url: try url("https://www:8443/a?b=c"), server: try ip("192.0.2.9"), method: .post,
            headers: [
              HTTPCheck.Header(name: "X-A", value: "b  c"), HTTPCheck.Header(name: "Accept", value: "text/html"),
            ], status: 301...302, body: "all 'well'", proxy: try url("http://[2001:db8::1]:3128/"),
            trust: .authority(file: "/etc/my ca.pem"))))
    #expect(try kind("http https://www status 404 insecure") == kind("https https://www/ insecure status 404-404"))
  }

  @Test(
    "The ports that a check asks on the service's own addresses are known, and none where it asks somebody else",
    arguments: [
      ("dns name a type A", [(.udp, 53)]), ("dns name a type A port 5353 transport both", [(.udp, 5353), (.tcp, 5353)]),
      ("dns name a type A server 192.0.2.99", []), ("tcp port 80 port 443", [(.tcp, 80), (.tcp, 443)]),
      ("tcp 192.0.2.99 port 80", []), ("exec /bin/check port 80", []), ("http http://www.example.net/", [(.tcp, 80)]),
      ("https https://www/?a:1", [(.tcp, 443)]),
      ("https https://www:8443/ header \"Host: x server y\" body \"server z proxy\"", [(.tcp, 8443)]),
      ("http http://www/ server 192.0.2.99", []), ("http http://192.0.2.99:81/", []), ("http http://[2001:db8::1]:81/", []),
      ("https https://www/ proxy http://proxy:3128/", [(.tcp, 3128)]), ("https https://www/ proxy http://192.0.2.99:3128/", []),
      ("http http://192.0.2.99/ proxy http://proxy/", [(.tcp, 80)]), ("radius secret s", [(.udp, 1812)]),
      ("radius secret s port 1813", [(.udp, 1813)]), ("radius secret s server 192.0.2.99", []),
      ("ntp max-stratum 3", [(.udp, 123)]), ("ntp port 1123", [(.udp, 1123)]), ("ntp server 192.0.2.99", []),
      ("syslog send port 514 receive 127.0.0.1:5514", [(.udp, 514)]),
      ("syslog send port 601 receive 127.0.0.1:5514 transport tcp", [(.tcp, 601)]),
      ("syslog send 192.0.2.99:514 receive 127.0.0.1:5514", []), ("icmp 192.0.2.99", []),
    ] as [(String, [(CheckedPort.Transport, UInt16)])])
  func ports(line: String, ports: [(CheckedPort.Transport, UInt16)]) throws {
    #expect(try kind(line).servicePorts == ports.map { CheckedPort(transport: $0.0, port: $0.1) })
  }

  @Test("A URL with an address names whom to ask; so does `server`, and a proxy's URL before the page's")
  func target() throws {
    func target(_ line: String) throws -> IPAddress? {
      guard case .http(let check) = try kind(line) else { return nil }
      return check.target.address
    }
    #expect(try target("http http://www/") == nil)
    #expect(try target("http http://192.0.2.9/") == ip("192.0.2.9"))
    #expect(try target("http http://[2001:db8::9]:8080/") == ip("2001:db8::9"))
    #expect(try target("http http://192.0.2.9/ server 192.0.2.8") == ip("192.0.2.8"))
    #expect(try target("http http://192.0.2.9/ proxy http://proxy:3128") == nil)
    #expect(try target("http http://www/ proxy http://192.0.2.7:3128") == ip("192.0.2.7"))
  }

  @Test("Checks of servers need no address, and have the ports of their protocols")
  func servers() throws {
    #expect(try kind("radius secret xyzzy") == .radius(RADIUSCheck(secret: "xyzzy")))
    #expect(
      try kind(#"radius secret "a b" port 1813 server 2001:db8::1 timeout 1s"#)
        == .radius(RADIUSCheck(server: try ip("2001:db8::1"), port: 1813, secret: "a b")))
    #expect(try kind("ntp") == .ntp(NTPCheck()))
    #expect(
      try kind("ntp max-stratum 3 server 192.0.2.1 port 1123")
        == .ntp(NTPCheck(server: try ip("192.0.2.1"), port: 1123, maxStratum: 3)))
    #expect(try kind("icmp 192.0.2.1") == .icmp(ICMPCheck(address: try ip("192.0.2.1"))))
  }

  @Test("`check syslog` names both sides")
  func syslog() throws {
    #expect(
      try kind("syslog send [2001:db8::1]:514 receive 127.0.0.1:5514 transport tcp")
        == .syslog(
          SyslogCheck(
            sendAddress: try ip("2001:db8::1"), sendPort: 514, receiveAddress: try ip("127.0.0.1"), receivePort: 5514,
            transport: .tcp)))
    #expect(
      try kind("syslog receive 127.0.0.1:5514 send port 514")
        == .syslog(SyslogCheck(sendAddress: nil, sendPort: 514, receiveAddress: try ip("127.0.0.1"), receivePort: 5514)))
  }

  @Test("Checks of the host itself")
  func host() throws {
    #expect(
      try kind("ipvs virtual 192.0.2.1:80 tcp minimum 2")
        == .ipvs(IPVSCheck(address: try ip("192.0.2.1"), port: 80, transport: .tcp, minimum: 2)))
    #expect(
      try kind("ipvs virtual port 53 udp") == .ipvs(IPVSCheck(address: nil, port: 53, transport: .udp, minimum: 1)))
    #expect(try kind("file /etc/maintenance absent") == .file(FileCheck(path: "/etc/maintenance", condition: .absent)))
    #expect(try kind(#"file "/run/my file" exists interval 5s"#) == .file(FileCheck(path: "/run/my file", condition: .exists)))
    #expect(try kind("systemd unbound@1.service") == .systemd(SystemdCheck(unit: "unbound@1.service")))
  }

  @Test(
    "A bad line names the word, its place and what was expected",
    arguments: [
      (
        "http ftp://www/", "13: bad value 'ftp://www/'; expected a URL, as 'http://www.example.net/health'"
      ),
      ("http http://u:p@www/", "13: bad value 'http://u:p@www/'; expected a URL, as 'http://www.example.net/health'"),
      ("http http://www/#a", "13: bad value 'http://www/#a'; expected a URL, as 'http://www.example.net/health'"),
      ("http http://www:0/", "13: bad value 'http://www:0/'; expected a URL, as 'http://www.example.net/health'"),
      ("https http://www/", "14: bad value 'http://www/'; expected a URL that begins with 'https://'"),
      (
        "http http://www/ staus 200",
        "25: unknown word 'staus'; expected 'server', 'method', 'header', 'status', 'body', 'proxy', 'ca', 'insecure', "
          + "'interval', 'timeout', 'jitter', 'rise' or 'fall'; nearest known word: 'status'"
      ),
      ("http http://www/ status 2xx", "32: bad value '2xx'; expected a status code or a range of them, as '200-299'"),
      (
        "http http://www/ status 299-200",
        "32: bad value '299-200'; expected a status code or a range of them, as '200-299'"
      ),
      (
        "http http://www/ method get",
        "32: unknown word 'get'; expected 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE' or 'TRACE'; "
          + "nearest known word: 'GET'"
      ),
      (
        "http http://www/ header Accept",
        "32: bad value 'Accept'; expected a header field in quotes, as \"Accept: text/html\""
      ),
      ("http http://www/ header Content-Length:5", "32: 'Content-Length:5': the probe says 'Content-Length' itself"),
      ("http http://www/ method HEAD body x", "2: 'check': the answer to a request with the method HEAD has no content"),
      ("http http://www/ insecure", "2: 'check': 'ca' and 'insecure' are about certificates"),
      (
        "http http://www/ proxy https://p/",
        "31: bad value 'https://p/'; expected the URL of a proxy, as 'http://proxy.example.net:3128'"
      ),
      ("radius server 192.0.2.1", "31: the line ends too early; expected 'secret'"),
      ("radius secret \"\"", "22: bad value ''; expected a secret"),
      (
        "radius secret <hidden>",
        "22: '<hidden>': this was printed without its secrets; 'anycast-ospfd check --show-secrets' prints them"
      ),
      (
        "http http://www/ header \"Authorization: <hidden>\"",
        "32: 'Authorization: <hidden>': this was printed without its secrets; "
          + "'anycast-ospfd check --show-secrets' prints them"
      ),
      ("ntp max-stratum 16", "24: bad value '16'; expected a stratum from 1 to 15"),
      ("icmp", "12: the line ends too early; expected an IPv4 or IPv6 address"),
      ("syslog receive 127.0.0.1:5514", "37: the line ends too early; expected 'send'"),
      ("syslog send 127.0.0.1:514", "33: the line ends too early; expected 'receive'"),
      (
        "syslog send ::1:514",
        "20: bad value '::1:514'; expected an address with a port, as '192.0.2.1:514' or '[2001:db8::1]:514'"
      ),
      (
        "syslog send [192.0.2.1]:514",
        "20: bad value '[192.0.2.1]:514'; expected an address with a port, as '192.0.2.1:514' or '[2001:db8::1]:514'"
      ),
      ("ipvs 192.0.2.1:80 tcp", "13: unknown word '192.0.2.1:80'; expected 'virtual'"),
      ("ipvs virtual 192.0.2.1:80 minimum 2", "34: unknown word 'minimum'; expected 'tcp' or 'udp'"),
      ("file maintenance exists", "13: bad value 'maintenance'; expected the absolute path of a file"),
      ("file /x missing", "16: unknown word 'missing'; expected 'exists' or 'absent'"),
      ("systemd -H", "16: bad value '-H'; expected the name of a systemd unit, as 'unbound.service'"),
    ])
  func badLines(line: String, message: String) {
    let found = errors(service("check \(line)"))
    #expect(found.count == 1 && found[0].hasPrefix("test.conf:3:\(message)"), "\(found)")
  }

  @Test("Every word after `check` is one of a kind that the round trip makes up: a new kind is written in the generator too")
  func generated() {
    var generator = ConfigurationGenerator(seed: 1)
    let made = Set((0..<2000).map { _ in generator.checkKind().keyword })
    #expect(made.sorted() == CheckArguments.readers.keys.sorted())
    #expect(CheckKind.definitions.reduce(0) { $0 + $1.readers.count } == CheckArguments.readers.count)
  }

  @Test("A summary leaves out defaults and secrets")
  func summaries() throws {
    #expect(try kind("dns name a port 53 expect any").summary == "dns name a type A")
    #expect(try kind("radius secret xyzzy server 192.0.2.1").summary == "radius server 192.0.2.1")
    #expect(
      try kind(#"https https://www header "Authorization: Bearer x" header "Accept: y""#).summary
        == #"https https://www/ header "Authorization: <hidden>" header "Accept: y""#)
    #expect(try kind("http http://www status 200-299 method GET").summary == "http http://www/")
    #expect(try kind("syslog send port 514 receive [::1]:5514").summary == "syslog send port 514 receive [::1]:5514")
    #expect(try kind(#"exec /bin/sh -c "a b""#).summary == #"exec /bin/sh -c "a b""#)
  }

  @Test("A configuration that is printed without its secrets has none of them, and is refused")
  func secrets() throws {
    let text = service(
      "check radius secret xyzzy", #"check http http://www header "X-API-Key: plugh" header "Accept: y""#)
    let hidden = try configuration(text).rendered(showingSecrets: false)
    #expect(!hidden.contains("xyzzy") && !hidden.contains("plugh") && hidden.contains("Accept: y"))
    #expect(errors(hidden).count == 2)
    let shown = try configuration(text).rendered()
    #expect(try configuration(shown) == configuration(text))
  }
}

@Suite("What somebody types to try a check")
struct CheckCommandLineTests {
  private func lines(_ kind: CheckKind) throws -> [String] {
    kind.commandLines(addresses: ["192.0.2.53", "2001:db8::53"].compactMap { IPAddress($0) })
  }

  @Test("dig for DNS, for each address and transport")
  func dns() throws {
    #expect(
      try lines(.dns(DNSCheck(name: "www.example.net"))) == [
        "dig @192.0.2.53 www.example.net A", "dig @2001:db8::53 www.example.net A",
      ])
    let check = DNSCheck(
      name: "example.net", type: "SOA", server: IPAddress("127.0.0.1"), port: 5353, transport: .both,
      isValidated: true)
    #expect(
      try lines(.dns(check)) == [
        "dig @127.0.0.1 -p 5353 example.net SOA +dnssec", "dig @127.0.0.1 -p 5353 example.net SOA +dnssec +tcp",
      ])
  }

  @Test("curl for HTTP: the name stays in the URL, the connection goes to the address, and no secret is told")
  func http() throws {
    var check = HTTPCheck(
      url: try #require(HTTPURL("https://www.example.net/health?a=b&c")),
      headers: [.init(name: "Authorization", value: "Bearer 7"), .init(name: "X-Why", value: "it's us")],
      trust: .authority(file: "/etc/ssl/ca.pem"))
    #expect(
      try lines(.http(check)).last
        == "curl -v -H 'Authorization: SECRET' -H 'X-Why: it'\\''s us' --cacert /etc/ssl/ca.pem "
        + "--connect-to 'www.example.net:443:[2001:db8::53]:443' 'https://www.example.net/health?a=b&c'")
    check = HTTPCheck(url: try #require(HTTPURL("http://192.0.2.7:8080/")), method: .head, trust: .anybody)
    #expect(try lines(.http(check)) == ["curl -v -I -k http://192.0.2.7:8080/"])
  }

  @Test("nc for ports, and the tool of each other kind")
  func others() throws {
    #expect(
      try lines(.tcp(TCPCheck(address: nil, ports: [25, 465]))) == [
        "nc -vz 192.0.2.53 25", "nc -vz 2001:db8::53 25", "nc -vz 192.0.2.53 465", "nc -vz 2001:db8::53 465",
      ])
    #expect(try lines(.icmp(ICMPCheck(address: #require(IPAddress("192.0.2.1"))))) == ["ping -c 3 192.0.2.1"])
    #expect(try lines(.exec(ExecCheck(command: ["/usr/bin/check it", "-x"]))) == ["'/usr/bin/check it' -x"])
    #expect(try lines(.radius(RADIUSCheck(secret: "hush"))).allSatisfy { !$0.contains("hush") })
    #expect(try lines(.radius(RADIUSCheck(secret: "hush"))).last?.contains("[2001:db8::53]:1812") == true)
    #expect(try lines(.systemd(SystemdCheck(unit: "unbound.service"))) == ["systemctl status unbound.service"])
    #expect(try lines(.ntp(NTPCheck())).first == "chronyd -Q -t 3 'server 192.0.2.53 port 123 iburst'")
    #expect(
      try lines(.syslog(SyslogCheck(sendAddress: nil, sendPort: 514, receiveAddress: #require(IPAddress("::1")), receivePort: 9)))
        .first == "logger -n 192.0.2.53 -P 514 -d test")
    #expect(
      try lines(.ipvs(IPVSCheck(address: nil, port: 80, transport: .tcp))).last == "ipvsadm -Ln -t [2001:db8::53]:80")
  }
}
