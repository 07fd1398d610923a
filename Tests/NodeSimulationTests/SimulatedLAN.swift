import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// The network that the routers and the nodes are on: who hears whom, and how well.
final class SimulatedLAN {
  /// Somebody with an interface on it.
  protocol Station: AnyObject {
    var address: IPAddress { get }
    /// Whether it listens to packets with this destination at the moment.
    func listens(to destination: IPAddress) -> Bool
    func receive(_ datagram: Datagram)
  }

  static let interfaceIndex: UInt32 = 2
  /// Why a client's packet to a station, or an acknowledgment from it, may be lost.
  struct Port {
    var isConnected = true
    var loss = 0
    /// Ports of another part of a network that has fallen apart are not heard.
    var part = 0
    /// When it was last changed.
    var changedAt: Instant?
  }

  private let agenda: Agenda
  private(set) var stations: [any Station] = []
  var ports: [Port] = []

  init(_ agenda: Agenda) { self.agenda = agenda }

  func attach(_ station: any Station) -> Int {
    stations.append(station)
    ports.append(Port())
    return stations.count - 1
  }

  func send(_ transmission: Transmission, from port: Int) {
    guard ports[port].isConnected else { return }
    for other in stations.indices where other != port && ports[other].isConnected && ports[other].part == ports[port].part {
      guard stations[other].listens(to: transmission.destination) else { continue }
      let loss = max(ports[port].loss, ports[other].loss)
      guard loss == 0 || !agenda.random.chance(loss) else { continue }
      let datagram = Datagram(
        interfaceIndex: Self.interfaceIndex, source: transmission.source, destination: transmission.destination,
        bytes: transmission.bytes)
      agenda.after(agenda.random.duration(.microseconds(100)...(.milliseconds(2)))) { [weak self] in
        guard let self, self.ports[other].isConnected, self.stations[other].listens(to: datagram.destination) else { return }
        self.stations[other].receive(datagram)
      }
    }
  }

  /// Whether a port has worked without loss for some time.
  func isSound(_ port: Int, for length: Duration) -> Bool {
    ports[port].isConnected && ports[port].loss == 0 && ports[port].changedAt.map { agenda.now - $0 > length } ?? true
  }

  /// Changes a port; what was in flight in the meantime may have been lost.
  func change(_ port: Int, _ body: (inout Port) -> Void) {
    body(&ports[port])
    ports[port].changedAt = agenda.now
  }
}
