import AnycastPolicy
import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Testing

@testable import Configuration

@Suite("The lines of an anycast service block")
struct AnycastServiceTests {
  private func parsed(_ lines: String...) throws -> ServiceConfiguration {
    let text = (["anycast service dns", "address 192.0.2.1"] + lines).joined(separator: "\n")
    return try #require(try configuration(text).services.first)
  }

  private func firstCheck(_ line: String) throws -> CheckConfiguration { try #require(try parsed(line).checks.first) }

  @Test("a service with an address alone has the documented defaults")
  func defaults() throws {
    let address = ServiceAddress(address: try ip("192.0.2.1"), prefixLength: 32)
    let service = try parsed()
    #expect(service == ServiceConfiguration(name: "dns", addresses: [address]))
    #expect(service.addressMode == .always && service.device == "lo" && service.linger == .seconds(1))
    #expect(service.advertise == .external(metric: 20, type: .type2, tag: 0))
    #expect(service.require == .all && !service.isShutdown && !service.countsTraffic)
  }

  @Test("a check that says only what it asks has the documented defaults")
  func checkDefaults() throws {
    let check = try firstCheck("check tcp port 53")
    #expect(check.interval == .seconds(1) && check.timeout == .milliseconds(500) && check.jitter == .milliseconds(100))
    #expect(check.rise == 2 && check.fall == 3)
    #expect(try firstCheck("check tcp port 53 interval 15ms").jitter == .milliseconds(1), "a tenth, in whole milliseconds")
  }

  @Test("`damping` holds a service down for a minute, and for an hour at most, unless it is told otherwise")
  func dampingDefaults() throws {
    let damping = try #require(try parsed("damping 4 in 2m").damping)
    #expect(damping.hold == .seconds(60) && damping.longestHold == .seconds(3600))
    #expect(try parsed("damping 4 in 2m hold 2h").damping?.longestHold == .seconds(7200))
  }

  @Test("each line sets its property")
  func everyLine() throws {
    let service = try parsed(
      "description recursive  resolver", "address 2001:db8::1", "address 198.51.100.1/24", "address-mode healthy",
      "device dummy0", "advertise external metric 100 metric-type 1 tag 7", "require any", "drain metric 1000 for 30s",
      "rise metric 2000 for 1m",
      "linger 5", "shutdown", "check tcp port 53")
    #expect(service.description == "recursive  resolver")
    #expect(service.addresses.map(\.prefix.description) == ["192.0.2.1/32", "2001:db8::1/128", "198.51.100.0/24"])
    #expect(service.addresses.last?.address.description == "198.51.100.1")
    #expect(service.addressMode == .healthy)
    #expect(service.device == "dummy0")
    #expect(service.advertise == .external(metric: 100, type: .type1, tag: 7))
    #expect(service.require == .any)
    #expect(service.drain == DrainMetric(metric: 1000, duration: .seconds(30)))
    #expect(service.rise == RiseMetric(metric: 2000, duration: .seconds(60)))
    #expect(service.linger == .seconds(5))
    #expect(service.isShutdown)
    #expect(service.checks == [CheckConfiguration(kind: .tcp(TCPCheck(address: nil, ports: [53])))])
  }

  @Test("`no` undoes each line")
  func undo() throws {
    let service = try parsed(
      "description x", "no description", "address-mode none", "no address-mode", "device x", "no device",
      "advertise stub metric 5", "no advertise stub", "check tcp port 1", "check tcp port 2", "no check tcp port 1",
      "no check", "require any", "no require", "drain metric 30 for 1s", "no drain", "rise metric 30 for 1s", "no rise",
      "linger 9", "no linger", "shutdown",
      "no shutdown", "address 192.0.2.2", "no address 192.0.2.2")
    #expect(try service == parsed())
  }

  @Test("a stub advertisement has metric 0 unless it is told otherwise")
  func stub() throws {
    #expect(try parsed("advertise stub").advertise == .stub(metric: 0))
    #expect(try parsed("advertise stub metric 65535").advertise == .stub(metric: 65535))
  }

  @Test("the options of a check come in any order, and a short interval shortens the default timeout")
  func checkOptions() throws {
    let check = try firstCheck("check tcp port 53 fall 5 timeout 2s interval 1m rise 1 jitter 30s")
    #expect(
      check
        == CheckConfiguration(
          kind: .tcp(TCPCheck(address: nil, ports: [53])), interval: .seconds(60), timeout: .seconds(2), jitter: .seconds(30),
          rise: 1,
          fall: 5))
    #expect(try firstCheck("check tcp port 53 interval 1m").jitter == .seconds(6))
    #expect(try firstCheck("check tcp port 53 interval 200ms").timeout == .milliseconds(200))
  }

