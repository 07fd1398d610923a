import CaptureAnalysis
import OSPFTestSupport
import OSPFWire
import PacketCapture
import Testing

@Suite("How packets are printed")
struct PrintingTests {
  private static let start: Duration = .seconds(1_700_000_000) + .nanoseconds(5_000)

  private func print(
    _ style: PrintStyle, _ packets: [[UInt8]], _ filter: PacketSelection = PacketSelection()
  ) throws -> [String] {
    var printer = PacketPrinter(style: style, filter: filter)
    return try packets.enumerated().compactMap { position, bytes in
      let datagram = CapturedDatagram(
        timestamp: Self.start + .milliseconds(1500 * position), source: .v4("10.0.0.1"), destination: .allSPFRouters,
        bytes: bytes)
      return try printer.text(of: .datagram(datagram, frame: position + 1))
    }
  }

  private let hello = Samples.packet(.hello(Samples.hello), .hello)
  private let update = Samples.update([Samples.router, Samples.external])

  @Test("One line: frame, time since the first packet, addresses, sender, and what matters")
  func summary() throws {
    #expect(
      try print(.summary, [hello, update]) == [
        "    1     0.000000  10.0.0.1 > 224.0.0.5  OSPFv2 Hello from 192.0.2.1, area 0.0.0.0, DR 10.0.0.2, BDR 10.0.0.1, "
          + "priority 1, intervals 10/40 s, neighbors 192.0.2.2",
        "    2     1.500000  10.0.0.1 > 224.0.0.5  OSPFv2 Link State Update from 192.0.2.1, area 0.0.0.0: "
          + "router-LSA 192.0.2.1 of 192.0.2.1 0x80000001 age 1, AS-external-LSA 203.0.113.1 of 192.0.2.1 0x80000001 age 7",
      ])
  }

  @Test("What is wrong stands at the end of the line")
  func problems() throws {
    var damaged = hello
    damaged[13] ^= 0x10
    let lines = try print(.summary, [damaged, [2, 1]])
    #expect(lines[0].hasSuffix("neighbors 192.0.2.2 [packet checksum is wrong]"))
    #expect(lines[1].hasSuffix("  2 octets that are no OSPF packet [packet header needs 24 octets, 2 octets are there]"))
  }

  @Test("Of many LSAs three are named, those first that were asked for")
  func manyLSAs() throws {
    let lsas = (1...9).map { LSAs.v2.external(IPv4Prefix(IPv4Address(203, 0, 113, $0), length: 32), from: "192.0.2.1") }
    let all = try print(.summary, [Samples.update(lsas)])[0]
    #expect(all.hasSuffix("AS-external-LSA 203.0.113.3 of 192.0.2.1 0x80000001 age 1 and 6 more"))
    var filter = PacketSelection()
    filter.linkStateID = "203.0.113.8"
    let wanted = try print(.summary, [Samples.update(lsas)], filter)[0]
    #expect(wanted.hasSuffix(": AS-external-LSA 203.0.113.8 of 192.0.2.1 0x80000001 age 1 and 8 more"))
  }

  @Test("All fields, in the words of the RFC")
  func fields() throws {
    let lines = try print(.fields, [update])[0].split(separator: "\n").dropFirst().map(String.init)
    #expect(
      lines == [
        "  TTL 1, 100 octets",
        "  Version 2, Type linkStateUpdate, Packet length 100, Router ID 192.0.2.1, Area ID 0.0.0.0, Checksum 0x3790, AuType 0",
        "  LSAs:",
        "    LS type 1 (router-LSA), Link State ID 192.0.2.1, Advertising Router 192.0.2.1, LS age 1 s, Options 0x02 (E), "
          + "LS sequence number 0x80000001, LS checksum 0x07ae, length 36, Flags 0x02 (E)",
        "      Links:",
        "        Type stub, Link ID 10.0.0.0, Link Data 255.255.255.0, Metric 10",
        "    LS type 5 (AS-external-LSA), Link State ID 203.0.113.1, Advertising Router 192.0.2.1, LS age 7 s, "
          + "Options 0x02 (E), LS sequence number 0x80000001, LS checksum 0xe7cf, length 36, Network Mask 255.255.255.255",
        "      Routes:",
        "        Metric type 2, TOS 0, Metric 20, Forwarding address 0.0.0.0, External Route Tag 5",
      ])
  }

  @Test(
    "Of OSPFv3 the Instance ID says whether addresses and prefixes are IPv4",
    arguments: [(UInt8(64), "Prefix 203.0.113.0/24", "10.0.0.9"), (0, "Prefix cb00:7100::/24", "a00:9::")])
  func familyOfAddresses(instanceID: UInt8, prefix: String, address: String) throws {
    let lsa = LSAs(.ospfv3).make(
      .asExternalV3, id: "0.0.0.1", from: "192.0.2.1",
      body: .asExternalV3(
        OSPFv3ASExternalLSA(
          isType2: true, metric: 20, prefix: OSPFv3Prefix(.v4(IPv4Prefix(IPv4Address(203, 0, 113, 0), length: 24))),
          forwardingAddress: IPv6Address(field: .v4("10.0.0.9")))))
    let packet = Samples.update([lsa], extent: .v3(instanceID: instanceID, reserved: 0))
    var lines = TextBuffer()
    Samples.inspected(packet, from: .v6(.linkLocal1), to: .v6(.allSPFRouters)).appendLines(to: &lines, indentation: 0)
    let text = String(decoding: lines.octets, as: UTF8.self)
    #expect(text.contains("\(prefix), PrefixOptions 0x00, Forwarding Address \(address)"))
  }

  @Test("JSON has one object in a line, with stable keys, sorted")
  func json() throws {
    let lines = try print(.json, [hello])
    #expect(
      lines == [
        #"{"areaID":"0.0.0.0","authenticationType":0,"checksum":"0x6493","destination":"224.0.0.5","frame":1,"#
          + #""hello":{"backupDesignatedRouter":"10.0.0.1","designatedRouter":"10.0.0.2","helloIntervalSeconds":10,"#
          + #""neighbors":["192.0.2.2"],"networkMask":"255.255.255.0","options":["E"],"optionsBits":2,"priority":1,"#
          + #""routerDeadIntervalSeconds":40},"octets":48,"packetLength":48,"routerID":"192.0.2.1","source":"10.0.0.1","#
          + #""time":"2023-11-14T22:13:20.000005000Z","ttl":1,"type":"hello","version":2}"#
      ])
  }

  @Test("JSON says what is wrong, and shows the octets of what cannot be decoded")
  func jsonOfGarbage() throws {
    let line = try print(.json, [[2, 1, 0xAB]])[0]
    #expect(line.contains(#""octetsInHexadecimal":"0201ab""#))
    #expect(line.contains(#""problems":["packet header needs 24 octets, 3 octets are there"]"#))
  }

  @Test("A frame that cannot be read is told, unless only some packets are wanted")
  func unreadable() throws {
    let record = CaptureRecord.unreadable(frame: 3, .snapLength(captured: 60, original: 78))
    var printer = PacketPrinter(style: .summary)
    #expect(try printer.text(of: record) == "frame 3: only 60 of the frame's 78 octets were captured")
    printer = PacketPrinter(style: .json)
    #expect(
      try printer.text(of: record) == #"{"frame":3,"problems":["only 60 of the frame's 78 octets were captured"]}"#)
    var filter = PacketSelection()
    filter.types = [.hello]
    printer = PacketPrinter(style: .summary, filter: filter)
    #expect(try printer.text(of: record) == nil)
  }
}

