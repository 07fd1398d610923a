import ConfigurationTestSupport
import Testing

@testable import Configuration

/// One line for each form of each command that ospfd, ospf6d and zebra of FRR 8.4 have. Each is read, or refused with a reason
/// that is not ignorance.
@Suite("The lines of FRR 8.4")
struct FRRLinesTests {
  private func expectKnown(_ line: String, in block: String) {
    for text in ["\(block)\n \(line)\n", "\(block)\n no \(line)\n"] {
      do throws(ConfigurationErrors) {
        _ = try parse(text)
      } catch {
        for error in error.errors {
          if case .notSupported = error.problem { continue }
          Issue.record("\(text): \(error)")
        }
      }
    }
  }

  @Test(
    "interface, OSPFv2",
    arguments: [
      "ip ospf area 0.0.0.1", "ip ospf area 1 192.0.2.1", "ip ospf authentication null", "ip ospf authentication message-digest",
      "ip ospf authentication null 192.0.2.1", "ip ospf authentication 192.0.2.1", "ip ospf authentication-key secret",
      "ip ospf bfd", "ip ospf bfd 3 300 300", "ip ospf bfd profile x", "ip ospf cost 10", "ip ospf cost 10 192.0.2.1",
      "ip ospf dead-interval 40", "ip ospf dead-interval 40 192.0.2.1", "ip ospf dead-interval minimal hello-multiplier 10",
      "ip ospf dead-interval minimal hello-multiplier 2 192.0.2.1", "ip ospf hello-interval 10",
      "ip ospf hello-interval 10 192.0.2.1", "ip ospf message-digest-key 1 md5 secret", "ip ospf mpls ldp-sync",
      "ip ospf mpls ldp-sync holddown 10", "ip ospf mtu-ignore", "ip ospf mtu-ignore 192.0.2.1", "ip ospf network broadcast",
      "ip ospf network non-broadcast", "ip ospf network point-to-multipoint", "ip ospf network point-to-point",
      "ip ospf passive", "ip ospf passive 192.0.2.1", "ip ospf priority 0", "ip ospf priority 255 192.0.2.1",
      "ip ospf retransmit-interval 5", "ip ospf retransmit-interval 5 192.0.2.1", "ip ospf transmit-delay 1",
      "ip ospf transmit-delay 1 192.0.2.1", "ospf authentication-key secret", "ospf cost 10", "ospf dead-interval 40",
      "ospf hello-interval 10", "ospf message-digest-key 1 md5 secret", "ospf network broadcast", "ospf priority 1",
      "ospf retransmit-interval 5", "ospf transmit-delay 1",
    ])
  func interface(line: String) { expectKnown(line, in: "interface eth0") }

  @Test(
    "interface, OSPFv3 and zebra",
    arguments: [
      "ipv6 ospf6 advertise prefix-list x", "ipv6 ospf6 area 0", "ipv6 ospf6 authentication keychain x",
      "ipv6 ospf6 authentication key-id 1 hash-algo md5 key secret", "ipv6 ospf6 bfd", "ipv6 ospf6 bfd profile x",
      "ipv6 ospf6 cost 10", "ipv6 ospf6 dead-interval 40", "ipv6 ospf6 hello-interval 10", "ipv6 ospf6 ifmtu 1400",
      "ipv6 ospf6 instance-id 1", "ipv6 ospf6 mtu-ignore", "ipv6 ospf6 network point-to-point", "ipv6 ospf6 passive",
      "ipv6 ospf6 priority 1", "ipv6 ospf6 retransmit-interval 5", "ipv6 ospf6 transmit-delay 1", "bandwidth 1000",
      "description x y", "evpn mh uplink", "ip address 192.0.2.1/24", "ipv6 address 2001:db8::1/64", "link-detect",
      "mpls enable", "multicast", "shutdown",
    ])
  func interfaceOSPF6(line: String) { expectKnown(line, in: "interface eth0") }

