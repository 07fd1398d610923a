import AnycastPolicy
import ControlAPI
import OSPFProtocol
import OSPFWire
import Testing

@testable import anycast_ospfd

@Suite("Events said to an operator")
struct SentenceTests {
  private static let address = IPAddress.v4(IPv4Address(10, 0, 12, 1))
  private static let interface = InterfaceReference(
    name: "eth0", address: .v4(IPv4Address(10, 0, 12, 2)), area: .backbone)
  private static let neighbor = NeighborReference(
    routerID: RouterID(rawValue: 0x0A00_0001), address: address, interface: interface)

  private func message(_ event: OSPFProtocol.Event) -> String {
    event.report(of: .ospfv2).message
  }

  @Test("An adjacency change names the neighbor, where it is, both states and the cause")
  func adjacency() {
    let report = OSPFProtocol.Event.neighborStateChanged(
      neighbor: Self.neighbor, from: .loading, to: .full, cause: .loadingDone
    ).report(of: .ospfv2)
    #expect(report.message == "neighbor 10.0.0.1 (10.0.12.1 on eth0): Loading -> Full (loading done)")
    #expect(report.level == .notice)
    #expect(report.routerID == "10.0.0.1")
    #expect(report.from == "Loading")
    #expect(report.to == "Full")
  }

  @Test("The steps between 2-Way and Full are for whoever debugs them; losing an adjacency is not")
  func levels() {
    func level(_ from: NeighborState, _ to: NeighborState) -> EventLevel {
      OSPFProtocol.Event.neighborStateChanged(neighbor: Self.neighbor, from: from, to: to, cause: .helloReceived)
        .report(of: .ospfv2).level
    }
    #expect(level(.down, .`init`) == .debug)
    #expect(level(.exStart, .exchange) == .debug)
    #expect(level(.exchange, .twoWay) == .notice)
    #expect(level(.full, .down) == .notice)
    #expect(level(.full, .exStart) == .notice)
  }

  @Test(
    "A refused packet is explained with both sides' values",
    arguments: [
      (Refusal.helloIntervalMismatch(received: 5, ours: 10), "HelloInterval is 5 s there and 10 s here"),
      (.routerDeadIntervalMismatch(received: 20, ours: 40), "RouterDeadInterval is 20 s there and 40 s here"),
      (.areaMismatch(received: AreaID(rawValue: 1), ours: .backbone), "the area is 0.0.0.1 there and 0.0.0.0 here"),
      (.mtuMismatch(neighbor: 9000, ours: 1500), "the interface MTU is 9000 there and 1500 here"),
      (
        .networkMaskMismatch(received: IPv4Prefix.mask(24), ours: IPv4Prefix.mask(25)),
        "the network mask is 255.255.255.0 there and 255.255.255.128 here"
      ),
      (
        .authenticationTypeMismatch(received: 2, ours: 0),
        "the authentication type is cryptographic there and null here"
      ),
      (.authenticationFailed(.password), "the simple password is another one there than here"),
      (.authenticationFailed(.unknownKey(id: 7)), "the authentication key ID is 7, and there is no such key here"),
      (
        .authenticationFailed(.digest(keyID: 7, algorithm: .md5)),
        "the md5 digest is wrong: the key with ID 7 is another one there than here"
      ),
      (
        .authenticationFailed(.digestLength(keyID: 7, algorithm: .hmacSHA256, received: 16)),
        "the digest with key ID 7 has 16 octets, and those of hmac-sha-256 have 32"
      ),
      (
        .cryptographicSequenceNumberTooLow(received: 5, last: 6, keyID: 7),
        "the cryptographic sequence number 5 with key ID 7 is lower than 6, which the neighbor sent before"
      ),
      (
        .nssaCapabilityMismatch(received: true, ours: false),
        "the N-bit is set there and clear here: one side takes the area for an NSSA"
      ),
    ])
  func refusals(reason: Refusal, sentence: String) {
    let event = OSPFProtocol.Event.packetRefused(
      interface: Self.interface, interfaceIndex: 2, source: Self.address, reason: reason)
    #expect(message(event) == "eth0: packet from 10.0.12.1 refused: \(sentence)")
  }