  @Test("`check exec` takes arguments in quotes, and stops at the first option")
  func exec() throws {
    let check = try firstCheck(#"check exec /usr/bin/probe -H "a \"b\" c" 'd\ e' "" x"y z" "interval" interval 2s"#)
    #expect(check.kind == .exec(ExecCheck(command: ["/usr/bin/probe", "-H", #"a "b" c"#, #"d\ e"#, "", "xy z", "interval"])))
    #expect(check.interval == .seconds(2))
  }

  @Test("`check tcp` takes an address and several ports")
  func tcp() throws {
    #expect(
      try firstCheck("check tcp 2001:db8::1 port 53 port 853").kind
        == .tcp(TCPCheck(address: try ip("2001:db8::1"), ports: [53, 853])))
  }

  @Test("`check dns` takes every option")
  func dns() throws {
    let check = try firstCheck(
      "check dns name www.example.net. type aaaa server 192.0.2.9 port 5353 transport both expect 2001:db8::9 rise 4")
    let expected = DNSCheck(
      name: "www.example.net.", type: "AAAA", server: try ip("192.0.2.9"), port: 5353, transport: .both,
      expectation: .address(try ip("2001:db8::9")))
    #expect(check.kind == .dns(expected))
    #expect(check.rise == 4)
    #expect(try firstCheck("check dns name a type type65").kind == .dns(DNSCheck(name: "a", type: "TYPE65")))
    #expect(try firstCheck("check dns name . type NS").kind == .dns(DNSCheck(name: ".", type: "NS")))
    #expect(
      try firstCheck("check dns name a expect rcode refused").kind
        == .dns(DNSCheck(name: "a", expectation: .rcode("REFUSED"))))
    #expect(
      try firstCheck("check dns name a expect nxdomain").kind == .dns(DNSCheck(name: "a", expectation: .nxdomain)))
  }

  @Test(
    "a bad line names the word, its place and what was expected",
    arguments: [
      ("address 192.0.2.300", "3:10: bad value '192.0.2.300'; expected an IPv4 or IPv6 address, with or without /LENGTH"),
      ("address 192.0.2.2/0", "3:10: bad value '192.0.2.2/0'; expected an IPv4 or IPv6 address, with or without /LENGTH"),
      ("address 192.0.2.1", "3:10: '192.0.2.1': service 'dns' has 192.0.2.1/32 already, at test.conf:2:10"),
      ("address 127.0.0.2", "3:10: '127.0.0.2': a loopback address"),
      ("address 224.0.0.5", "3:10: '224.0.0.5': not a unicast address"),
      ("address fe80::1", "3:10: 'fe80::1': a link-local address"),
      (
        "address-mode allways",
        "3:15: unknown word 'allways'; expected 'always', 'healthy', 'present' or 'none'; nearest known word: 'always'"
      ),
      ("advertise external metric 16777215", "3:28: bad value '16777215'; expected a number from 0 to 16777214"),
      ("advertise stub metric 65536", "3:24: bad value '65536'; expected a number from 0 to 65535"),
      (
        "advertise external metrik 1",
        "3:21: unknown word 'metrik'; expected 'metric', 'metric-type' or 'tag'; nearest known word: 'metric'"
      ),
      ("advertise extern", "3:12: unknown word 'extern'; expected 'external' or 'stub'; nearest known word: 'external'"),
      (
        "check htp",
        "3:8: unknown word 'htp'; expected 'dns', 'exec', 'file', 'http', 'https', 'icmp', 'ipvs', 'ntp', 'radius', 'syslog', "
          + "'systemd' or 'tcp'; nearest known word: 'http'"
      ),
      ("check exec probe", "3:13: bad value 'probe'; expected the absolute path of a program"),
      ("check exec /bin/sh -c 'exit 1", "3:24: bad value ''exit 1'; expected a closing quote"),
      ("check tcp port 0", "3:17: bad value '0'; expected a port from 1 to 65535"),
      ("check tcp", "3:11: the line ends too early; expected 'port' or an IPv4 or IPv6 address"),
      ("check dns type A", "3:18: the line ends too early; expected 'name'"),
      (
        "check dns name a type AAAB",
        "3:24: unknown word 'AAAB'; expected a DNS record type, as 'AAAA' or 'TYPE65'; nearest known word: 'AAAA'"
      ),
      (
        "check dns name a expect rcode refuse",
        "3:32: unknown word 'refuse'; expected 'NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', "
          + "'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH' or 'NOTZONE'; nearest known word: 'REFUSED'"
      ),
      (
        "check dns name a type A expect 2001:db8::1",
        "3:2: 'check': an answer of type A never has the address 2001:db8::1; ask for type AAAA"
      ),
      (
        "check tcp port 53 interval 1s timeout 2s",
        "3:32: 'timeout': a timeout of 2s is longer than the interval of 1s: probes would overlap"
      ),
      (
        "check tcp port 53 interval 1s jitter 501ms",
        "3:32: 'jitter': a jitter of 501ms is more than half of the interval of 1s"
      ),
      ("check tcp port 53 rise 0", "3:25: bad value '0'; expected a number from 1 to 1000"),
      ("require 2", "3:10: '2': the service has 0 checks"),
      ("address 192.0.2.2 metrik 5", "3:20: unknown word 'metrik'; expected 'metric'; nearest known word: 'metric'"),
      ("install-route via 10.0.0.1", "3:2: 'install-route': the address would be this host's own: write 'address-mode none'"),
      ("install-route", "3:15: the line ends too early; expected 'via' or 'dev'"),
      ("degraded metric 20", "3:18: '20': not above the metric 20 that is advertised without being degraded"),
      (
        "minimum-nodes 1 last-resort metric 20",
        "3:2: '20': not above the metric 20 that is advertised without being the last resort"
      ),
      ("minimum-nodes 0", "3:16: bad value '0'; expected how many other nodes must serve from 1 to 1000"),
      ("minimum-nodes 1 metric 20", "3:18: unknown word 'metric'; expected 'last-resort'"),
      ("tag state bit 30", "3:16: bad value '30'; expected the lowest of three bits from 0 to 29"),
      ("tag state 28", "3:12: unknown word '28'; expected 'bit'"),
      ("damping 3", "3:11: the line ends too early; expected 'in'"),
      (
        "damping 3 in 1m hold 5m max 1m",
        "3:26: 'max': the longest time is shorter than the first, which stands before it or is 1m"
      ),
      ("on-change exec", "3:16: the line ends too early; expected the absolute path of a program"),
      ("drain metric 20 for 10s", "3:15: '20': not above the metric 20 that is advertised without a drain"),
      (
        "drain metric 30 for 1x",
        "3:22: bad value '1x'; expected a duration from 1ms to 86400s (a bare number means seconds)"
      ),
    ])
  func badLines(line: String, message: String) {
    #expect(errors("anycast service dns\n address 192.0.2.1\n \(line)\n") == ["test.conf:\(message)"])
  }

  @Test("what happens when a service does not simply work or fail has its lines")
  func reactions() throws {
    let lines = [
      "degraded metric 500", "minimum-nodes 2 last-resort metric 9000", "damping 4 in 2m hold 30s max 10m",
      "on-change exec /usr/bin/logger -t 'the service' changed",
    ]
    let text = "anycast service dns\n address 192.0.2.1 metric 10\n address 2001:db8::1 metric 100\n"
    let service = try #require(try configuration(text + lines.map { " \($0)\n" }.joined()).services.first)
    #expect(service.addresses.map { service.advertise($0).metric } == [10, 100])
    #expect(service.degradedMetric == 500)
    #expect(service.lastNodeGuard == LastNodeGuard(minimumNodes: 2, metric: 9000))
    #expect(
      service.damping == DampingConfiguration(limit: 4, window: .seconds(120), hold: .seconds(30), longestHold: .seconds(600)))
    #expect(service.onChange == ["/usr/bin/logger", "-t", "the service", "changed"])
    let undone = lines.map { " \($0)\n no \($0.split(separator: " ").first == "on-change" ? "on-change exec" : $0)\n" }
    let plain = try #require(try configuration(text + undone.joined()).services.first)
    #expect(plain.degradedMetric == nil && plain.damping == nil && plain.lastNodeGuard == nil && plain.onChange.isEmpty)
  }

  @Test("the state has three bits of the tag, that of the service says nothing in them, and a stub link has no tag")
  func stateTag() throws {
    let text = "anycast service dns\n address 192.0.2.1\n"
    func service(_ lines: String) throws -> ServiceConfiguration { try configuration(text + lines).services[0] }
    #expect(try service(" tag state\n").stateTag == StateTag(bit: 28))
    #expect(try service(" advertise external tag 100\n tag state bit 7\n").stateTag == StateTag(bit: 7))
    #expect(try service(" tag state bit 7\n no tag state\n").stateTag == nil)
    #expect(
      errors(text + " advertise external tag 100\n tag state bit 0\n") == [
        "test.conf:4:2: 'tag state': the tag 100 of the service has one of the bits 0 to 2; write 'tag state bit N'"
      ])
    #expect(
      errors(text + " advertise stub\n tag state\n") == [
        "test.conf:4:2: 'tag state': a stub link has no tag; write 'advertise external'"
      ])
  }

  @Test("traffic is counted where that is asked for")
  func countTraffic() throws {
    func service(_ lines: String) throws -> ServiceConfiguration {
      try configuration("anycast service dns\n address 192.0.2.1\n" + lines).services[0]
    }
    #expect(try !service("").countsTraffic && service(" count traffic\n").countsTraffic)
    #expect(try !service(" count traffic\n no count traffic\n").countsTraffic)
  }

  @Test("what works is preferred to the last resort, and a guard without a check guards nothing")
  func lastResort() throws {
    let text = "anycast service dns\n address 192.0.2.1\n check tcp port 53\n drain metric 900 for 5s\n"
    #expect(
      errors(text + " minimum-nodes 1 last-resort metric 900\n") == [
        "test.conf:5:2: 'minimum-nodes': a draining service has the metric 900, and would not be preferred to the last resort's 900"
      ])
    #expect(try configuration(text + " minimum-nodes 1\n").services[0].lastNodeGuard == LastNodeGuard(minimumNodes: 1))
    let notices = try parse("router ospf\nanycast service dns\n address 192.0.2.1\n minimum-nodes 1\n").notices
    #expect(notices.map(\.line).contains("minimum-nodes"))
  }

  @Test("a route that is installed leads to a gateway, a device or both")
  func installRoute() throws {
    func target(_ words: String) throws -> RouteTarget? {
      try configuration("anycast service x\n address 10.9.0.0/24\n address-mode none\n install-route \(words)\n").services[0]
        .installRoute
    }
    #expect(try target("via 10.0.0.1") == RouteTarget(gateway: try ip("10.0.0.1")))
    #expect(try target("dev eth1") == RouteTarget(device: "eth1"))
    #expect(try target("dev eth1 via 10.0.0.1") == RouteTarget(gateway: try ip("10.0.0.1"), device: "eth1"))
    #expect(
      errors("anycast service x\n address 10.9.0.0/24\n address-mode none\n install-route via 2001:db8::1\n") == [
        "test.conf:4:2: 'install-route': no address of the service is of the gateway's family"
      ])
  }

  @Test("a metric of one address counts for what must be above it, and has the bits of its kind")
  func addressMetrics() {
    #expect(
      errors("anycast service dns\n address 192.0.2.1 metric 300\n degraded metric 200\n") == [
        "test.conf:3:18: '200': not above the metric 300 that is advertised without being degraded"
      ])
    #expect(
      errors("anycast service dns\n address 192.0.2.1 metric 300\n address 192.0.2.2\n degraded metric 200\n") == [
        "test.conf:4:18: '200': not above the metric 300 that is advertised without being degraded"
      ])
    #expect(
      errors("anycast service dns\n address 192.0.2.1 metric 70000\n advertise stub\n") == [
        "test.conf:2:10: '70000': a stub link's metric is at most 65535"
      ])
  }

  @Test("a service without an address is an error at its name")
  func noAddress() {
    #expect(errors("anycast service dns\n") == ["test.conf:1:17: 'dns': a service without 'address'"])
  }

  @Test("an address or a prefix of another service is an error that names the other place")
  func duplicateAddress() {
    #expect(
      errors("anycast service a\n address 192.0.2.1\nanycast service b\n address 192.0.2.1\n")
        == ["test.conf:4:10: '192.0.2.1': service 'a' has 192.0.2.1/32 already, at test.conf:2:10"])
    #expect(
      errors("anycast service a\n address 192.0.2.1/24\nanycast service b\n address 192.0.2.2/24\n")
        == ["test.conf:4:10: '192.0.2.2/24': service 'a' has 192.0.2.0/24 already, at test.conf:2:10"])
  }

  @Test("an address that was taken back is free for another service")
  func addressTakenBack() throws {
    let text = "anycast service a\n address 192.0.2.1\n address 192.0.2.2\n no address 192.0.2.1\n"
    let services = try configuration(text + "anycast service b\n address 192.0.2.1\n").services
    #expect(services.map { $0.addresses.map(\.prefix.description) } == [["192.0.2.2/32"], ["192.0.2.1/32"]])
  }

  @Test("ten thousand services are read")
  func manyServices() throws {
    let text = (0..<10_000).map { "anycast service s\($0)\n address 10.0.\($0 / 256).\($0 % 256)\n" }.joined()
    #expect(try configuration(text).services.count == 10_000)
  }

  @Test("a service name that another file has used is an error that names the first place")
  func duplicateName() {
    let first = SourceFile(path: "a.conf", text: "anycast service dns\n address 192.0.2.1\n")
    let second = SourceFile(path: "b.conf", text: "\nanycast service dns\n address 192.0.2.2\n")
    #expect(
      errors([first, second]) == ["b.conf:2:17: 'dns': there is already a service of this name, at a.conf:1:17"])
  }

  @Test("a service name that could be an address is refused", arguments: ["192.0.2.1", "::1", "a/b", "dn\u{E4}s"])
  func badName(name: String) {
    #expect(errors("anycast service \(name)\n address 192.0.2.1\n").count == 1)
  }

  @Test("a drain metric of a stub advertisement has 16 bits")
  func stubDrain() {
    #expect(
      errors(service("advertise stub", "drain metric 65536 for 1s")) == [
        "test.conf:4:15: '65536': a stub link's metric is at most 65535"
      ])
  }

  @Test("a configured router ID that is a service's address is an error")
  func routerID() {
    let reason = "an anycast address cannot be the router ID, because every node of the service has it"
    #expect(
      errors("router ospf\n ospf router-id 192.0.2.1\n" + service()) == ["test.conf:2:17: '192.0.2.1': \(reason)"])
    #expect(errors("router-id 192.0.2.1\n" + service()) == ["test.conf:1:11: '192.0.2.1': \(reason)"])
  }

  @Test("of a check that could not be read it is not said that it is missing")
  func requireOfUnread() {
    let text = "anycast service dns\n address 192.0.2.1\n check tcp prot 53\n require 1\n"
    #expect(errors(text).map { $0.prefix(14) } == ["test.conf:3:12"])
  }
}
