import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// A router of the network: the engine, and a tiny view of the routes that follow from its database.
final class SimulatedRouter: SimulatedLAN.Station {
  let address: IPAddress
  private let number: UInt8
  private let agenda: Agenda
  private let lan: SimulatedLAN
  private(set) var port = 0
  private(set) var router: Router?
  private var sink = OutputSink()
  private var groups: Set<IPAddress> = []
  private var starts: UInt64 = 0
  /// The routes, as far as nothing has happened since they were looked at.
  private var view: [IPPrefix: [RouterID: UInt32]]?
  /// Called when the routes may have changed.
  var onChange: () -> Void = {}

  init(number: UInt8, agenda: Agenda, lan: SimulatedLAN) {
    self.number = number
    self.agenda = agenda
    self.lan = lan
    address = .v4(IPv4Address(10, 0, 0, number))
    port = lan.attach(self)
  }

  var deadline: Instant? { router?.nextDeadline }

  func start() {
    guard router == nil else { return }
    starts += 1
    sink = OutputSink()
    groups = []
    let configuration = RouterConfiguration(
      version: .v2, routerID: RouterID(rawValue: UInt32(number)), areas: [:], stubRouter: StubRouterPolicy(maxMetric: .never))
    router = Router(
      configuration: configuration, seed: UInt64(number) &* 1000 &+ starts,
      sequenceNumbers: SequenceNumberReservation(wallClock: agenda.now.nanoseconds / 1_000_000_000), at: agenda.now, sink: sink)
    let settings = InterfaceSettings(
      area: .backbone, networkType: .broadcast, helloInterval: .seconds(Simulation.helloInterval),
      routerDeadInterval: .seconds(Simulation.deadInterval), priority: 1)
    let definition = InterfaceDefinition(
      name: "lan", index: SimulatedLAN.interfaceIndex,
      addressing: .ipv4(address: IPv4Address(10, 0, 0, number), subnet: Simulation.subnet, isUnnumbered: false),
      settings: settings)
    call { $0.setInterfaces([definition], at: self.agenda.now) }
  }

  /// Ends without a word.
  func crash() {
    router = nil
    groups = []
    view = nil
    onChange()
  }

  func advance() { call { $0.advance(to: self.agenda.now) } }

  func listens(to destination: IPAddress) -> Bool {
    router != nil && (destination == address || groups.contains(destination))
  }

  func receive(_ datagram: Datagram) {
    // Nothing of the database comes with a Hello.
    let isHello = datagram.bytes.count > 1 && datagram.bytes[1] == PacketType.hello.rawValue
    call(mayChangeDatabase: !isHello) { $0.receive(datagram, at: self.agenda.now) }
  }

  private func call(mayChangeDatabase: Bool = false, _ body: (Router) -> Void) {
    guard let router else { return }
    body(router)
    let outputs = sink.drain()
    if mayChangeDatabase || outputs.contains(where: { if case .event = $0 { true } else { false } }) {
      view = nil
      onChange()
    }
    for output in outputs {
      switch output {
      case .transmit(let transmission): lan.send(transmission, from: port)
      case .joinGroup(_, let group): groups.insert(group)
      case .leaveGroup(_, let group): groups.remove(group)
      case .reserveSequenceNumbers, .event: break
      }
    }
  }

  /// The external routes: for each prefix the adjacent routers that advertise it, with the metric.
  var routes: [IPPrefix: [RouterID: UInt32]] {
    if let view { return view }
    var routes: [IPPrefix: [RouterID: UInt32]] = [:]
    if let router {
      let adjacent = Set(router.neighborSnapshots(at: agenda.now).filter { $0.state == .full }.map(\.reference.routerID))
      for lsa in router.databaseSnapshot(at: agenda.now)
      where lsa.header.key.lsType == .asExternal && lsa.header.lsAge < 3600 && adjacent.contains(lsa.header.key.advertisingRouter)
      {
        guard case .asExternal(let body)? = try? LSABody.decode(lsa.bytes.span.bytes, version: .v2), let route = body.routes.first
        else { continue }
        let address = IPv4Address(rawValue: lsa.header.key.linkStateID.rawValue)
        routes[IPPrefix(host: .v4(address)), default: [:]][lsa.header.key.advertisingRouter] = route.metric
      }
    }
    view = routes
    return routes
  }
}