  @Test("Which key is in force is told, and that there is none is an error")
  func keys() {
    #expect(
      message(.keyInForce(interface: Self.interface, keyID: 2)) == "eth0 (10.0.12.2): packets are sent with key 2 from now on")
    #expect(message(.noKeyInForce(interface: Self.interface)).hasSuffix("nothing is sent unauthenticated: nothing is sent"))
  }

  @Test("A packet on a device without OSPF interface names the device by its index")
  func unknownInterface() {
    let event = OSPFProtocol.Event.packetRefused(
      interface: nil, interfaceIndex: 7, source: Self.address, reason: .noSuchInterface)
    #expect(message(event).hasPrefix("interface 7: packet from 10.0.12.1 refused: "))
  }

  @Test("A service change carries its reason, and going down is a warning")
  func services() {
    let report = PolicyEvent.serviceStateChanged(
      service: "dns", from: .up, to: .down, reason: "check dns failed 3 times: timeout"
    ).report
    #expect(report.message == "service dns: up -> down: check dns failed 3 times: timeout")
    #expect(report.level == .warning)
    #expect(report.service == "dns")
  }

  @Test("A watcher is told of a service's change in one line of JSON with keys that stay")
  func watched() throws {
    var report = PolicyEvent.serviceStateChanged(service: "dns", from: .up, to: .degraded, reason: "check dns is degraded: slow")
      .report
    report.time = Timestamp(millisecondsSince1970: 0)
    #expect(
      String(buffer: try JSONCoding.encode(report)) == #"{"from":"up","kind":"serviceStateChanged","level":"warning","#
        + #""message":"service dns: up -> degraded: check dns is degraded: slow","reason":"check dns is degraded: slow","#
        + #""service":"dns","time":"1970-01-01T00:00:00.000Z","to":"degraded"}"#)
  }

  @Test("A command that failed names the service, what it was told, and why")
  func changeCommand() {
    let report = EventReport.onChangeFailed(
      ServiceChange(
        command: ["/usr/local/bin/page", "now"], service: "dns", addresses: [], from: .up, to: .down, reason: "check dns failed"),
      "timeout after 10s")
    #expect(report.message == "service dns: on-change /usr/local/bin/page, told of up -> down: timeout after 10s")
    #expect(report.kind == .onChangeFailed && report.level == .warning && report.reason == "timeout after 10s")
  }

  @Test("A duplicate router ID says whose it also is")
  func duplicates() {
    let routerID = RouterID(rawValue: 0x0A00_0001)
    let other = IPAddress.v4(IPv4Address(10, 0, 12, 9))
    #expect(
      message(.duplicateRouterID(routerID: routerID, interface: Self.interface, source: Self.address, other: nil))
        == "eth0: the router ID 10.0.0.1 of 10.0.12.1 is also ours")
    #expect(
      message(.duplicateRouterID(routerID: routerID, interface: Self.interface, source: Self.address, other: other))
        == "eth0: the router ID 10.0.0.1 of 10.0.12.1 is also that of 10.0.12.9")
  }

  @Test("Every kind of refusal has its name in the reports", arguments: Refusal.Kind.allCases)
  func refusalKinds(kind: Refusal.Kind) { #expect(RefusalKind.known.contains(RefusalKind(kind))) }

  @Test("A drain of a name that is nearly right names the one that was meant")
  func unknownName() {
    let known = ["resolver", "192.0.2.1"]
    #expect(
      DrainError.unknownName("resolvr", known: known).controlError.message
        == "'resolvr' is neither a service nor an address of one; did you mean 'resolver'?")
    #expect(
      DrainError.unknownName("203.0.113.9", known: known).controlError.message
        == "'203.0.113.9' is neither a service nor an address of one")
  }
}
