import OSPFProtocol
import OSPFWire

@testable import BFDProtocol

/// One session against a neighbor that the test plays by hand, in virtual time.
final class SessionBench {
  static let key = SessionKey(
    interfaceIndex: 7, local: .v4(IPv4Address(rawValue: 0x0A00_0002)), remote: .v4(IPv4Address(rawValue: 0x0A00_0001)))
  /// The neighbor's discriminator.
  static let theirs = Discriminator(rawValue: 0xCAFE)

  let sessions: SessionSet
  private(set) var now = Instant.zero
  /// Everything sent and not yet taken, with the time.
  private(set) var sent: [(at: Instant, packet: ControlPacket, octets: [UInt8])] = []
  private(set) var events: [SessionSetEvent] = []
  var parameters: SessionParameters

  init(_ parameters: SessionParameters = .bench, seed: UInt64 = 1, isWanted: Bool = true) {
    self.parameters = parameters
    sessions = SessionSet(seed: seed, sink: SessionSink())
    if isWanted { want(parameters) }
  }

  var snapshot: SessionSnapshot? { sessions.snapshots(at: now).first }
  var state: SessionState? { snapshot?.state }
  var ours: Discriminator { snapshot?.localDiscriminator ?? .zero }
  /// The refusals so far.
  var refusals: [ReceptionRefusal] {
    events.compactMap { if case .packetRefused(_, _, let reason) = $0 { reason } else { nil } }
  }
  /// The states entered so far.
  var states: [SessionState] {
    events.compactMap { if case .sessionStateChanged(_, _, let to, _, _) = $0 { to } else { nil } }
  }

  func want(_ parameters: SessionParameters?) {
    sessions.setSessions(parameters.map { [SessionDefinition(key: Self.key, parameters: $0)] } ?? [], at: now)
    collect()
  }

  /// Lets time pass, with every timer at its own instant.
  func run(_ duration: Duration) {
    let end = now + duration
    while let deadline = sessions.nextDeadline, deadline <= end {
      now = max(now, deadline)
      sessions.advance(to: now)
      collect()
    }
    now = end
  }

  /// Lets time pass while a neighbor that is Up sends every `interval`.
  func run(_ duration: Duration, hearing packet: ControlPacket, every interval: Duration) {
    let end = now + duration
    while now < end {
      run(min(interval, end - now))
      receive(packet)
    }
  }

  /// The neighbor's packet as it would be by default.
  func packet(
    _ state: SessionState, yourDiscriminator: Discriminator? = nil, poll: Bool = false, final: Bool = false, demand: Bool = false,
    detectMultiplier: UInt8 = 3, tx: Duration = .milliseconds(100), rx: Duration = .milliseconds(100)
  ) -> ControlPacket {
    ControlPacket(
      state: state, poll: poll, final: final, demand: demand, detectMultiplier: detectMultiplier,
      myDiscriminator: Self.theirs, yourDiscriminator: yourDiscriminator ?? ours, desiredMinTxInterval: Microseconds(tx),
      requiredMinRxInterval: Microseconds(rx))
  }

  func receive(
    _ packet: ControlPacket, ttl: UInt8 = 255, interfaceIndex: UInt32 = 7, source: IPAddress = SessionBench.key.remote
  ) {
    var octets: [UInt8] = []
    packet.encode(into: &octets)
    receive(octets, ttl: ttl, interfaceIndex: interfaceIndex, source: source)
  }

  func receive(
    _ octets: [UInt8], ttl: UInt8 = 255, interfaceIndex: UInt32 = 7, source: IPAddress = SessionBench.key.remote,
    arrivedAt: Instant? = nil
  ) {
    let arrival = Arrival(
      interfaceIndex: interfaceIndex, source: source, destination: Self.key.local, ttl: ttl, time: arrivedAt ?? now)
    sessions.receive(arrival, octets.rawSpan, at: now)
    collect()
  }

  /// Brings the session up by the three-way handshake.
  func comeUp() {
    receive(packet(.down, yourDiscriminator: .zero))
    receive(packet(.up))
    receive(packet(.up, final: true))
    _ = takeSent()
  }

  /// What was sent since the last call.
  func takeSent() -> [ControlPacket] { takeSentWithTimes().map(\.packet) }

  func takeSentWithTimes() -> [(at: Instant, packet: ControlPacket, octets: [UInt8])] {
    defer { sent = [] }
    return sent
  }

  private func collect() {
    for transmission in sessions.sink.transmissions {
      let octets = Array(sessions.sink.octets[transmission.range])
      if let packet = try? ControlPacket.decode(octets.rawSpan) { sent.append((now, packet, octets)) }
    }
    events += sessions.sink.events
    sessions.sink.removeAll()
  }
}

extension SessionParameters {
  /// 50 ms, three times.
  static let bench = SessionParameters(desiredMinTxInterval: .milliseconds(50), requiredMinRxInterval: .milliseconds(50))
}
