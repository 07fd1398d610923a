import AnycastPolicy
import Configuration
import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Testing

@testable import QuaggaImport

@Suite("What `import` makes of files of other programs")
struct TranslationTests {
  private func imported(_ text: String, path: String = "test.conf") throws -> ImportedConfiguration {
    let files = TranslatedFiles([SourceFile(path: path, text: text)])
    let imported = ImportedConfiguration(
      try Configuration.parse(files.files), from: [path], remarks: files.remarks, healthCheckers: files.healthCheckers)
    #expect(try configuration(imported.rendered()) == imported.configuration, "\(imported.rendered())")
    return imported
  }

  /// `NAME ADDRESSES MODE ADVERTISE`
  private func services(_ configuration: Configuration) -> [String] {
    configuration.services.map { service in
      let addresses = service.addresses.map { "\($0.prefix)" }.joined(separator: " ")
      return "\(service.name) \(addresses) \(service.addressMode.rawValue) \(service.advertise.text)"
    }
  }

  private let bird = """
    # a node as BIRD 2 has it
    log syslog all;
    router id 192.0.2.2;
    define SERVICES = [ 198.51.100.1/32, 198.51.100.2/32 ];
    filter anycast {
      if net ~ SERVICES then { ospf_metric1 = 30; accept; }
      reject;
    }
    protocol device { scan time 10; }
    protocol direct { ipv4; ipv6; interface "lo"; }
    protocol static four { ipv4; route 203.0.113.1/32 blackhole; route 203.0.113.0/24 via 192.0.2.9; }
    protocol static six { ipv6; route 2001:db8::53/128 unreachable; }
    protocol bgp upstream { local as 65001; neighbor 192.0.2.9 as 65000; }
    protocol ospf v2 {
      ipv4 { import none; export filter anycast; };
      area 0.0.0.0 {
        interface "eth0", "eth1" { cost 7; hello 2; dead 8; type ptp; };
        interface "dummy*" { stub; };
        stubnet 198.51.100.9/32 { cost 5; };
      };
    }
    protocol ospf v3 six {
      ipv6 { export where source = RTS_STATIC; };
      area 1 { stub; interface "eth0" { hello 1; bfd yes; }; };
    }
    """

