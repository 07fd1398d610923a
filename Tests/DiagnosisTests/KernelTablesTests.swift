import Diagnosis
import OSPFWire
import Testing

@Suite("The kernel's tables, as it prints them on a little-endian machine")
struct KernelTablesTests {
  @Test("TCP: those that listen, on either version of IP")
  func tcp() {
    let ipv4 = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 00000000:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 552 1 0000000 100 0 0 10 0
         1: 350200C0:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 553 1 0000000 100 0 0 10 0
         2: 0100007F:C350 0100007F:0035 01 00000000:00000000 00:00000000 00000000     0        0 554 1 0000000 100 0 0 10 0
      """
    let ipv6 = """
        sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when
         0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
         1: B80D0120000000000000000053000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
      """
    #expect(
      KernelTables.listeners(ipv4, .tcp) == [.init(.tcp, "0.0.0.0", port: 53), .init(.tcp, "192.0.2.53", port: 80)])
    #expect(
      KernelTables.listeners(ipv6, .tcp) == [.init(.tcp, "::", port: 22), .init(.tcp, "2001:db8::53", port: 80)])
  }

  @Test("UDP: those that are not connected")
  func udp() {
    let text = """
         sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
        12: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 901 2 0000000000000000 0
        13: 0200000A:9C40 0100000A:0035 01 00000000:00000000 00:00000000 00000000     0        0 902 2 0000000000000000 0
      """
    #expect(KernelTables.listeners(text, .udp) == [.init(.udp, "0.0.0.0", port: 53)])
  }

  @Test("Raw sockets of one IP protocol, by inode")
  func raw() {
    let text = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
        89: 00000000:0059 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 81234 2 0000000000000000 0
         1: 00000000:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 81235 2 0000000000000000 0
      """
    #expect(KernelTables.rawSockets(text, ipProtocol: 89) == [81234])
  }

  @Test("Multicast groups of both versions by device")
  func groups() {
    let igmp = """
      Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter
      1\tlo        :     1      V3
      \t\t\t\t010000E0     1 0:00000000\t\t0
      4\teth0      :     2      V3
      \t\t\t\t050000E0     1 0:00000000\t\t0
      \t\t\t\t010000E0     1 0:00000000\t\t0
      """
    #expect(KernelTables.groups(igmp: igmp) == ["lo": ["224.0.0.1"], "eth0": ["224.0.0.5", "224.0.0.1"]])
    let igmp6 = """
      1    lo              ff020000000000000000000000000001     1 0000000C 0
      4    eth0            ff020000000000000000000000000005     1 0000000C 0
      """
    #expect(KernelTables.groups(igmp6: igmp6) == ["lo": ["ff02::1"], "eth0": ["ff02::5"]])
  }

  @Test("IPv6 addresses with what duplicate address detection says")
  func addresses() {
    let text = """
      fe8000000000000000fc00fffe000001 04 40 20 80     eth0
      fe8000000000000000fc00fffe000002 05 40 20 c0     eth1
      fe8000000000000000fc00fffe000003 06 40 20 48     eth2
      """
    let found = KernelTables.ipv6Addresses(text)
    #expect(found.map(\.device) == ["eth0", "eth1", "eth2"])
    #expect(found.first?.address == IPv6Address("fe80::fc:ff:fe00:1"))
    #expect(found.map(\.isTentative) == [false, true, true])
    #expect(found.map(\.isDuplicate) == [false, false, true])
  }

  @Test("Received packets of each device")
  func devices() {
    let text = """
      Inter-|   Receive                                                |  Transmit
       face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
          lo:       0       0    0    0    0     0          0         0        0       0    0
        eth0: 1234567    8901    0    0    0     0          0         0    99999     777    0
      """
    #expect(KernelTables.receivedPackets(text) == ["lo": 0, "eth0": 8901])
  }

  @Test(
    "The effective capabilities",
    arguments: [
      ("000001ffffffffff", true, true), ("0000000000003000", true, true), ("0000000000002000", true, false), ("0", false, false),
    ])
  func capabilities(mask: String, netRaw: Bool, netAdmin: Bool) {
    let text = "Name:\tanycast-ospfd\nCapPrm:\t0000000000000000\nCapEff:\t\(mask)\nCapBnd:\t000001ffffffffff\n"
    #expect(KernelTables.capabilities(text) == .init(netRaw: netRaw, netAdmin: netAdmin))
    #expect(KernelTables.capabilities("Name:\tx\n") == nil)
  }

  @Test(
    "Text that is not as it should be gives nothing, and does not crash",
    arguments: ["", "\n\n", "x", "a b\n: : : 0A", "1: 00:0Z 0 0A"])
  func nonsense(text: String) {
    #expect(KernelTables.listeners(text, .tcp).isEmpty)
    #expect(KernelTables.rawSockets(text, ipProtocol: 89).isEmpty)
    #expect(KernelTables.groups(igmp6: text).isEmpty)
    #expect(KernelTables.groups(igmp: text).values.reduce(into: 0) { $0 += $1.count } == 0)
    #expect(KernelTables.ipv6Addresses(text).isEmpty)
  }

  @Test("Default routes: the devices of the preferred ones, every next hop counted")
  func defaultRoutes() throws {
    let json = """
      [{"dst":"default","gateway":"10.0.0.1","dev":"eth0","metric":100},
       {"dst":"default","metric":50,"nexthops":[{"gateway":"10.0.1.1","dev":"eth1"},{"gateway":"10.0.2.1","dev":"eth2"}]}]
      """
    #expect(try DefaultRoutes.devices(json) == ["eth1", "eth2"])
    #expect(try DefaultRoutes.devices("[]") == [])
    #expect(try DefaultRoutes.devices("") == [])
    #expect(throws: (any Error).self) { try DefaultRoutes.devices("{no json") }
  }
}
