import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite("RFC 7166: the authentication trailer of OSPFv3")
struct AuthenticationTrailerRules {
  private let key = CryptographicKey(id: 300, algorithm: .hmacSHA256, secret: Secret("sekret"))
  private var authentication: Authentication { .trailer([key]) }

  private func bench(_ authentication: Authentication, mtu: Int = 1500, wallClock: UInt32 = 0) -> Bench {
    var definition = InterfaceDefinition.bench(type: .pointToPoint) { $0.authentication = authentication }
    definition.mtu = mtu
    return Bench(.ospfv3, interfaces: [definition], wallClock: wallClock)
  }

  /// A neighbor whose packets have a trailer.
  private struct Sender {
    let neighbor: HandMadeNeighbor
    var authentication: Authentication

    func send(_ bytes: [UInt8], sequenceNumber: UInt64) {
      var bytes = bytes
      authentication.seal(&bytes, sequenceNumber: sequenceNumber, from: neighbor.address)
      neighbor.send(bytes: bytes, to: .v6("ff02::5"))
    }

    func sendHello(sequenceNumber: UInt64, isAnnounced: Bool = true) {
      var hello = neighbor.hello
      if isAnnounced { hello.options.insert(.authenticationTrailer) }
      send(Packet(header: neighbor.header(.hello), body: .hello(hello)).encode(), sequenceNumber: sequenceNumber)
    }

    func sendDescription(sequenceNumber: UInt64, isAnnounced: Bool = true) {
      var options = neighbor.options
      if isAnnounced { options.insert(.authenticationTrailer) }
      let description = DatabaseDescription(
        interfaceMTU: neighbor.interfaceMTU, options: options, flags: [.initialize, .more, .master], sequenceNumber: 77,
        lsaHeaders: [])
      send(
        Packet(header: neighbor.header(.databaseDescription), body: .databaseDescription(description)).encode(),
        sequenceNumber: sequenceNumber)
    }
  }

  private func sender(_ bench: Bench, _ authentication: Authentication? = nil) -> Sender {
    Sender(neighbor: HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3"), authentication: authentication ?? self.authentication)
  }

  @Test("3 and 4.1: Hellos and Database Descriptions have the AT-bit, and every packet a trailer that verifies")
  func sent() throws {
    let bench = bench(authentication, wallClock: 1_000)
    let sender = sender(bench)
    sender.sendHello(sequenceNumber: 1)
    sender.sendDescription(sequenceNumber: 2)
    #expect(bench.state(of: "3.3.3.3") >= .exStart)
    #expect(Set(bench.sent.map(\.type)).isSuperset(of: [.hello, .databaseDescription]))
    var numbers: [UInt64] = []
    for packet in bench.sent {
      let trailer = try #require(AuthenticationTrailer(packet.packet.trailer))
      #expect(trailer.securityAssociationID == 300)
      #expect(packet.packet.header.checksum == 0)
      #expect(packet.packet.announcesAuthenticationTrailer ?? true)
      #expect(throws: Never.self) {
        try authentication.verify(packet.transmission.bytes, packet.packet, from: packet.transmission.source)
      }
      numbers.append(trailer.sequenceNumber)
    }
    #expect(numbers == (0..<UInt64(numbers.count)).map { 1_000 << 32 + 1_000 + $0 })
    let plain = self.bench(.null)
    plain.run(for: .seconds(10))
    #expect(plain.sent.allSatisfy { $0.packet.trailer.isEmpty && $0.packet.announcesAuthenticationTrailer != true })
  }

  @Test("4.6: a packet without the AT-bit or the trailer is refused where one is configured, and one with it where none is")
  func mismatch() {
    let bench = bench(authentication)
    sender(bench, .null).sendHello(sequenceNumber: 1)
    sender(bench, .null).sendHello(sequenceNumber: 1, isAnnounced: false)
    sender(bench).sendHello(sequenceNumber: 1, isAnnounced: false)
    #expect(bench.refusals == Array(repeating: .authenticationTrailerMismatch(received: false), count: 3))
    #expect(bench.state(of: "3.3.3.3") == .down)
    let open = self.bench(.null)
    sender(open).sendHello(sequenceNumber: 1)
    #expect(open.refusals == [.authenticationTrailerMismatch(received: true)])
  }

  @Test("4.1: a wrong checksum is refused where there is no trailer, and not looked at where there is one")
  func checksum() {
    for authentication in [Authentication.null, authentication] {
      let bench = bench(authentication)
      let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
      var hello = neighbor.hello
      if authentication != .null { hello.options.insert(.authenticationTrailer) }
      var bytes = Packet(header: neighbor.header(.hello), body: .hello(hello)).encode()
      authentication.seal(&bytes, sequenceNumber: 1, from: neighbor.address)
      bench.receive(
        Datagram(
          interfaceIndex: neighbor.interfaceIndex, source: neighbor.address, destination: .v6("ff02::5"), bytes: bytes,
          hasRightChecksum: false))
      #expect(bench.refusals == (authentication == .null ? [.malformed(.checksum(what: "packet"))] : []))
    }
  }

  @Test("4.6: another key is refused, and what it is stays unsaid")
  func wrongKey() {
    let bench = bench(authentication)
    sender(bench, .trailer([CryptographicKey(id: 300, algorithm: .hmacSHA256, secret: Secret("geheim"))]))
      .sendHello(sequenceNumber: 1)
    #expect(bench.refusals == [.authenticationFailed(.digest(keyID: 300, algorithm: .hmacSHA256))])
    #expect(!"\(bench.events)".contains("geheim") && !"\(bench.events)".contains("sekret"))
  }

  @Test("4.6: a sequence number that is not above the last of the packet type is refused, whatever other types had")
  func sequenceNumbers() {
    let bench = bench(authentication)
    let sender = sender(bench)
    sender.sendHello(sequenceNumber: 10)
    sender.sendHello(sequenceNumber: 10)
    sender.sendHello(sequenceNumber: 9)
    sender.sendDescription(sequenceNumber: 3)
    sender.sendDescription(sequenceNumber: 3)
    sender.sendHello(sequenceNumber: 1 << 32)
    #expect(
      bench.refusals == [
        .cryptographicSequenceNumberTooLow(received: 10, last: 10, keyID: 300),
        .cryptographicSequenceNumberTooLow(received: 9, last: 10, keyID: 300),
        .cryptographicSequenceNumberTooLow(received: 3, last: 3, keyID: 300),
      ])
  }

  @Test("4.1: a packet with its trailer fits into the MTU")
  func capacity() throws {
    let bench = bench(authentication, mtu: 1280)
    bench.advertise((0..<200).map { .external(IPPrefix(host: .v4(IPv4Address(10, 0, 0, $0)))) })
    let sender = sender(bench)
    sender.neighbor.interfaceMTU = 1280
    sender.sendHello(sequenceNumber: 1)
    sender.sendDescription(sequenceNumber: 2)
    #expect(bench.refusals.isEmpty)
    let longest = bench.sent.map(\.transmission.bytes.count).max() ?? 0
    #expect((1180...1240).contains(longest), "\(longest) octets beside 40 of IPv6")
  }

  @Test("a router that gets or loses its trailer says so in its next Hello, and its adjacency begins anew at the neighbor alone")
  func changed() {
    let bench = bench(.null)
    bench.changeInterface { $0.settings.authentication = authentication }
    bench.forget()
    bench.run(for: .seconds(10))
    #expect(!bench.sent.isEmpty)
    #expect(bench.sent.allSatisfy { AuthenticationTrailer($0.packet.trailer) != nil })
  }
}
