import OSPFProtocol
import OSPFWire
import PacketCapture

/// The states through which a recorded router took a neighbor, as far as its packets show them.
///
/// A router does not say in which state a neighbor is. What it sends shows that it must have reached one: a Hello that lists the
/// neighbor, a Database Description. Full shows in nothing that it sends; it is reached when both sides have described their databases
/// and the router has every LSA that it requests.
public struct RecordedNeighborStates: Sendable {
  /// A state that was reached, and when, counted from the recording's first packet.
  public struct Change: Hashable, Sendable {
    /// When.
    public let time: Duration
    /// Which.
    public let to: NeighborState
  }

  /// The changes in order.
  public private(set) var changes: [Change] = []
  /// The last state.
  public var state: NeighborState { changes.last?.to ?? .down }
  /// The highest state.
  public var highest: NeighborState { changes.map(\.to).max() ?? .down }

  private let router: RecordedRouter
  private let neighbor: RecordedRouter
  private var isListedByNeighbor = false
  private var hasDescribed = false
  private var neighborHasDescribed = false
  /// What the router requests of the neighbor, at any time.
  private let requested: Set<LSAKey>
  /// What of it the neighbor has described and the router does not have.
  private var wanted: Set<LSAKey> = []
  /// What the router has shown to have, or was sent.
  private var known: [LSAKey: SequenceNumber] = [:]

  /// What `router` has noted itself of `neighbor`.
  init(
    noted: [(time: Duration, from: NeighborState, to: NeighborState, cause: NeighborEvent)], of neighbor: RecordedRouter,
    at router: RecordedRouter, since start: Duration
  ) {
    self.router = router
    self.neighbor = neighbor
    requested = []
    changes = noted.map { Change(time: $0.time - start, to: $0.to) }
  }

  /// What `router` thought of `neighbor`.
  public init(_ recording: Recording, of neighbor: RecordedRouter, at router: RecordedRouter) {
    self.router = router
    self.neighbor = neighbor
    requested = recording.requests(of: router, to: neighbor)
    let start = recording.packets.first?.datagram.timestamp ?? .zero
    for packet in recording.packets where packet.problems.isEmpty {
      guard let body = packet.packet?.body else { continue }
      let time = packet.datagram.timestamp - start
      if recording.isPacket(packet, of: router) {
        sent(body, packet, at: time)
      } else if recording.isPacket(packet, of: neighbor) {
        received(body, packet, at: time)
      }
    }
  }

  private mutating func enter(_ state: NeighborState, at time: Duration) {
    guard state != self.state else { return }
    if state <= .exStart {
      hasDescribed = false
      neighborHasDescribed = false
      wanted = []
    }
    changes.append(Change(time: time, to: state))
  }

  private mutating func sent(_ body: Packet.Body, _ packet: InspectedPacket, at time: Duration) {
    switch body {
    case .hello(let hello):
      // On some networks a Hello is for one neighbor, and says nothing to others.
      guard packet.datagram.destination.isMulticast || packet.datagram.destination == neighbor.address else { return }
      if !hello.neighbors.contains(neighbor.routerID) {
        enter(.down, at: time)
      } else if !isListedByNeighbor {
        enter(.`init`, at: time)
      } else if state < .twoWay {
        enter(.twoWay, at: time)
      }
    case .databaseDescription(let description):
      guard packet.datagram.destination == neighbor.address || packet.datagram.destination.isMulticast else { return }
      if description.flags.contains(.initialize) {
        enter(.exStart, at: time)
      } else if state < .exchange {
        enter(.exchange, at: time)
      }
      if !description.flags.contains(.initialize) { hasDescribed = !description.flags.contains(.more) }
      description.lsaHeaders.forEach { learn($0) }
      considerFull(at: time)
    case .linkStateUpdate: packet.lsas.forEach { learn($0.header) }
    case .linkStateRequest, .linkStateAcknowledgment: break
    }
  }

  private mutating func received(_ body: Packet.Body, _ packet: InspectedPacket, at time: Duration) {
    let destination = packet.datagram.destination
    guard destination.isMulticast || destination == router.address else { return }
    switch body {
    case .hello(let hello):
      isListedByNeighbor = hello.neighbors.contains(router.routerID)
      if isListedByNeighbor, state == .`init` { enter(.twoWay, at: time) }
      if !isListedByNeighbor, state > .`init` { enter(.`init`, at: time) }
    case .databaseDescription(let description):
      if !description.flags.contains(.initialize) { neighborHasDescribed = !description.flags.contains(.more) }
      for header in description.lsaHeaders where requested.contains(header.key) {
        if known[header.key].map({ $0 < header.sequenceNumber }) ?? true { wanted.insert(header.key) }
      }
      considerFull(at: time)
    case .linkStateUpdate:
      packet.lsas.forEach { learn($0.header) }
      considerFull(at: time)
    case .linkStateRequest, .linkStateAcknowledgment: break
    }
  }

  private mutating func learn(_ header: LSAHeader) {
    wanted.remove(header.key)
    known[header.key] = max(known[header.key] ?? header.sequenceNumber, header.sequenceNumber)
  }

  private mutating func considerFull(at time: Duration) {
    guard state == .exchange || state == .loading, hasDescribed, neighborHasDescribed else { return }
    enter(wanted.isEmpty ? .full : .loading, at: time)
  }
}
