import OSPFWire
import ProbeWire
import Testing

@Suite("The kernel's table of virtual servers")
struct IPVSTableTests {
  /// As `ip_vs_info_seq_show` of the kernel (net/netfilter/ipvs/ip_vs_ctl.c) prints it, spaces at the ends of lines included.
  static let recorded = [
    "IP Virtual Server version 1.2.1 (size=4096)",
    "Prot LocalAddress:Port Scheduler Flags",
    "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn",
    "TCP  C0000235:0035 wlc  ",
    "  -> 0A000001:0035      Masq    1      12         3         ",
    "  -> 0A000002:0035      Masq    0      0          0         ",
    "  -> 0A000003:0035      Masq    100    7          1         ",
    "UDP  C0000235:0035 rr ops persistent 300 FFFFFFFF",
    "  -> 0A000001:0035      Route   0      0          0         ",
    "TCP  [2001:0db8:0000:0000:0000:0000:0000:0053]:01BB wrr persistent 360 00000080",
    "  -> [2001:0db8:0000:0000:0000:0000:000a:0001]:01BB      Tunnel  5      0          0         ",
    "  -> [2001:0db8:0000:0000:0000:0000:000a:0002]:01BB      Route   -1     0          0         ",
    "FWM  00000007 sh  ",
    "  -> 0A000009:0000      Route   1      0          0         ",
    "TCP  C0000236:1F90 sed  ",
    "",
  ].joined(separator: "\n")

  private func table(_ text: String) throws -> IPVSTable { try IPVSTable(Array(text.utf8)) }

  @Test("Services are found by address, port and protocol, with the weights of their real servers")
  func services() throws {
    let table = try table(Self.recorded)
    let v4 = try #require(IPAddress("192.0.2.53"))
    let v6 = try #require(IPAddress("2001:db8::53"))
    #expect(table.services.count == 4)
    #expect(table.service(v4, port: 53, transport: "TCP")?.weights == [1, 0, 100])
    #expect(table.service(v4, port: 53, transport: "UDP")?.weights == [0])
    #expect(table.service(v6, port: 443, transport: "TCP")?.weights == [5, -1])
    #expect(table.service(try #require(IPAddress("192.0.2.54")), port: 8080, transport: "TCP")?.weights == [])
    #expect(table.service(v4, port: 54, transport: "TCP") == nil)
    #expect(table.service(v6, port: 443, transport: "UDP") == nil)
  }

  @Test("A table without services is one")
  func empty() throws {
    #expect(try table(Self.recorded.split(separator: "\n").prefix(3).joined(separator: "\n")).services == [])
  }

  @Test("The servers of a service of an unknown kind are nobody else's")
  func unknownKind() throws {
    let table = try table(Self.recorded.replacing("UDP  C0", with: "DCCP C0"))
    #expect(table.services.map(\.weights) == [[1, 0, 100], [5, -1], []])
  }

  @Test(
    "What is no table, or has a line that cannot be read, is refused",
    arguments: [
      ("IP Virtual Server", "Something else", "no table of virtual servers"),
      ("C0000235:0035 wlc", "C0000235 wlc", "line 4 of the table cannot be read"),
      ("C0000235:0035 wlc", "C000023:0035 wlc", "line 4 of the table cannot be read"),
      ("C0000235:0035 wlc", "+0000235:0035 wlc", "line 4 of the table cannot be read"),
      ("C0000235:0035 wlc", "C0000235:10035 wlc", "line 4 of the table cannot be read"),
      ("Masq    1  ", "Masq    one", "line 5 of the table cannot be read"),
      ("Masq    1      12         3         ", "Masq", "line 5 of the table cannot be read"),
      ("2001:0db8:0000:0000:0000:0000:0000:0053", "2001:0db8", "line 10 of the table cannot be read"),
      ("wlc  ", "", ""),
    ])
  func refusals(part: String, replacement: String, reason: String) {
    let text = Self.recorded.replacing(part, with: replacement)
    guard !reason.isEmpty else {
      #expect(throws: Never.self) { try table(text) }
      return
    }
    #expect(throws: MessageRefusal(reason)) { try table(text) }
  }
}
