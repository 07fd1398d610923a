import OSPFProtocol
import OSPFWire
import Testing

@testable import BFDProtocol

@Suite("RFC 5880 6.8.6: reception, step by step")
struct ReceptionTests {
  /// A packet that is right, to be spoiled.
  private func octets(_ bench: SessionBench, _ change: (inout [UInt8]) -> Void) -> [UInt8] {
    var octets: [UInt8] = []
    bench.packet(.down, yourDiscriminator: .zero).encode(into: &octets)
    change(&octets)
    return octets
  }

  private func refusal(_ change: (inout [UInt8]) -> Void) -> ReceptionRefusal? {
    let bench = SessionBench()
    bench.receive(octets(bench, change))
    #expect(bench.state == .down)
    #expect(bench.snapshot?.remoteDiscriminator == .zero)
    return bench.refusals.first
  }

  @Test("A version other than 1 is discarded")
  func version() { #expect(refusal { $0[0] = 2 << 5 } == .malformed(.version(2))) }

  @Test("A Length below 24, or below 26 with the A bit, is discarded")
  func lengthTooSmall() {
    #expect(refusal { $0[3] = 23 } == .malformed(.lengthTooSmall(claimed: 23, minimum: 24)))
    #expect(refusal { $0[1] |= 0x04 } == .malformed(.lengthTooSmall(claimed: 24, minimum: 26)))
  }

  @Test("A Length beyond the payload is discarded")
  func lengthTooLarge() { #expect(refusal { $0[3] = 25 } == .malformed(.lengthTooLarge(claimed: 25, available: 24))) }

  @Test("A payload below 24 octets is discarded")
  func truncated() { #expect(refusal { $0.removeLast() } == .malformed(.truncated(available: 23))) }

  @Test("A Detect Mult of zero is discarded")
  func detectMultiplierZero() { #expect(refusal { $0[2] = 0 } == .malformed(.detectMultiplierZero)) }

  @Test("The Multipoint bit is discarded")
  func multipoint() { #expect(refusal { $0[1] |= 0x01 } == .malformed(.multipoint)) }

  @Test("A My Discriminator of zero is discarded")
  func myDiscriminatorZero() {
    #expect(refusal { $0.replaceSubrange(4..<8, with: [0, 0, 0, 0]) } == .malformed(.myDiscriminatorZero))
  }

  @Test("A Your Discriminator that is none of ours is discarded")
  func unknownDiscriminator() {
    let bench = SessionBench()
    let wrong = Discriminator(rawValue: bench.ours.rawValue ^ 1)
    bench.receive(bench.packet(.up, yourDiscriminator: wrong))
    #expect(bench.refusals == [.unknownDiscriminator(wrong)])
  }

  @Test("RFC 5881 3: a Your Discriminator of ours on another interface is discarded")
  func otherInterface() {
    let bench = SessionBench()
    bench.receive(bench.packet(.`init`), interfaceIndex: 8)
    #expect(bench.refusals == [.otherInterface(received: 8, ours: 7)])
  }

  @Test("6.3: with Your Discriminator the source address does not matter")
  func otherSource() {
    let bench = SessionBench()
    bench.receive(bench.packet(.`init`), source: .v4(IPv4Address(rawValue: 0x0A00_0009)))
    #expect(bench.state == .up)
  }

  @Test("A Your Discriminator of zero is discarded in Init and Up", arguments: [SessionState.`init`, .up])
  func yourDiscriminatorZero(state: SessionState) {
    let bench = SessionBench()
    bench.receive(bench.packet(state, yourDiscriminator: .zero))
    #expect(bench.refusals == [.yourDiscriminatorZero(state: state)])
  }

  @Test("A Your Discriminator of zero selects the session by interface and addresses, and nothing else")
  func selectsByAddresses() {
    let bench = SessionBench()
    bench.receive(bench.packet(.down, yourDiscriminator: .zero), interfaceIndex: 8)
    bench.receive(bench.packet(.down, yourDiscriminator: .zero), source: .v4(IPv4Address(rawValue: 1)))
    #expect(bench.refusals == [.noSession, .noSession])
    bench.receive(bench.packet(.down, yourDiscriminator: .zero))
    #expect(bench.state == .`init`)
  }

  @Test("Packets are counted, those that are refused apart")
  func counters() {
    let bench = SessionBench()
    bench.receive(bench.packet(.down, yourDiscriminator: .zero))
    bench.receive(bench.packet(.up))
    bench.receive(bench.packet(.up), ttl: 254)
    let sent = UInt64(bench.takeSent().count)
    #expect(bench.snapshot?.counters.received == 2)
    #expect(bench.snapshot?.counters.refused == 1)
    #expect(bench.snapshot?.counters.sent == sent)
  }

  @Test("A session that has ended takes nothing more, neither by its discriminator nor by its addresses")
  func ended() {
    let bench = SessionBench()
    bench.comeUp()
    let discriminator = bench.ours
    bench.want(nil)
    bench.run(.seconds(4))
    #expect(bench.events.last == .sessionEnded(SessionBench.key))
    bench.receive(bench.packet(.down, yourDiscriminator: .zero))
    bench.receive(bench.packet(.down, yourDiscriminator: discriminator))
    #expect(bench.refusals == [.noSession, .unknownDiscriminator(discriminator)])
  }

  @Test("RFC 5881 5: a TTL other than 255 is discarded, whatever minimum-ttl says")
  func ttl() {
    var parameters = SessionParameters.bench
    parameters.minimumTTL = 254
    let bench = SessionBench(parameters)
    bench.receive(bench.packet(.down, yourDiscriminator: .zero), ttl: 254)
    #expect(bench.refusals == [.ttl(received: 254, minimum: 255)])
    #expect(bench.snapshot?.counters.refused == 1)
  }

  @Test("The A bit is discarded where no authentication is in use")
  func authenticationNotInUse() {
    let bench = SessionBench()
    var packet = bench.packet(.down, yourDiscriminator: .zero)
    packet.authentication = AuthenticationSection(type: .keyedMD5, data: [])
    bench.receive(packet)
    #expect(bench.refusals == [.authenticationNotInUse])
  }

  @Test("A packet without the A bit is discarded where authentication is in use")
  func authenticationMissing() {
    var parameters = SessionParameters.bench
    parameters.authentication = SessionAuthentication(type: .keyedSHA1, keys: [.init(id: 1, secret: Secret("k"))])
    let bench = SessionBench(parameters)
    bench.receive(bench.packet(.down, yourDiscriminator: .zero))
    #expect(bench.refusals == [.authenticationMissing])
  }

  @Test("The neighbor's discriminator is taken over, and may change")
  func remoteDiscriminator() {
    let bench = SessionBench()
    bench.comeUp()
    var packet = bench.packet(.up)
    packet.myDiscriminator = Discriminator(rawValue: 99)
    bench.receive(packet)
    #expect(bench.snapshot?.remoteDiscriminator.rawValue == 99)
    bench.run(.milliseconds(100))
    #expect(bench.takeSent().last?.yourDiscriminator.rawValue == 99)
  }

  @Test(
    "A packet with the Poll bit is answered at once with the Final bit and without Poll", arguments: [SessionState.down, .up])
  func pollIsAnswered(state: SessionState) {
    let bench = SessionBench()
    if state == .up { bench.comeUp() }
    bench.receive(bench.packet(state, poll: true))
    let answers = bench.takeSent().filter(\.final)
    #expect(answers.count == 1)
    #expect(answers.allSatisfy { !$0.poll })
  }

  @Test("A packet with the Poll bit is not answered in AdminDown")
  func pollInAdminDown() {
    var parameters = SessionParameters.bench
    parameters.isShutDown = true
    let bench = SessionBench(parameters)
    bench.receive(bench.packet(.down, poll: true))
    #expect(bench.takeSent().filter(\.final).isEmpty)
  }

  @Test("A discarded packet does not prolong the Detection Time")
  func discardedIsNotReceived() {
    let bench = SessionBench()
    bench.comeUp()
    bench.run(.milliseconds(200))
    bench.receive(bench.packet(.up), ttl: 254)
    bench.run(.milliseconds(100))
    #expect(bench.state == .down)
  }

  @Test("What counts is when a packet arrived, not when it was read")
  func arrivalTime() {
    let bench = SessionBench()
    bench.comeUp()
    bench.run(.milliseconds(200))
    var octets: [UInt8] = []
    bench.packet(.up).encode(into: &octets)
    bench.receive(octets, arrivedAt: bench.now.advanced(by: .milliseconds(-150)))
    bench.run(.milliseconds(149))
    #expect(bench.state == .up)
    bench.run(.milliseconds(1))
    #expect(bench.state == .down)
  }

  @Test("Octets behind the Length are ignored")
  func excess() {
    let bench = SessionBench()
    bench.receive(octets(bench) { $0 += [1, 2, 3] })
    #expect(bench.state == .`init`)
  }
}
