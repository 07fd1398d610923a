import ConfigurationTestSupport
import OSPFWire
import Testing

@testable import Configuration

@Suite("The native form")
struct RoundTripTests {
  @Test("the example of the documentation reads back equal, and prints the same again")
  func exampleRoundTrip() throws {
    let first = try configuration(example)
    let text = first.rendered()
    let second = try configuration(text)
    #expect(second == first)
    #expect(second.rendered() == text)
  }

  @Test("any valid configuration reads back equal, with no line that lacks an effect")
  func property() throws {
    for seed in UInt64(0)..<1000 {
      let original = ConfigurationGenerator.make(seed: seed)
      let text = original.rendered()
      let parsed = try parse(text)
      try #require(parsed.configuration == original, "seed \(seed):\n\(text)")
      try #require(parsed.configuration.rendered() == text, "seed \(seed)")
    }
  }

  @Test("the native form shows what was left to the defaults, and Quagga's spellings in one form")
  func form() throws {
    let text = try configuration(
      """
      hostname x
      router ospf
       router-id 1.2.3.4
       passive-interface eth1
       no passive-interface eth2
      interface eth1
       ospf cost 5
      router ospf6
       interface eth1 area 1
       host-router
      anycast service dns
       address 192.0.2.7/24
       check exec /bin/check "a b" interval 2s
      """
    ).rendered()
    #expect(
      text == """
        interface eth1
         ip ospf cost 5
         ip ospf passive
         ipv6 ospf6 area 0.0.0.1
        !
        interface eth2
         no ip ospf passive
        !
        router ospf
         ospf router-id 1.2.3.4
        !
        router ospf6
         stub-router administrative
        !
        anycast service dns
         address 192.0.2.7/24
         address-mode always
         device lo
         advertise external metric 20 metric-type 2
         check exec /bin/check "a b" interval 2s timeout 500ms jitter 200ms rise 2 fall 3
         require all
         linger 1s
        !

        """)
  }

  @Test("one difference is a difference: what a reload compares")
  func equality() throws {
    let first = try configuration(example)
    #expect(try configuration(example.replacing("cost 10", with: "cost 11")) != first)
    #expect(try configuration(example.replacing("metric 20", with: "metric 21")).services != first.services)
    #expect(try configuration("! a comment\nhostname x\n" + example) == first)
  }
}
