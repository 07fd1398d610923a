import ConfigurationTestSupport
import OSPFProtocol
import OSPFWire
import Redistribution

@testable import QuaggaImport

/// Makes files as they are found on nodes that ran Quagga from a seed: host prefixes that lists, route-maps, `network` and zebra's
/// addresses name, in every combination.
struct QuaggaGenerator {
  private var random: SplitMix64

  static let hosts4 = ["198.51.100.1", "198.51.100.4", "198.51.100.3", "192.0.2.53", "10.0.0.77"]
  static let hosts6 = ["2001:db8:ffff::1", "2001:db8:ffff::2", "2001:db8::77"]
  private static let routes4 = ["198.18.1.0/24", "198.18.0.1/32", "198.51.100.4/32"]

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func files() -> String {
    ([interfaces(), lists(), routeMaps(), ospf(), ospf6(), service()] as [String]).shuffled(using: &random).joined()
  }

  private mutating func chance(_ one: Int, in all: Int) -> Bool { Int.random(in: 1...all, using: &random) <= one }

  private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }

  private mutating func interfaces() -> String {
    var text = "interface eth0\n"
    // A network that no line tells cannot be known to cover an address.
    if chance(1, in: 2) { text += " ip ospf area 0\n ip address 10.0.0.1/24\n" }
    if chance(3, in: 4) { text += " ipv6 ospf6 area 0\n" }
    if chance(1, in: 8) { text += " ipv6 ospf6 address-family ipv4 unicast\n" }
    if chance(1, in: 4) { text += "interface lo\n ip address \(pick(Self.hosts4))/32\n" }
    if chance(1, in: 4) { text += "interface lo\n ipv6 address \(pick(Self.hosts6))/128\n" }
    if chance(1, in: 6) { text += "interface lo\n ip ospf area 0\n ip ospf cost 7\n" }
    if chance(1, in: 6) { text += "interface lo\n ipv6 ospf6 area 0\n" }
    if chance(1, in: 6) { text += "interface dummy0\n ip address \(pick(Self.hosts4))/32\n ip ospf cost 33\n" }
    return text
  }

  private mutating func lists() -> String {
    var text = ""
    for name in ["a", "b"] {
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let permit = chance(3, in: 4) ? "permit" : "deny"
        let host = pick(Self.hosts4)
        let what = pick([
          "\(host)/32", "\(host)/32 exact-match", "host \(host)", host, "198.51.100.0/24", "198.51.100.0 0.0.0.7", "any",
        ])
        text += "access-list \(name) \(permit) \(what)\n"
        text += "ip prefix-list \(name) \(permit) \(pick(["\(pick(Self.hosts4))/32", "198.51.100.0/24 ge 31", "any"]))\n"
        text += "ipv6 prefix-list \(name) \(permit) \(pick(["\(pick(Self.hosts6))/128", "2001:db8:ffff::/48 ge 128"]))\n"
        text += "ipv6 access-list \(name) \(permit) \(pick(["\(pick(Self.hosts6))/128", "2001:db8::/32", "any"]))\n"
      }
    }
    return text
  }

  private mutating func routeMaps() -> String {
    var text = ""
    for name in ["m", "n"] {
      for entry in 1...Int.random(in: 1...3, using: &random) {
        text += "route-map \(name) \(chance(3, in: 4) ? "permit" : "deny") \(entry * 10)\n"
        for line in [
          "match ip address \(pick(["a", "b", "nope"]))", "match ip address prefix-list \(pick(["a", "b"]))",
          "match ipv6 address \(pick(["a", "b"]))", "match ipv6 address prefix-list \(pick(["a", "b", "nope"]))",
        ] where chance(1, in: 2) { text += " \(line)\n" }
        for line in [
          "match interface \(pick(["lo", "dummy0"]))", "set metric \(pick(["5", "+5", "-30", "1000"]))",
          "set metric-type type-1", "set tag 42", "call \(pick(["m", "n"]))", "on-match next", "on-match goto 35",
        ] where chance(1, in: 6) { text += " \(line)\n" }
      }
    }
    return text
  }

  private mutating func redistribution(_ source: String) -> String {
    var text = " redistribute \(source)"
    if chance(1, in: 2) { text += " metric \(Int.random(in: 0...2000, using: &random))" }
    if chance(1, in: 2) { text += " metric-type 1" }
    if chance(1, in: 2) { text += " route-map \(pick(["m", "n", "nope"]))" }
    return text + "\n"
  }

  private mutating func ospf() -> String {
    var text = "router ospf\n ospf router-id \(chance(1, in: 10) ? Self.hosts4[1] : "192.0.2.250")\n"
    if chance(3, in: 4) { text += " network 10.0.0.0/24 area 0\n" }
    if chance(1, in: 3) { text += " network \(pick(Self.hosts4))/32 area \(pick(["0", "1"]))\n" }
    if chance(1, in: 8) { text += " network 198.51.100.0/24 area 0\n" }
    if chance(1, in: 10) { text += " network 10.9.0.0/24 area 2\n" }
    if chance(1, in: 10) { text += " area 2 nssa\n" }
    if chance(4, in: 5) { text += redistribution("connected") }
    if chance(1, in: 2) { text += " distribute-list \(pick(["a", "b", "nope"])) out connected\n" }
    if chance(1, in: 4) { text += redistribution("kernel") }
    if chance(1, in: 8) { text += " distribute-list b out kernel\n" }
    if chance(1, in: 8) { text += redistribution("static") }
    if chance(1, in: 8) { text += "ip route \(pick(Self.routes4)) \(pick(["Null0", "10.0.0.9"]))\nrouter ospf\n" }
    if chance(1, in: 4) { text += " default-metric 77\n" }
    if chance(1, in: 6) { text += " default-information originate always\n" }
    return text
  }

  private mutating func ospf6() -> String {
    guard chance(2, in: 3) else { return "" }
    return "router ospf6\n" + (chance(4, in: 5) ? redistribution("connected") : "")
      + (chance(1, in: 8) ? redistribution("kernel") : "")
  }

  private mutating func service() -> String {
    guard chance(1, in: 6) else { return "" }
    return "anycast service a\n address \(Self.hosts4[0])\n address-mode \(pick(["present", "none"]))\n"
  }
}
