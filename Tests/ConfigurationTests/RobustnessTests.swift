import ConfigurationTestSupport
import OSPFProtocol
import QuaggaImport
import Testing

@testable import Configuration

/// No input may trap. What comes out is a configuration that reads back equal, or errors with a place.
@Suite("Input that is no configuration")
struct RobustnessTests {
  private func survive(_ bytes: [UInt8], seed: UInt64) throws {
    let file = SourceFile(path: "fuzz.conf", bytes: bytes)
    do throws(ConfigurationErrors) {
      let parsed = try Configuration.parse([file])
      let again = try parse(parsed.configuration.rendered())
      #expect(again.configuration == parsed.configuration, "seed \(seed)")
      let imported = ImportedConfiguration(parsed, from: ["fuzz.conf"])
      #expect(try parse(imported.rendered()).configuration == imported.configuration, "seed \(seed)")
    } catch {
      #expect(!error.errors.isEmpty, "seed \(seed)")
      #expect(error.errors.allSatisfy { $0.location.line > 0 && $0.location.column > 0 }, "seed \(seed)")
    }
  }

  @Test("any octets")
  func randomOctets() throws {
    for seed in UInt64(0)..<4000 {
      var random = SplitMix64(seed: seed)
      let length = Int.random(in: 0...200, using: &random)
      try survive((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }, seed: seed)
    }
  }

  @Test("the words of the dialect in any order")
  func randomWords() throws {
    let words = Array(Set(vocabulary.split { $0 == " " || $0 == "\n" }.map(String.init))).sorted()
    for seed in UInt64(0)..<6000 {
      var random = SplitMix64(seed: seed)
      let lines = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        (0..<Int.random(in: 1...7, using: &random)).compactMap { _ in words.randomElement(using: &random) }
          .joined(separator: " ")
      }
      try survive(Array(lines.joined(separator: "\n").utf8), seed: seed)
    }
  }

  @Test("real configurations, truncated and mutated")
  func mutations() throws {
    let sources = [Array(example.utf8), Array(vocabulary.utf8)]
    for seed in UInt64(0)..<10000 {
      var random = SplitMix64(seed: seed)
      var bytes = sources[Int(seed % 2)]
      let start = Int.random(in: 0..<bytes.count, using: &random)
      bytes = Array(bytes[start..<min(bytes.count, start + Int.random(in: 1...160, using: &random))])
      for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
      try survive(bytes, seed: seed)
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    guard let position = bytes.indices.randomElement(using: &random) else { return }
    switch Int.random(in: 0...4, using: &random) {
    case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes.remove(at: position)
    case 2: bytes.insert(contentsOf: Array("18446744073709551616".utf8), at: position)
    case 3: bytes.insert(contentsOf: Array(" \"no\n".utf8).shuffled(using: &random).prefix(2), at: position)
    default: bytes.append(contentsOf: bytes[position...])
    }
  }

  /// Lines of every block, as Quagga, FRR and this daemon write them.
  private let vocabulary = """
    hostname node
    password secret
    log syslog informational
    interface eth0
     description an "uplink" to 'somewhere'
     ip address 192.0.2.1/24
     ip ospf area 0.0.0.0 192.0.2.1
     ip ospf hello-interval 250ms
     ip ospf dead-interval minimal hello-multiplier 4
     ip ospf network point-to-multipoint
     no ip ospf cost 10 192.0.2.1
     ip ospf authentication message-digest 192.0.2.1
     ip ospf authentication key-chain keys
     ip ospf authentication-key geheim
     no ip ospf authentication-key
     ip ospf message-digest-key 1 md5 sekret
     ipv6 ospf6 instance-id 65
     ipv6 ospf6 retransmit-interval 5
     ipv6 ospf6 passive
    router ospf
     ospf router-id 198.51.100.2
     network 10.0.0.0/8 area 1
     passive-interface default
     no passive-interface eth0 192.0.2.1
     area 0.0.0.1 nssa no-summary
     area 0.0.0.1 authentication message-digest
     neighbor 10.0.0.1 priority 1 poll-interval 60
     timers throttle lsa all 5000
     max-metric router-lsa several-uplinks
     auto-cost reference-bandwidth 100000
     redistribute connected metric 20 metric-type 1 route-map anycast
     distribute-list lo out connected
     default-information originate always metric 5
     default-metric 7
     max-metric router-lsa on-startup 60
    access-list lo seq 5 permit 192.0.2.0 0.0.0.255
    access-list 110 deny ip any host 255.255.255.255
    no access-list lo permit 10.0.0.0/8 exact-match
    ipv6 access-list six remark hosts
    ip prefix-list hosts seq 5 permit 0.0.0.0/0 ge 32 le 32
    ipv6 prefix-list hosts permit any
    route-map anycast permit 10
     match ip address prefix-list hosts
     match interface lo
     match tag 4294967295
     set metric +5
     set metric-type type-1
     on-match goto 65535
    route-map anycast deny 65535
     call anycast
     continue
    key chain keys
     key 1
      key-string geheim
      cryptographic-algorithm hmac-sha-256
    ip route 10.0.0.0 255.0.0.0 Null0 tag 5
    ipv6 route 2001:db8::/32 eth0
    router ospf6
     redistribute kernel route-map anycast
     interface eth0 area 0.0.0.1
     stub-router administrative
    anycast service dns
     address 2001:db8::/64
     address-mode present
     advertise external metric-type 1 tag 4294967295
     check exec "/bin/my probe" 'a b' -x interval 1h timeout 1m
     check dns name www.example.net type AAAA server 192.0.2.9 transport both expect 2001:db8::1
     check tcp ::1 port 53 port 853 rise 1 fall 1000
     check http http://www.example.net:8080/health?x=1 status 200-299 body "all well" header "Accept: text/html" method HEAD
     check https https://[2001:db8::1]/ proxy http://proxy:3128 server 192.0.2.9 ca /etc/ssl/ca.pem insecure dnssec
     check radius server 192.0.2.1 port 1812 secret "a b" jitter 50ms
     check syslog send 192.0.2.1:514 receive [::1]:5514 transport tcp
     check ipvs virtual port 80 tcp minimum 2
     check ntp max-stratum 4
     check icmp 192.0.2.1
     check file /etc/maintenance absent
     check systemd unbound.service
     require 2
     drain metric 1000 for 30s
    line vty
     exec-timeout 0 0
    end
    """
}
