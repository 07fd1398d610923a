import AnycastPolicy
import Configuration
import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Redistribution
import Testing

@testable import QuaggaImport

@Suite("What `import` makes of files of Quagga")
struct ImportTests {
  private func imported(_ text: String, device: String = "lo") throws -> ImportedConfiguration {
    let imported = ImportedConfiguration(try parse(text), from: ["test.conf"], device: device)
    #expect(try configuration(imported.rendered()) == imported.configuration, "\(imported.rendered())")
    return imported
  }

  /// `NAME ADDRESS MODE DEVICE ADVERTISE`
  private func services(_ text: String, device: String = "lo") throws -> [String] {
    try imported(text, device: device).configuration.services.map { service in
      let addresses = service.addresses.map { "\($0.prefix)" }.joined(separator: " ")
      return "\(service.name) \(addresses) \(service.addressMode.rawValue) \(service.device) \(service.advertise.text)"
    }
  }

  private func declined(_ text: String) throws -> [String] {
    try imported(text).declined.map { "\($0.prefix.address): \($0.reason)" }
  }

  private let network = "router ospf\n network 10.0.0.0/24 area 0\n"

  @Test("one file comes of three, with services, and with comments that say what was made of what")
  func whole() throws {
    let files = [
      SourceFile(path: "zebra.conf", text: "hostname node\n"),
      SourceFile(
        path: "ospfd.conf",
        text: """
          interface eth0
           ip ospf hello-interval 1
          router ospf
           ospf router-id 192.0.2.2
           redistribute connected metric 50 metric-type 1
           network 10.0.0.0/24 area 0.0.0.0
           network 203.0.113.7/32 area 0.0.0.1
           distribute-list ANYCAST out connected
          access-list ANYCAST remark DNS
          access-list ANYCAST permit 198.51.100.53/32
          access-list ANYCAST deny any

          """),
      SourceFile(
        path: "ospf6d.conf",
        text: """
          interface eth0
           ipv6 ospf6 area 0.0.0.0
          router ospf6
           ospf6 router-id 192.0.2.2
           redistribute connected route-map ANY6
          ipv6 prefix-list SERVICES seq 5 permit 2001:db8:ffff::53/128
          route-map ANY6 permit 10
           match ipv6 address prefix-list SERVICES
           set metric 33
           set tag 7

          """),
    ]
    let imported = ImportedConfiguration(try Configuration.parse(files), from: files.map(\.path))
    let text = imported.rendered()
    let lines = text.split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex { !$0.hasPrefix("!") })
    #expect(
      lines[start...].joined(separator: "\n") == """
        interface eth0
         ip ospf hello-interval 1
         ipv6 ospf6 area 0.0.0.0
        !
        router ospf
         ospf router-id 192.0.2.2
         network 10.0.0.0/24 area 0.0.0.0
        !
        router ospf6
         ospf6 router-id 192.0.2.2
        !
        anycast service ANYCAST
         address 198.51.100.53
         address-mode present
         device lo
         advertise external metric 50 metric-type 1
         require all
         linger 1s
         ! from 'access-list ANYCAST permit 198.51.100.53/32' (ospfd.conf:10:1)
         ! by its name, a check could be:
         ! check dns name www.example.net type A
        !
        anycast service service-203.0.113.7
         address 203.0.113.7
         address-mode present
         device lo
         advertise stub metric 0
         require all
         linger 1s
         ! from 'network 203.0.113.7/32 area 0.0.0.1'
         ! no name says what this service is; a check is written as: check tcp port 53
        !
        anycast service SERVICES
         address 2001:db8:ffff::53
         address-mode present
         device lo
         advertise external metric 33 metric-type 2 tag 7
         require all
         linger 1s
         ! from 'ipv6 prefix-list SERVICES seq 5 permit 2001:db8:ffff::53/128' (ospf6d.conf:6:1)
         ! no name says what this service is; a check is written as: check tcp port 53
        !
        """)
    #expect(lines[0] == "! Written by 'anycast-ospfd import' from zebra.conf, ospfd.conf, ospf6d.conf.")
    for line in [
      "!   network 203.0.113.7/32 area 0.0.0.1", "!   redistribute connected metric 50 metric-type 1",
      "!   distribute-list ANYCAST out connected", "!   access-list ANYCAST", "!   ipv6 prefix-list SERVICES",
      "!   route-map ANY6",
      "!   zebra.conf:1:1: 'hostname node': without effect: the system's host name is used",
    ] { #expect(lines[..<start].contains(line), "\(line)") }
    #expect(try configuration(text) == imported.configuration)
  }

  @Test("`redistribute` stays where it permits more than the services' addresses, and the comment names the rule")
  func kept() throws {
    func outcome(_ list: String) throws -> (isKept: Bool, reasons: [String]) {
      let imported = try imported(
        list + network + " redistribute connected\n distribute-list a out connected\n")
      let isKept = imported.configuration.ospf?.redistribution.sources[.connected] != nil
      #expect((imported.configuration.ospf?.redistribution.distributeLists[.connected] != nil) == isKept)
      #expect(imported.configuration.filters.accessLists.isEmpty == !isKept || list.isEmpty)
      #expect(imported.leftOut.isEmpty == isKept)
      return (isKept, imported.kept)
    }
    let host = "access-list a permit 192.0.2.1/32\n"
    #expect(try !outcome(host).isKept)
    #expect(try !outcome(host + "access-list a permit host 192.0.2.3\naccess-list a deny any\n").isKept)
    let broad = try outcome(host + "access-list a permit 10.0.0.0/8\n")
    #expect(
      broad.reasons == [
        "'redistribute connected' (test.conf:5:2): 'access-list a permit 10.0.0.0/8' (test.conf:2:1) permits more than the "
          + "services' addresses"
      ])
    #expect(try outcome("access-list a permit any\n").isKept)
    #expect(try outcome("").isKept)
  }

  @Test("the standard form at an even address also permits networks that begin there, so the line stays")
  func evenAddress() throws {
    for (form, isKept) in [("host 192.0.2.2", true), ("host 192.0.2.3", false), ("192.0.2.2/32", false)] {
      let imported = try imported(
        "access-list a permit \(form)\n\(network) redistribute connected\n distribute-list a out connected\n")
      #expect((imported.configuration.ospf?.redistribution.sources[.connected] != nil) == isKept, "\(form)")
      #expect(imported.proposals.count == 1)
    }
  }

  @Test("what a deny above takes away is not proposed, and what no list names is not either")
  func denied() throws {
    let lines =
      "access-list a deny 192.0.2.0/24\naccess-list a permit 192.0.2.1/32\naccess-list a permit 198.51.100.0/24\n"
      + network + " redistribute connected\n distribute-list a out connected\n"
    #expect(try services(lines).isEmpty)
    #expect(try imported(lines).rendered().contains("nothing is proposed"))
  }

  @Test("services are named after their list, with the address where it has several; never after a number or an address")
  func names() throws {
    func names(_ list: String, _ rules: [String], more: String = "") throws -> [String] {
      let lines = rules.map { "access-list \(list) permit \($0)/32\n" }.joined()
      let text = lines + network + " redistribute connected\n distribute-list \(list) out connected\n" + more
      return try imported(text).configuration.services.map(\.name)
    }
    #expect(try names("DNS", ["192.0.2.1"]) == ["DNS"])
    #expect(try names("DNS", ["192.0.2.1", "192.0.2.3"]) == ["DNS-192.0.2.1", "DNS-192.0.2.3"])
    #expect(try names("10", ["192.0.2.1"]) == ["service-192.0.2.1"])
    #expect(try names("my+list", ["192.0.2.1"]) == ["my-list"])
    #expect(
      try names("DNS", ["192.0.2.1"], more: "anycast service DNS\n address 192.0.2.9\n") == ["DNS", "DNS-192.0.2.1"])
    let long = String(repeating: "a", count: 70)
    #expect(try names(long, ["192.0.2.1"]) == [String(repeating: "a", count: 63)])
    #expect(try names(long, ["192.0.2.1", "192.0.2.3"]).map(\.count) == [63, 63])
    let taken = "anycast service DNS\n address 192.0.2.9\nanycast service DNS-192.0.2.1\n address 192.0.2.8\n"
    #expect(try names("DNS", ["192.0.2.1"], more: taken).last == "DNS-192.0.2.1-2")
  }

  @Test("an address of zebra's own configuration is put on its device by the daemon; any other is left to whoever does it")
  func kernelAddresses() throws {
    let lines = network + " redistribute connected\n distribute-list a out connected\n"
    let list = "access-list a permit 192.0.2.1/32\naccess-list a permit 192.0.2.3/32\n"
    #expect(
      try services("interface dummy0\n ip address 192.0.2.1/32\n" + list + lines) == [
        "a-192.0.2.1 192.0.2.1/32 always dummy0 external metric 20 metric-type 2",
        "a-192.0.2.3 192.0.2.3/32 present lo external metric 20 metric-type 2",
      ])
    #expect(
      try services("interface lo\n ip address 192.0.2.5/32\n" + network + " redistribute connected metric 7\n") == [
        "service-192.0.2.5 192.0.2.5/32 always lo external metric 7 metric-type 2"
      ])
    #expect(
      try services(
        "interface lo\n ip address 192.0.2.5/32\n no ip address 192.0.2.5/32\n" + network + " redistribute connected\n"
      ).isEmpty)
  }

  @Test("an address in a network that OSPF advertises itself is none")
  func covered() throws {
    let lines =
      "interface eth0\n ip address 192.0.2.9/24\n ip ospf area 0\naccess-list a permit 192.0.2.1/32\nrouter ospf\n"
      + " redistribute connected\n distribute-list a out connected\n"
    #expect(try services(lines).isEmpty)
  }

  @Test("the device is the one of `match interface`, or the one that the operator names")
  func devices() throws {
    let lines = "ip prefix-list p permit 192.0.2.1/32\nroute-map m permit 10\n match ip address prefix-list p\n"
    let end = network + " redistribute connected route-map m\n"
    #expect(
      try services(lines + " match interface dummy1\n" + end) == [
        "p 192.0.2.1/32 present dummy1 external metric 20 metric-type 2"
      ])
    #expect(
      try services(lines + end, device: "dummy7") == ["p 192.0.2.1/32 present dummy7 external metric 20 metric-type 2"])
  }

  @Test("what no service can do is left as it is, and the comment says why")
  func declining() throws {
    let redistribute =
      "access-list a permit 192.0.2.1/32\n" + network + " redistribute connected\n distribute-list a out connected\n"
    #expect(
      try declined(redistribute + " ospf router-id 192.0.2.1\n") == [
        "192.0.2.1: it is the router ID, which no service's address can be"
      ])
    #expect(
      try declined(redistribute + " redistribute kernel\n distribute-list a out kernel\n") == [
        "192.0.2.1: it may also be a route of the kernel, and no service follows one that somebody else installs"
      ])
    #expect(
      try declined(network + " network 192.0.2.1/32 area 0\n network 10.1.0.0/24 area 1\n") == [
        "192.0.2.1: the node is in several areas, and a service is advertised in all of them"
      ])
    #expect(
      try declined("router ospf\n area 1 nssa\n network 10.0.0.0/24 area 1\n network 192.0.2.1/32 area 1\n") == [
        "192.0.2.1: in an NSSA the address of a loopback interface is what AS-external routes are forwarded to"
      ])
    #expect(
      try declined("access-list a permit 240.0.0.1/32\n" + redistribute) == ["240.0.0.1: not a unicast address"])
    let six =
      "interface lo\n ipv6 ospf6 area 0\nipv6 prefix-list p permit 2001:db8::1/128\nroute-map m permit 10\n"
      + " match ipv6 address prefix-list p\nrouter ospf6\n redistribute connected route-map m\n"
    #expect(try declined(six) == ["2001:db8::1: it is a prefix of the area and redistributed as well"])
    for lines in [redistribute + " ospf router-id 192.0.2.1\n", six] {
      #expect(try imported(lines).configuration == configuration(lines))
    }
  }

  @Test("what OSPFv3 for IPv4 would say differently is left as it is")
  func twoInstances() throws {
    let lines =
      "interface eth0\n ipv6 ospf6 area 0\n ipv6 ospf6 address-family ipv4 unicast\naccess-list a permit 192.0.2.1/32\n" + network
      + " redistribute connected\n distribute-list a out connected\nrouter ospf6\n redistribute connected metric 5\n"
    #expect(try declined(lines) == ["192.0.2.1: the instances do not advertise it in the same way"])
    #expect(try services(lines.replacing(" metric 5", with: "")).count == 1)
  }

  @Test("the host routes of probes stay redistributed, and a comment shows the service that installs one itself")
  func routes() throws {
    let imported = try imported(
      "ip prefix-list p permit 192.0.2.1/32\nroute-map m permit 10\n match ip address prefix-list p\n set metric 9\n" + network
        + " redistribute kernel route-map m\n")
    #expect(imported.proposals.isEmpty)
    #expect(imported.configuration.ospf?.redistribution.sources[.kernel] != nil)
    #expect(imported.rendered().contains("!    address 192.0.2.1\n!    address-mode none\n!    advertise external metric 9 "))
  }

  @Test("a service that is there already is kept as it is, and its address is not proposed again")
  func existing() throws {
    let lines =
      "access-list a permit 192.0.2.1/32\n" + network + " redistribute connected\n distribute-list a out connected\n"
      + "anycast service dns\n address 192.0.2.1\n check tcp port 53\n"
    #expect(try services(lines) == ["dns 192.0.2.1/32 always lo external metric 20 metric-type 2"])
    #expect(try imported(lines).configuration.ospf?.redistribution.sources.isEmpty == true)
  }

  @Test(
    "a check is suggested only where a name says plainly what the service is, and it can be uncommented",
    arguments: [
      ("ANYCAST-DNS", ["dns name www.example.net type A"]), ("dns2", ["dns name www.example.net type A"]),
      ("radius", ["radius secret CHANGE-ME"]), ("NTP_servers", ["ntp"]),
      ("syslog", ["syslog send port 514 receive 127.0.0.1:5514"]), ("www", ["http http://www.example.net/"]),
      ("https", ["https https://www.example.net/"]), ("ldap", ["tcp port 389"]), ("smtp1", ["tcp port 25"]),
      ("squid", ["http http://www.example.net/ proxy http://proxy.example.net:3128"]),
      ("dns-and-ntp", ["dns name www.example.net type A", "ntp"]), ("ANYCAST", []), ("53", []), ("sundns", []), ("ntpd", []),
    ])
  func suggestions(name: String, checks: [String]) throws {
    let imported = try imported(
      "access-list \(name) permit 192.0.2.1/32\n" + network + " redistribute connected\n distribute-list \(name) out connected\n")
    #expect(imported.proposals.map(\.checks) == [checks])
    let text = imported.rendered().replacing(" ! check ", with: " check ")
    #expect(try configuration(text).services.flatMap(\.checks).count == checks.count)
  }

  @Test("lists that other statements refer to stay")
  func sharedLists() throws {
    let lines =
      "access-list a permit 192.0.2.1/32\nip prefix-list p permit 192.0.2.3/32\nroute-map m permit 10\n match ip address a\n"
    let kernel = "route-map k permit 10\n match ip address a\n"
    let statements = network + " redistribute connected route-map m\n default-information originate route-map k\n"
    let filters = try imported(lines + kernel + statements).configuration.filters
    #expect(filters.accessLists.count == 1)
    #expect(filters.routeMaps.keys.sorted() == ["k"])
    // Nothing referred to it before either: `check` says so, and it is no business of the proposals.
    #expect(filters.prefixLists.count == 1)
  }

  @Test("a secret is written into a file, and not shown otherwise")
  func secrets() throws {
    let imported = try imported(service("check radius secret testing123"))
    #expect(imported.rendered().contains("secret testing123"))
    #expect(!imported.rendered(showingSecrets: false).contains("testing123"))
  }
}
