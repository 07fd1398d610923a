import AnycastPolicy
import OSPFWire
import Testing

@testable import Configuration

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
      try lines(.tcp(address: nil, ports: [25, 465])) == [
        "nc -vz 192.0.2.53 25", "nc -vz 2001:db8::53 25", "nc -vz 192.0.2.53 465", "nc -vz 2001:db8::53 465",
      ])
    #expect(try lines(.icmp(address: #require(IPAddress("192.0.2.1")))) == ["ping -c 3 192.0.2.1"])
    #expect(try lines(.exec(command: ["/usr/bin/check it", "-x"])) == ["'/usr/bin/check it' -x"])
    #expect(try lines(.radius(RADIUSCheck(secret: "hush"))).allSatisfy { !$0.contains("hush") })
    #expect(try lines(.radius(RADIUSCheck(secret: "hush"))).last?.contains("[2001:db8::53]:1812") == true)
    #expect(try lines(.systemd(unit: "unbound.service")) == ["systemctl status unbound.service"])
    #expect(try lines(.ntp(NTPCheck())).first == "chronyd -Q -t 3 'server 192.0.2.53 port 123 iburst'")
    #expect(
      try lines(.syslog(SyslogCheck(sendAddress: nil, sendPort: 514, receiveAddress: #require(IPAddress("::1")), receivePort: 9)))
        .first == "logger -n 192.0.2.53 -P 514 -d test")
    #expect(
      try lines(.ipvs(IPVSCheck(address: nil, port: 80, transport: .tcp))).last == "ipvsadm -Ln -t [2001:db8::53]:80")
  }
}
