import OSPFProtocol
import OSPFWire
import PacketCapture

/// An engine in virtual time: what it sends and reports is collected with the time at which it did.
struct VirtualRouter {
  /// The engine.
  let router: Router
  /// The time since the beginning.
  var elapsed: Duration { now - begin }
  /// What has been sent since the last `takeSent`.
  private var sent: [Transmission] = []
  /// Every event, with its time.
  private(set) var events: [(time: Duration, event: Event)] = []

  private let sink = OutputSink()
  private let begin: Instant
  private var now: Instant
  private var turns = 0

  /// What ends a replay of which no end is in sight.
  struct Exhausted: Error {}
  private static let turnLimit = 1_000_000

  /// Starts an engine `lead` before the beginning.
  init(_ configuration: RouterConfiguration, _ interface: InterfaceDefinition, lead: Duration) {
    now = .zero
    begin = now + lead
    router = Router(configuration: configuration, seed: 1, at: now, sink: sink)
    router.setInterfaces([interface], at: now)
    collect()
  }

  /// The instant of the engine's next timer, as the time since the beginning.
  var nextDeadline: Duration? { router.nextDeadline.map { $0 - begin } }

  /// Lets time pass up to `time`, which is not beyond the next deadline.
  mutating func advance(to time: Duration) throws(Exhausted) {
    turns += 1
    guard turns < Self.turnLimit else { throw Exhausted() }
    now = max(now, begin + time)
    router.advance(to: now)
    collect()
  }

  /// Gives the engine a packet.
  mutating func receive(_ datagram: Datagram) {
    router.receive(datagram, at: now)
    collect()
  }

  /// What was sent since the last call, in order.
  mutating func takeSent() -> [Transmission] {
    defer { sent = [] }
    return sent
  }

  /// The state of a neighbor; Down when the engine has none.
  func state(of neighbor: RecordedRouter) -> NeighborState { snapshot(of: neighbor)?.state ?? .down }

  /// A neighbor at this instant.
  func snapshot(of neighbor: RecordedRouter) -> NeighborSnapshot? {
    router.neighborSnapshots(at: now).first {
      $0.reference.routerID == neighbor.routerID && $0.reference.address == neighbor.address
    }
  }

  /// The database at this instant.
  var database: [LSASnapshot] { router.databaseSnapshot(at: now) }

  private mutating func collect() {
    for output in sink.drain() {
      switch output {
      case .transmit(let transmission): sent.append(transmission)
      case .event(let event): events.append((elapsed, event))
      case .joinGroup, .leaveGroup, .reserveSequenceNumbers: break
      }
    }
  }
}
