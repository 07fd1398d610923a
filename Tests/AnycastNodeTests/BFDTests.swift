import BFDProtocol
import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastNode

@Suite("RFC 5882: a node as a client of BFD")
struct BFDTests {
  private static let key = SessionKey(
    interfaceIndex: 2, local: .v4(IPv4Address(10, 0, 0, 2)), remote: .v4(IPv4Address(10, 0, 0, 1)))

  /// A node that can speak, with lines for its interface.
  private func bench(_ lines: String = " ip ospf bfd profile fast\n") throws -> NodeBench {
    let bench = try NodeBench(
      "interface eth0\n\(lines)bfd\n profile fast\n  transmit-interval 50\n  receive-interval 60\n  detect-multiplier 5\n")
    bench.setLinks()
    try bench.openSockets()
    return bench
  }

  /// A Hello of a neighbor that hears us: ours, with another sender.
  private func hear(_ bench: NodeBench, listsUs: Bool = true) throws {
    let sent = bench.effects.compactMap { effect -> [UInt8]? in
      if case .transmit(let transmission, _) = effect, transmission.bytes[1] == 1 { transmission.bytes } else { nil }
    }
    var hello = Array(try #require(sent.first).prefix(44))
    let ours = Array(hello[4..<8])
    hello.replaceSubrange(4..<8, with: [192, 0, 2, 1])
    if listsUs { hello += ours }
    hello[3] = UInt8(hello.count)
    hello.replaceSubrange(12..<14, with: [0, 0])
    let checksum = InternetChecksum.compute(Array(hello[0..<16] + hello[24...]).rawSpan)
    hello.replaceSubrange(12..<14, with: [UInt8(checksum >> 8), UInt8(checksum & 0xFF)])
    let datagram = Datagram(
      interfaceIndex: 2, source: Self.key.remote, destination: .v4(IPv4Address(224, 0, 0, 5)), bytes: hello)
    bench.perform {
      $0.receive(datagram, through: .ospfv2, at: $1)
      $0.finishTurn(at: $1)
    }
  }

  private func change(_ bench: NodeBench, _ from: SessionState, _ to: SessionState, _ event: SessionEvent) {
    bench.perform { $0.bfdSessionChanged(Self.key, from: from, to: to, event: event, diagnostic: .none, at: $1) }
  }

  private func state(_ bench: NodeBench) -> NeighborState? {
    bench.node.instanceSnapshots(at: bench.now).flatMap(\.neighbors).first?.state
  }

  @Test("A session is wanted with a neighbor in 2-Way, with the parameters of its profile, and ends with the neighbor")
  func wanted() throws {
    let bench = try bench()
    try hear(bench, listsUs: false)
    #expect(bench.sessions.isEmpty)
    try hear(bench)
    #expect(bench.sessions.map(\.key) == [Self.key])
    let parameters = try #require(bench.sessions.first?.parameters)
    #expect(parameters.desiredMinTxInterval.duration == .milliseconds(50))
    #expect(parameters.requiredMinRxInterval.duration == .milliseconds(60))
    #expect(parameters.detectMultiplier == 5)
    bench.pass(.seconds(41))
    #expect(bench.sessions.isEmpty)
  }

  @Test("A reload changes the parameters of a session that goes on")
  func reload() throws {
    let bench = try bench()
    try hear(bench)
    bench.perform { node, now in
      var configuration = node.configuration
      configuration.bfd.profiles["fast"]?.transmitInterval = .milliseconds(10)
      _ = node.apply(configuration, at: now)
    }
    #expect(bench.sessions.first?.parameters.desiredMinTxInterval.duration == .milliseconds(10))
    #expect(bench.sessions.map(\.key) == [Self.key])
  }

  @Test("A failure takes the adjacency down at once", arguments: [SessionEvent.detectionTimeExpired, .receivedDown])
  func failure(event: SessionEvent) throws {
    let bench = try bench()
    try hear(bench)
    #expect(state(bench) == .twoWay)
    change(bench, .`init`, .up, .receivedUp)
    change(bench, .up, .down, event)
    #expect(state(bench) == nil)
    #expect(bench.sessions.isEmpty)
  }

  @Test("RFC 5882 3.2: AdminDown says nothing about the path", arguments: [SessionEvent.receivedAdminDown, .disabled])
  func administrativelyDown(event: SessionEvent) throws {
    let bench = try bench()
    try hear(bench)
    change(bench, .`init`, .up, .receivedUp)
    change(bench, .up, event == .disabled ? .adminDown : .down, event)
    #expect(state(bench) == .twoWay)
  }

  @Test("A session that never came up takes nothing down")
  func neverUp() throws {
    let bench = try bench()
    try hear(bench)
    change(bench, .`init`, .down, .detectionTimeExpired)
    #expect(state(bench) == .twoWay)
  }

  @Test("RFC 9355: in strict mode the neighbor waits in Init for the session, and for its hold-off")
  func strict() throws {
    let bench = try bench(" ip ospf bfd strict hold-off 5\n ip ospf dead-interval 600\n")
    try hear(bench)
    #expect(state(bench) == .`init`)
    #expect(bench.sessions.map(\.key) == [Self.key])
    change(bench, .`init`, .up, .receivedUp)
    bench.pass(.milliseconds(4999))
    #expect(state(bench) == .`init`)
    change(bench, .up, .down, .detectionTimeExpired)
    #expect(state(bench) == nil)
    try hear(bench)
    change(bench, .`init`, .up, .receivedUp)
    bench.pass(.milliseconds(4999))
    #expect(state(bench) == .`init`)
    bench.pass(.milliseconds(1))
    #expect(state(bench) == .twoWay)
  }

  @Test("A node that leaves ends its sessions before it ends")
  func leaving() throws {
    let bench = try bench()
    try hear(bench)
    bench.perform { $0.leave(at: $1) }
    bench.pass(.seconds(10))
    #expect(bench.hasEnded)
    #expect(bench.sessions.isEmpty)
    let order = bench.effects.compactMap { effect -> Bool? in
      switch effect {
      case .holdSessions: true
      case .ended: false
      default: nil
      }
    }
    #expect(order == [true, true, false])
  }
}