  @Test("BIRD: areas, interfaces with their timers, stub networks, static and direct routes that simple filters export")
  func birdConfiguration() throws {
    let imported = try imported(bird)
    let configuration = imported.configuration
    for name in ["eth0", "eth1"] {
      let ospf = try #require(configuration.interface(name)).ospf
      #expect(ospf.area == .backbone && ospf.cost == 7 && ospf.networkType == .pointToPoint)
      #expect(ospf.helloInterval == .seconds(2) && ospf.deadInterval == .interval(.seconds(8)))
    }
    let six = try #require(configuration.interface("eth0")).ospf6
    #expect(six.area == AreaID("1") && six.helloInterval == .seconds(1) && six.deadInterval == .interval(.seconds(4)))
    #expect(six.bfd != nil)
    #expect(configuration.ospf?.routerID == RouterID("192.0.2.2") && configuration.ospf6?.areas[AreaID(rawValue: 1)] == .stub)
    #expect(
      services(configuration) == [
        "stubnet-198.51.100.9-32 198.51.100.9/32 none stub metric 5",
        "static-2001-db8--53-128 2001:db8::53/128 none external metric 10000 metric-type 2",
        "SERVICES-198.51.100.1 198.51.100.1/32 present external metric 30 metric-type 1",
        "SERVICES-198.51.100.2 198.51.100.2/32 present external metric 30 metric-type 1",
      ])
    #expect(imported.remarks.contains { $0.contains("dummy*") })
    #expect(imported.remarks.contains { $0.hasPrefix("test.conf:13: 'protocol bgp upstream'") })
    #expect(imported.rendered().contains("! Of files of other programs:"))
  }

  @Test("BIRD: what each form of export lets through")
  func birdExports() throws {
    func exported(_ export: String, _ more: String = "") throws -> [String] {
      let text = """
        router id 192.0.2.2;
        \(more)
        protocol static { route 203.0.113.1/32 blackhole; route 203.0.113.2/32 blackhole; }
        protocol ospf { \(export) area 0 { interface "eth0" { }; }; }
        """
      return services(try imported(text).configuration)
    }
    let external = "none external metric 10000 metric-type 2"
    let both = ["static-203.0.113.1-32 203.0.113.1/32 \(external)", "static-203.0.113.2-32 203.0.113.2/32 \(external)"]
    #expect(try exported("export all;") == both)
    #expect(try exported("export none;").isEmpty)
    #expect(try exported("").isEmpty)
    #expect(try exported("export where net = 203.0.113.2/32;") == [both[1]])
    #expect(try exported("export where source = RTS_STATIC && net ~ [ 203.0.113.0/24{32,32} ];") == both)
    #expect(try exported("export where source = RTS_DEVICE;").isEmpty)
    #expect(try exported("export where proto = \"static1\";") == both)
    #expect(
      try exported("export filter { if net = 203.0.113.1/32 then accept; else reject; };") == [both[0]])
    #expect(
      try exported("export filter f;", "filter f { ospf_metric2 = 77; ospf_tag = 5; accept; }").allSatisfy {
        $0.hasSuffix("external metric 77 metric-type 2 tag 5")
      })
    let files = TranslatedFiles([
      SourceFile(path: "b", text: "router id 192.0.2.2;\nprotocol ospf {\n export where bgp_path.len > 3;\n area 0 { };\n}\n")
    ])
    #expect(files.remarks.contains { $0.hasPrefix("b:3: the filter is more than can be read") })
  }

  @Test("BIRD: a simple password and a keyed digest are taken over")
  func birdAuthentication() throws {
    let text = """
      router id 192.0.2.2;
      protocol ospf { area 0 {
        interface "a" { authentication simple; password "geheim"; };
        interface "b" { authentication cryptographic; password "geheim" { id 7; }; };
      }; }
      """
    let configuration = try imported(text).configuration
    #expect(configuration.interface("a")?.ospf.authentication == .simple)
    #expect(configuration.interface("b")?.ospf.digestKeys?.map(\.id) == [7])
  }

  @Test("BIRD: each algorithm is taken over as it is, several passwords are a key chain, and what is not taken over is said")
  func birdAlgorithms() throws {
    let text = """
      router id 192.0.2.2;
      protocol ospf { area 0 {
        interface "a" { authentication cryptographic; password "geheim" { id 7; algorithm hmac sha256; }; };
        interface "b" { authentication cryptographic; passwords { password "one"; password "two" { algorithm hmac sha512; }; }; };
        interface "c" { authentication cryptographic; password "geheim" { algorithm keyed sha1; }; };
        interface "d" { authentication cryptographic; password "geheim" { generate from "2030-01-01"; }; };
      }; }
      protocol ospf v3 { area 0 {
        interface "a" { authentication cryptographic; password "sechs"; };
        interface "b" { authentication cryptographic; password "sechs" { algorithm hmac sha384; }; };
      }; }
      """
    let imported = try imported(text)
    let configuration = imported.configuration
    func chain(_ name: String) -> [String]? {
      configuration.keyChains[name]?.keys.sorted { $0.key < $1.key }.map { id, key in
        "\(id) \(key.algorithm.map { "\($0)" } ?? "none")"
      }
    }
    #expect(configuration.interface("a")?.ospf.authentication == .keyChain("bird-a"))
    #expect(chain("bird-a") == ["7 hmacSHA256"])
    #expect(chain("bird-b") == ["1 md5", "2 hmacSHA512"])
    #expect(configuration.interface("c")?.ospf.authentication == nil)
    #expect(imported.remarks.contains { $0.contains("'algorithm keyed sha1'") })
    #expect(configuration.interface("d")?.ospf.digestKeys?.map(\.id) == [1])
    #expect(imported.remarks.contains { $0.contains("'generate from \"2030-01-01\"'") })
    #expect(chain("bird-a-v3") == ["1 hmacSHA256"] && chain("bird-b-v3") == ["1 hmacSHA384"])
  }

  @Test("BIRD: the intervals of BFD become profiles, with BIRD's defaults where none are said; instances and costs are kept")
  func birdSessions() throws {
    let text = """
      router id 192.0.2.2;
      protocol bfd { interface "eth*" { min rx interval 50 ms; min tx interval 60 ms; multiplier 3; }; interface "x" { interval 1 s; }; }
      protocol ospf { area 0 { interface "eth0", "lan" { bfd yes; }; }; }
      protocol ospf v3 { ipv4 { export all; }; area 0 { interface "eth0" instance 5 { bfd; cost 3; }; }; }
      """
    let imported = try imported(text)
    let configuration = imported.configuration
    let eth0 = try #require(configuration.interface("eth0"))
    #expect(eth0.ospf.cost == 10 && eth0.ospf6.cost == 3 && eth0.ospf6.instanceID == 5)
    #expect(eth0.ospf.bfd != nil && eth0.ospf6.bfd != nil)
    let profiles = configuration.bfd.profiles
    #expect(profiles["bird-eth0"]?.detectMultiplier == 3)
    #expect(profiles["bird-eth0"]?.transmitInterval == .milliseconds(60))
    #expect(profiles["bird-lan"]?.receiveInterval == .milliseconds(10))
    #expect(imported.remarks.contains { $0.contains("RFC 5838") })
  }

  private let healthchecker = """
    [DEFAULT]
    interface = lo
    check_interval = 3
    [daemon]
    pidfile = /run/x.pid
    [dns.example.net]
    check_cmd = /usr/bin/dig @192.0.2.1 +short
    check_timeout = 1.5
    check_rise = 4
    check_fail = 5
    ip_prefix = 192.0.2.1/32
    [web]
    check_cmd = /usr/bin/curl http://x
    ip_prefix = 2001:db8::80/128
    ip_check_disabled = true
    interface = dummy0
    [off]
    ip_prefix = 192.0.2.9/32
    check_cmd = /bin/true
    check_disabled = true
    on_disabled = withdraw
    """

  @Test("anycast_healthchecker: each section is a service, with its own options before the common ones")
  func anycastHealthchecker() throws {
    let imported = try imported(healthchecker)
    let configuration = imported.configuration
    #expect(
      services(configuration) == [
        "dns.example.net 192.0.2.1/32 present external metric 20 metric-type 2",
        "web 2001:db8::80/128 none external metric 20 metric-type 2", "off 192.0.2.9/32 present external metric 20 metric-type 2",
      ])
    let check = try #require(configuration.services[0].checks.first)
    #expect(check.kind == .exec(ExecCheck(command: ["/bin/sh", "-c", "/usr/bin/dig @192.0.2.1 +short"])))
    #expect(check.interval == .seconds(3) && check.timeout == .milliseconds(1500) && check.rise == 4 && check.fall == 5)
    #expect(configuration.services[1].device == "dummy0" && configuration.services[2].isShutdown)
    #expect(imported.remarks.contains { $0.contains("'[daemon]'") })
  }

  @Test("ExaBGP's healthcheck: a configuration file of its own, and calls in exabgp.conf; BGP is said to be left")
  func exaBGP() throws {
    let file = try imported(
      "debug\nname = dns\nip = 192.0.2.1\ninterval = 2\nfast-interval = 1\ncommand = dig x\ndisable = /etc/off\n")
    #expect(services(file.configuration) == ["dns 192.0.2.1/32 always external metric 20 metric-type 2"])
    #expect(
      file.configuration.services[0].checks.map(\.kind) == [
        .exec(ExecCheck(command: ["/bin/sh", "-c", "dig x"])), .file(FileCheck(path: "/etc/off", condition: .absent)),
      ])
    #expect(file.configuration.services[0].checks[0].interval == .seconds(2))
    #expect(file.remarks.contains { $0.contains("BGP is left") })
    let call = try imported(
      """
      process service-dns {
        run python -m exabgp healthcheck -s --name dns --cmd "dig +time=1 x" --ip 192.0.2.1/32 --ip=2001:db8::1 --no-ip-setup --rise 2;
        encoder text;
      }
      neighbor 192.0.2.9 { router-id 192.0.2.2; }
      """)
    #expect(services(call.configuration) == ["dns 192.0.2.1/32 2001:db8::1/128 present external metric 20 metric-type 2"])
    #expect(call.configuration.services[0].checks.map(\.rise) == [2])
  }

  @Test("that it means the same to the routers is said of the files of routing daemons, and not of a health checker's")
  func meaning() throws {
    let same = "To the routers it means the same as"
    let routing = try imported(bird).rendered()
    #expect(routing.contains("\(same) those files did") && !routing.contains("nothing is proposed"))
    let alone = try imported(healthchecker, path: "/etc/checker.conf").rendered()
    #expect(!alone.contains(same) && !alone.contains("nothing is proposed"))
    #expect(alone.contains("! /etc/checker.conf: what is checked there is checked here."))
    let files = TranslatedFiles([
      SourceFile(path: "bird.conf", text: bird), SourceFile(path: "checker.conf", text: healthchecker),
    ])
    let both = ImportedConfiguration(
      try Configuration.parse(files.files), from: ["bird.conf", "checker.conf"], remarks: files.remarks,
      healthCheckers: files.healthCheckers
    ).rendered()
    #expect(both.contains("\(same) bird.conf did") && both.contains("! checker.conf: what is checked there"))
  }

  @Test("files of Quagga and FRR stay as they are")
  func others() {
    let frr = "router ospf\n network 10.0.0.0/8 area 0\nrouter bgp 1\n neighbor x remote-as 2\n"
    let files = TranslatedFiles([SourceFile(path: "frr.conf", text: frr), SourceFile(path: "empty", text: "")])
    #expect(files.files == [SourceFile(path: "frr.conf", text: frr), SourceFile(path: "empty", text: "")])
    #expect(files.remarks.isEmpty)
  }

  @Test("an IPv4 and an IPv6 address of lists with one name become one service")
  func joined() throws {
    let imported = try imported(
      """
      interface eth0
       ipv6 ospf6 area 0
      ip prefix-list dns permit 192.0.2.1/32
      ipv6 prefix-list dns permit 2001:db8::1/128
      route-map m permit 10
       match ip address prefix-list dns
       match ipv6 address prefix-list dns
      router ospf
       network 10.0.0.0/8 area 0
       redistribute connected route-map m
      router ospf6
       redistribute connected route-map m
      router bgp 65001
       neighbor 192.0.2.9 remote-as 65000
      """)
    #expect(services(imported.configuration) == ["dns 192.0.2.1/32 2001:db8::1/128 present external metric 20 metric-type 2"])
    #expect(imported.rendered().contains("'router bgp 65001' with its block of 2 lines"))
  }

  @Test("no file is too strange to be translated")
  func robustness() {
    let words =
      [
        "protocol", "ospf", "{", "}", ";", "area", "0", "interface", "\"eth0\"", "stubnet", "192.0.2.1/32", "export", "where",
        "net", "~", "[",
        "]", "=", "&&", "filter", "f", "if", "then", "accept", "else", "\n", "router id 1.1.1.1;", "static", "route",
        "10.0.0.0/8{1", "#", "/*",
        "[x]", "ip_prefix", "check_cmd", "run exabgp healthcheck --ip", "'", "command", "name", ":", "define", "\"", "v3",
        "direct", "hello",
      ]
    for seed in UInt64(0)..<3000 {
      var random = SplitMix64(seed: seed)
      let text = (0..<Int.random(in: 0...40, using: &random)).compactMap { _ in words.randomElement(using: &random) }
      let files = TranslatedFiles([SourceFile(path: "x", text: text.joined(separator: Bool.random(using: &random) ? " " : "\n"))])
      guard let parsed = try? Configuration.parse(files.files) else { continue }
      let imported = ImportedConfiguration(parsed, from: ["x"], remarks: files.remarks)
      #expect(
        (try? Configuration.parse([SourceFile(path: "y", text: imported.rendered())]))?.configuration == imported.configuration)
    }
  }
}