  @Test(
    "router ospf",
    arguments: [
      "aggregation timer 5", "area 1 authentication", "area 1 authentication message-digest", "area 1 default-cost 5",
      "area 1 export-list x", "area 1 filter-list prefix x in", "area 1 import-list x", "area 1 nssa",
      "area 1 nssa translate-candidate", "area 1 nssa no-summary", "area 1 nssa suppress-fa",
      "area 1 range 10.0.0.0/8 advertise cost 5", "area 1 range 10.0.0.0/8 not-advertise",
      "area 1 range 10.0.0.0/8 substitute 11.0.0.0/8", "area 1 shortcut enable", "area 1 stub", "area 1 stub no-summary",
      "area 1 virtual-link 10.0.0.1 authentication message-digest message-digest-key 1 md5 secret",
      "auto-cost reference-bandwidth 1000", "capability opaque", "compatible rfc1583",
      "default-information originate always metric 5", "default-metric 5", "distance 110", "distance ospf external 120",
      "distribute-list x out connected", "fast-reroute ti-lfa", "graceful-restart grace-period 120",
      "graceful-restart", "graceful-restart helper enable",
      "graceful-restart helper enable 10.0.0.1", "graceful-restart helper planned-only",
      "graceful-restart helper strict-lsa-checking", "graceful-restart helper supported-grace-time 300", "log-adjacency-changes",
      "log-adjacency-changes detail",
      "max-metric router-lsa administrative", "max-metric router-lsa on-shutdown 50", "max-metric router-lsa on-startup 60",
      "maximum-paths 8", "mpls ldp-sync holddown 10", "mpls-te on", "neighbor 192.0.2.1 priority 1 poll-interval 60",
      "neighbor 192.0.2.1 poll-interval 60 priority 1", "network 10.0.0.0/8 area 0", "ospf abr-type standard",
      "ospf lsa-refresh 1800", "ospf maxage-delay 60", "ospf opaque-lsa", "ospf rfc1583compatibility",
      "ospf router-id 1.1.1.1", "ospf send-extra-data zebra", "ospf write-multiplier 20", "passive-interface default",
      "passive-interface eth0", "passive-interface eth0 192.0.2.1", "pce address 192.0.2.1", "proactive-arp",
      "redistribute connected metric 5 metric-type 1 route-map x", "redistribute table 10", "refresh timer 10",
      "router-info area", "segment-routing on", "summary-address 10.0.0.0/8", "timers lsa min-arrival 1000",
      "timers throttle lsa all 5000", "timers throttle spf 0 50 5000",
    ])
  func routerOSPF(line: String) { expectKnown(line, in: "router ospf") }

  @Test(
    "router ospf6",
    arguments: [
      "aggregation timer 5", "area 1 export-list x", "area 1 filter-list prefix x in", "area 1 import-list x",
      "area 1 nssa", "area 1 nssa default-information-originate metric 5", "area 1 nssa no-summary",
      "area 1 nssa range 2001:db8::/32 not-advertise", "area 1 range 2001:db8::/32 cost 5", "area 1 stub",
      "area 1 stub no-summary", "auto-cost reference-bandwidth 1000", "default-information originate always",
      "distance ospf6 external 120", "distance 110", "graceful-restart helper lsa-check-disable", "interface eth0 area 0",
      "log-adjacency-changes detail", "maximum-paths 8", "ospf6 router-id 1.1.1.1", "ospf6 send-extra-data zebra",
      "redistribute connected route-map x", "stub-router administrative", "summary-address 2001:db8::/32 tag 1",
      "timers lsa min-arrival 1000", "timers throttle spf 0 50 5000", "write-multiplier 20",
    ])
  func routerOSPF6(line: String) { expectKnown(line, in: "router ospf6") }

  @Test(
    "outside of every block",
    arguments: [
      "access-list x seq 5 permit 10.0.0.0/8 exact-match", "access-list x remark why", "agentx", "allow-external-route-update",
      "allow-reserved-ranges", "banner motd line hello", "debug ospf packet all send detail", "debug ospf6 lsa router",
      "debug zebra rib", "domainname example.net", "enable password 8 secret", "frr defaults traditional", "frr version 8.4.4",
      "hostname x", "ip forwarding", "ip nht resolve-via-default", "ip prefix-list x seq 5 permit 10.0.0.0/8 le 32",
      "ip route 10.0.0.0/8 192.0.2.1", "ip router-id 1.1.1.1", "ip table range 1 10", "ipv6 access-list x permit any",
      "ipv6 forwarding", "ipv6 prefix-list x permit ::/0 ge 64", "ipv6 route 2001:db8::/32 eth0", "key chain x",
      "log commands", "log file /var/log/frr/frr.log", "log syslog informational", "log timestamp precision 6",
      "mpls label dynamic-block 16 1000", "password secret", "route-map x permit 10", "router-id 1.1.1.1",
      "service advanced-vty", "service integrated-vtysh-config", "service password-encryption", "vrf red",
      "zebra nexthop-group keep 5",
    ])
  func topLevel(line: String) { expectKnown(line, in: "!") }

  @Test("a file as vtysh writes it is read whole, and what has no effect is told line by line")
  func integratedFile() throws {
    let parsed = try parse(
      """
      frr version 8.4.4
      frr defaults traditional
      hostname node1
      log syslog informational
      no ip forwarding
      no ipv6 forwarding
      service integrated-vtysh-config
      !
      interface eth0
       ip ospf area 0
       ip ospf dead-interval minimal hello-multiplier 4
       ipv6 ospf6 area 0
      exit
      !
      interface lo
       ip address 198.51.100.2/32
       ip ospf area 0
      exit
      !
      router ospf
       ospf router-id 198.51.100.2
       log-adjacency-changes detail
       timers throttle spf 0 50 5000
      exit
      !
      router ospf6
       ospf6 router-id 198.51.100.2
      exit
      !
      end
      """)
    #expect(parsed.notices.map(\.location.line) == [1, 2, 3, 5, 6, 7, 16, 22, 23])
    #expect(parsed.notices.filter { $0.kind == .changedMeaning }.map(\.line) == ["ip address 198.51.100.2/32"])
    #expect(parsed.configuration.logging.syslog == .informational)
    #expect(parsed.configuration.interfaces.map(\.name) == ["eth0", "lo"])
    #expect(parsed.configuration.ospf?.routerID == parsed.configuration.ospf6?.routerID)
  }
}