@Suite("Which packets are printed")
struct FilterTests {
  private let hello = Samples.inspected(Samples.packet(.hello(Samples.hello), .hello))
  private let update = Samples.inspected(Samples.update([Samples.router, Samples.external]))
  private let request = Samples.inspected(
    Samples.packet(.linkStateRequest(LinkStateRequest(requests: [LSAs.v2.key(Samples.external)])), .linkStateRequest))
  private let acknowledgment = Samples.inspected(
    Samples.packet(
      .linkStateAcknowledgment(LinkStateAcknowledgment(lsaHeaders: [LSAs.v2.header(Samples.router)])), .linkStateAcknowledgment))

  private func accepted(_ change: (inout PacketSelection) -> Void) -> [PacketType?] {
    var filter = PacketSelection()
    change(&filter)
    return [hello, update, request, acknowledgment].filter(filter.accepts).map(\.type)
  }

  @Test("Without a filter all are")
  func everything() {
    #expect(accepted { _ in }.count == 4)
  }

  @Test("By router and by type")
  func routerAndType() {
    #expect(accepted { $0.routerIDs = ["192.0.2.2"] }.isEmpty)
    #expect(accepted { $0.routerIDs = ["192.0.2.2", "192.0.2.1"] }.count == 4)
    #expect(accepted { $0.types = [.hello, .linkStateRequest] } == [.hello, .linkStateRequest])
  }

  @Test("By an LSA that is carried, described, requested or acknowledged; the same LSA must fit in everything")
  func lsa() {
    #expect(accepted { $0.lsTypes = [.asExternal] } == [.linkStateUpdate, .linkStateRequest])
    #expect(accepted { $0.lsTypes = [.router] } == [.linkStateUpdate, .linkStateAcknowledgment])
    #expect(accepted { $0.linkStateID = "203.0.113.1" } == [.linkStateUpdate, .linkStateRequest])
    #expect(accepted { $0.advertisingRouter = "192.0.2.9" }.isEmpty)
    #expect(
      accepted {
        $0.lsTypes = [.router]
        $0.linkStateID = "203.0.113.1"
      }.isEmpty)
  }
}

extension PacketPrinter {
  /// What a record says, without the line feed at its end; nil where that is nothing.
  fileprivate mutating func text(of record: CaptureRecord) throws -> String? {
    var text = TextBuffer()
    try append(record, to: &text)
    guard text.octets.last == UInt8(ascii: "\n") else { return nil }
    return String(decoding: text.octets.dropLast(), as: UTF8.self)
  }
}
