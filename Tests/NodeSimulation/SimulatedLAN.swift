import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// Somebody with an interface on the network.
protocol Station: AnyObject {
  /// When it has something to do next.
  var deadline: Instant? { get }
  func advance()
  /// Whether it listens to packets of OSPF with this destination at the moment.
  func listens(to destination: IPAddress) -> Bool
  /// A packet of OSPF arrives; with a wrong checksum where it is a forgery of somebody who cannot do better.
  func receive(_ bytes: [UInt8], from source: IPAddress, to destination: IPAddress, hasRightChecksum: Bool)
  /// Whether it has BFD and this address.
  func watches(_ address: IPAddress) -> Bool
  func receiveBFD(_ octets: [UInt8], from source: IPAddress, to destination: IPAddress)
}

/// The network that the routers and the nodes are on: who hears whom, and how well.
final class SimulatedLAN {
  /// Why a client's packet to a station, or an acknowledgment from it, may be lost.
  struct Port {
    var isConnected = true
    var loss = 0
    /// Ports of another part of a network that has fallen apart are not heard.
    var part = 0
    /// When it was last changed.
    var changedAt: Instant?
  }

  let scenario: Scenario
  private unowned let agenda: Agenda
  private(set) var stations: [any Station] = []
  private(set) var ports: [Port] = []
  /// When the last packet from one port to another arrives.
  private var arrivals: [Instant] = []
  /// The last packets, for whoever records them.
  private(set) var recent: [Transmission] = []

  init(_ agenda: Agenda, _ scenario: Scenario) {
    self.agenda = agenda
    self.scenario = scenario
  }

  func attach(_ station: any Station) -> Int {
    stations.append(station)
    ports.append(Port())
    arrivals = Array(repeating: .zero, count: ports.count << 4)
    return stations.count - 1
  }

  func send(_ transmission: Transmission, from port: Int) {
    guard ports[port].isConnected else { return }
    if recent.count < 64 {
      recent.append(transmission)
    } else {
      recent[Int.random(in: 0..<64, using: &agenda.random)] = transmission
    }
    forEachHearer(of: port) { station in
      station.listens(to: transmission.destination)
    } deliver: { station in
      guard station.listens(to: transmission.destination) else { return }
      station.receive(
        transmission.bytes, from: transmission.source, to: transmission.destination, hasRightChecksum: true)
    }
  }

  func sendBFD(_ octets: [UInt8], from source: IPAddress, to destination: IPAddress, port: Int) {
    guard ports[port].isConnected else { return }
    forEachHearer(of: port) { station in
      station.watches(destination)
    } deliver: { station in
      guard station.watches(destination) else { return }
      station.receiveBFD(octets, from: source, to: destination)
    }
  }

  /// Somebody who is no station sends a packet to all.
  func forge(_ bytes: [UInt8], from source: IPAddress, to destination: IPAddress, hasRightChecksum: Bool) {
    for station in stations where station.listens(to: destination) {
      station.receive(bytes, from: source, to: destination, hasRightChecksum: hasRightChecksum)
    }
  }

  private func forEachHearer(
    of port: Int, _ isMeant: (any Station) -> Bool, deliver: @escaping (any Station) -> Void
  ) {
    let sender = ports[port]
    for other in stations.indices where other != port {
      let receiver = ports[other]
      guard receiver.isConnected, receiver.part == sender.part, isMeant(stations[other]) else { continue }
      let loss = max(sender.loss, receiver.loss)
      guard loss == 0 || !agenda.random.chance(loss) else { continue }
      var arrival = agenda.now + agenda.random.duration(scenario.latency)
      if scenario.hasOrder {
        let way = port << 4 | other
        arrival = max(arrival, arrivals[way])
        arrivals[way] = arrival
      }
      agenda.after(arrival - agenda.now) { [weak self] in
        guard let self, self.ports[other].isConnected else { return }
        deliver(self.stations[other])
      }
    }
  }

  /// Whether a port has worked without loss for some time.
  func isSound(_ port: Int, for length: Duration) -> Bool {
    let port = ports[port]
    return port.isConnected && port.loss == 0 && port.part == 0 && port.changedAt.map { agenda.now - $0 > length } ?? true
  }

  /// Changes a port; what was in flight in the meantime may have been lost.
  func change(_ port: Int, _ body: (inout Port) -> Void) {
    body(&ports[port])
    ports[port].changedAt = agenda.now
  }
}
