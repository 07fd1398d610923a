import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import PacketCapture

/// An engine in the place of one recorded router, talking to the other one in virtual time.
struct Replay {
  let recording: Recording
  let bench: Bench
  let peer: RecordedPeer
  private let speaker: HandMadeNeighbor
  private let begin: Instant

  init(_ recording: Recording, playing position: Int) throws {
    self.recording = recording
    peer = try RecordedPeer(recording, playing: position)
    bench = Bench(try peer.replaced.configuration(), interfaces: [try peer.replaced.interface()])
    speaker = HandMadeNeighbor(bench, peer.router.id, peer.router.address)
    begin = bench.now
    let (peer, speaker) = (peer, speaker)
    speaker.onReceive = { packet in
      for outgoing in peer.answer(packet) { Replay.send(outgoing, by: speaker) }
    }
  }

  /// Plays the recording to its end and on until nothing is unacknowledged on either side.
  func run() throws {
    guard let first = recording.datagrams.first?.timestamp else { throw TestFailure("\(recording.name) is empty") }
    var nextRetransmission = begin + .seconds(5)
    var lastHello: SentPacket?
    for datagram in recording.datagrams where datagram.source == .v4(peer.router.address) {
      let due = begin + (datagram.timestamp - first)
      while nextRetransmission <= due { retransmit(&nextRetransmission) }
      bench.run(for: due - bench.now)
      let packet = try sentPacket(datagram)
      if packet.type == .hello { lastHello = packet }
      for outgoing in peer.recorded(packet, isExchanging: isExchanging) { Replay.send(outgoing, by: speaker) }
    }
    guard let lastHello else { throw TestFailure("\(recording.name) has no Hello of \(peer.router.id)") }
    // The recording ends; the conversation goes on for as long as the slowest retransmission takes.
    for _ in 0..<15 {
      bench.run(for: .seconds(peer.router.helloIntervalSeconds))
      for outgoing in peer.recorded(lastHello, isExchanging: isExchanging) { Replay.send(outgoing, by: speaker) }
      while nextRetransmission <= bench.now { retransmit(&nextRetransmission) }
    }
  }

  private var isExchanging: Bool { bench.state(of: peer.router.id) >= .exchange }

  private func retransmit(_ next: inout Instant) {
    if next > bench.now { bench.run(for: next - bench.now) }
    for outgoing in peer.retransmit(isExchanging: isExchanging) { Replay.send(outgoing, by: speaker) }
    next = next + .seconds(5)
  }

  private func sentPacket(_ datagram: CapturedDatagram) throws -> SentPacket {
    try SentPacket(
      Transmission(interfaceIndex: 2, source: datagram.source, destination: datagram.destination, bytes: datagram.bytes),
      at: bench.now)
  }

  private static func send(_ outgoing: Packet.Body.Outgoing, by speaker: HandMadeNeighbor) {
    switch outgoing {
    case .bytes(let bytes, let destination): speaker.send(bytes: bytes, to: destination)
    case .body(let body): speaker.send(body)
    case .update(let lsas): speaker.sendUpdate(lsas)
    }
  }
}
