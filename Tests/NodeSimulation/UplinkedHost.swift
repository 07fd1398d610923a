import AnycastNode
import AnycastPolicy
import BFDProtocol
import Configuration
import FlightRecords
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// A host with two uplinks, each to a network of its own with one router, and a flight recorder as the daemon has it.
public final class UplinkedHost: NodeHost {
  /// What an uplink can suffer.
  public enum Failure: CaseIterable, Sendable {
    /// The network loses everything.
    case silence
    /// The router restarts so quickly that no dead timer notices.
    case restart
    /// The device is down.
    case link
    /// A reload gives the interface a HelloInterval that the router has not.
    case mismatch
    /// A reload gives the interface a key that the router has not, where there is one.
    case otherKey
    /// An operator clears the adjacency.
    case cleared
    /// Nothing fails.
    case none
  }

  /// How an uplink is, and what hears on it.
  private final class Uplink: Station {
    let index: UInt32
    let device: String
    let number: UInt8
    unowned let host: UplinkedHost
    let lan: SimulatedLAN
    private(set) var router: SimulatedRouter?
    private(set) var port = 0
    var bfd: SimulatedBFD?
    var isUp = true
    var groups: [ProtocolInstance: Set<IPAddress>] = [:]

    init(_ host: UplinkedHost, position: UInt8, _ scenario: Scenario, helps: Bool) {
      index = 2 + UInt32(position)
      device = "eth\(position)"
      number = 100 + position
      self.host = host
      lan = SimulatedLAN(host.agenda, scenario)
      let router = SimulatedRouter(number: position + 1, agenda: host.agenda, lan: lan, helps: helps)
      self.router = router
      port = lan.attach(self)
      router.start()
    }

    var deadline: Instant? { [position == 0 ? host.deadline : nil, bfd?.deadline].compactMap { $0 }.min() }
    private var position: UInt32 { index - 2 }

    func advance() {
      bfd?.advance()
      if position == 0, let deadline = host.deadline, deadline <= host.agenda.now { host.call { $0.advance(to: $1) } }
    }

    func listens(to destination: IPAddress) -> Bool {
      isUp && groups.values.contains { $0.contains(destination) } || isOwn(destination)
    }

    func receive(_ bytes: [UInt8], from source: IPAddress, to destination: IPAddress, hasRightChecksum: Bool) {
      guard isUp else { return }
      let datagram = Datagram(
        interfaceIndex: index, source: source, destination: destination, bytes: bytes, hasRightChecksum: hasRightChecksum)
      host.recorder.note(FlightRecord.Packet(host.sealed(datagram)), at: host.agenda.now)
      host.call { node, now in
        node.receive(datagram, through: source.v4 == nil ? .ospfv3 : .ospfv2, at: now)
        node.finishTurn(at: now)
      }
    }

    private func isOwn(_ address: IPAddress) -> Bool {
      isUp && OSPFVersion.allCases.contains { Scenario.address(number, $0) == address }
    }

    func watches(_ address: IPAddress) -> Bool { bfd != nil && isOwn(address) }

    func receiveBFD(_ octets: [UInt8], from source: IPAddress, to destination: IPAddress) {
      bfd?.receive(octets, from: source, to: destination, interfaceIndex: index)
    }

    /// The device; its IPv6 address cannot be used before duplicate address detection is over.
    func link(isTentative: Bool = false) -> Link {
      let addresses = OSPFVersion.allCases.map { version in
        var address = LinkAddress(address: Scenario.address(number, version), prefixLength: version == .v2 ? 24 : 64)
        address.isTentative = isTentative && version == .v3
        return address
      }
      return Link(index: index, name: device, mtu: host.mtu[Int(position)], isUp: isUp, addresses: addresses)
    }
  }

  let agenda: Agenda
  private let scenario: Scenario
  private var uplinks: [Uplink] = []
  private(set) var node: AnycastNode?
  private(set) var sink = NodeSink()
  private var recorder = FlightRecorder()
  /// Which process of the node it is.
  private var process = 0
  private var reservedSequenceNumbers: [ProtocolInstance: UInt64] = [:]
  /// How long the next process lets itself be waited for, and whether the recorder outlives this one.
  private var restart: (gap: Duration, keepsRecorder: Bool) = (.zero, false)
  fileprivate var deadline: Instant?
  fileprivate let mtu: [Int]
  private var helloInterval: Int64 = Scenario.helloInterval
  private var hasOtherKey = false
  private var check: CheckAssignment?
  private var isWell = true

  /// A node and its routers; the second uplink may have another MTU than its router.
  public init(
    _ protocols: [ProtocolInstance], isAuthenticated: Bool = false, hasBFD: Bool = false, mtuOfSecondUplink: Int = 1500,
    secondRouterHelps: Bool = true
  ) throws {
    agenda = Agenda(seed: 1, isTold: false)
    var scenario = Scenario()
    scenario.protocols = protocols
    scenario.isAuthenticated = isAuthenticated
    scenario.hasBFD = hasBFD
    self.scenario = scenario
    mtu = [1500, mtuOfSecondUplink]
    uplinks = [0, 1].map { Uplink(self, position: $0, scenario, helps: $0 == 0 || secondRouterHelps) }
    if hasBFD {
      for uplink in uplinks {
        uplink.bfd = SimulatedBFD(seed: UInt64(uplink.index), agenda) { [unowned uplink] octets, source, destination in
          uplink.lan.sendBFD(octets, from: source, to: destination, port: uplink.port)
        } onChange: { [weak self] event in
          guard case .sessionStateChanged(let key, let old, let new, let cause, let diagnostic) = event else { return }
          self?.call { $0.bfdSessionChanged(key, from: old, to: new, event: cause, diagnostic: diagnostic, at: $1) }
        }
      }
    }
    try start(nil)
    call { $0.setLinks(self.uplinks.map { $0.link(isTentative: true) }, at: $1) }
    run(for: .seconds(1))
    call { $0.setLinks(self.uplinks.map { $0.link() }, at: $1) }
  }

  private func start(_ restart: NodeRestart?) throws {
    process += 1
    sink = NodeSink()
    node = AnycastNode(
      configuration: try configuration, reservedSequenceNumbers: reservedSequenceNumbers, restart: restart,
      seed: UInt64(process), wallClock: agenda.now.nanoseconds / 1_000_000_000, at: agenda.now, sink: sink)
    absorb()
  }

  private func end() {
    node = nil
    check = nil
    for uplink in uplinks { uplink.groups = [:] }
  }

  private var configuration: Configuration {
    get throws {
      var text = ""
      for (position, uplink) in uplinks.enumerated() {
        var lines = scenario.interfaceLines(bfd: scenario.hasBFD ? .monitor : .none, without: [])
        if position == 1 {
          lines = lines.replacing("hello-interval \(Scenario.helloInterval)\n", with: "hello-interval \(helloInterval)\n")
        }
        if position == 1, hasOtherKey { lines = lines.replacing(" geheim\n", with: " anders\n") }
        text += "interface \(uplink.device)\n" + lines
      }
      text += "bfd\n profile slow\n  transmit-interval 1000\n  receive-interval 1000\n"
      for kind in scenario.protocols {
        text += kind.version == .v2 ? "router ospf\n ospf router-id 0.0.0.100\n" : "router ospf6\n ospf6 router-id 0.0.0.100\n"
        text += " graceful-restart\n"
      }
      text += "anycast service dns\n address 192.0.2.53\n address-mode none\n"
      text += " check tcp port 53 interval 1s timeout 500ms rise 2 fall 2\n"
      return try Configuration.parse([SourceFile(path: "node.conf", text: text)]).configuration
    }
  }

  /// The kernel of the sender has computed the checksum of OSPFv3.
  private func sealed(_ datagram: Datagram) -> Datagram {
    var sealed = datagram
    guard !scenario.isAuthenticated, let source = datagram.source.v6, let destination = datagram.destination.v6,
      let checksum = InternetChecksum.compute(ospfv3: datagram.bytes.rawSpan, source: source, destination: destination)
    else { return datagram }
    sealed.bytes[12] = UInt8(truncatingIfNeeded: checksum >> 8)
    sealed.bytes[13] = UInt8(truncatingIfNeeded: checksum)
    return sealed
  }

  func settle() { deadline = node?.nextDeadline }

  func carryOut(_ effect: NodeEffect) {
    switch effect {
    case .transmit(let transmission, _):
      recorder.note(FlightRecord.Packet(transmission), at: agenda.now)
      guard let uplink = uplinks.first(where: { $0.index == transmission.interfaceIndex }), uplink.isUp else { return }
      uplink.lan.send(transmission, from: uplink.port)
    case .holdSockets(let wanted, let request):
      for uplink in uplinks {
        uplink.groups = [:]
        for (socket, groups) in wanted where socket.interfaceIndex == uplink.index { uplink.groups[socket.instance] = groups }
      }
      node?.socketsApplied(request: request, failures: [:], at: agenda.now)
    case .holdAddresses(_, let request): node?.addressesApplied(request: request, failures: [:], at: agenda.now)
    case .holdRoutes(_, let request): node?.routesApplied(request: request, failures: [:], at: agenda.now)
    case .holdSessions(let wanted):
      for uplink in uplinks { uplink.bfd?.hold(wanted.filter { $0.key.interfaceIndex == uplink.index }) }
    case .runChecks(let checks):
      let isFirst = check == nil
      check = checks.first
      if isFirst { probe(of: process) }
    case .event(let event): recorder.note("\(event)", event.fact, at: agenda.now)
    case .record(let fact): recorder.note(fact.description, fact, at: agenda.now)
    case .reserveSequenceNumbers(let kind, let end, _): reservedSequenceNumbers[kind] = end
    case .restart(let memory):
      end()
      let (gap, keepsRecorder) = restart
      agenda.after(gap) { [weak self] in
        guard let self else { return }
        if !keepsRecorder { recorder = FlightRecorder() }
        try? start(NodeRestart(memory: memory, age: gap, isPlanned: true))
        call { $0.setLinks(self.uplinks.map { $0.link() }, at: $1) }
      }
    case .watchRoutes, .countTraffic, .storeDrains, .storeService, .runCommand, .memoryChanged, .ended: break
    }
  }

  private func probe(of process: Int) {
    guard let check, process == self.process else { return }
    let verdict = isWell ? Verdict.passing(detail: nil) : .failing(reason: "connection refused")
    call { $0.record(ProbeOutcome(check: check, verdict: verdict, duration: .zero, nextProbe: .seconds(1)), at: $1) }
    agenda.after(.seconds(1)) { [weak self] in self?.probe(of: process) }
  }

  // MARK: - The story

  public func run(for duration: Duration) {
    agenda.run(until: agenda.now + duration, uplinks.flatMap(\.lan.stations)) {}
  }

  /// The adjacencies that are Full, by device.
  public var adjacencies: [String: Int] {
    guard let node else { return [:] }
    let full = node.instanceSnapshots(at: agenda.now).flatMap(\.neighbors).filter { $0.state == .full }
    return Dictionary(grouping: full, by: \.reference.interface.name).mapValues(\.count)
  }

  /// Lets the second uplink fail, and some time pass.
  public func fail(_ failure: Failure, for duration: Duration = .seconds(15)) throws {
    let uplink = uplinks[1]
    switch failure {
    case .silence: uplink.lan.change(uplink.port) { $0.part = 1 }
    case .restart:
      uplink.router?.crash()
      run(for: .milliseconds(500))
      uplink.router?.start()
    case .link:
      uplink.isUp = false
      call { $0.setLinks(self.uplinks.map { $0.link() }, at: $1) }
    case .mismatch:
      helloInterval = 3
      let configuration = try configuration
      call { _ = $0.apply(configuration, at: $1) }
    case .otherKey:
      hasOtherKey = true
      let configuration = try configuration
      call { _ = $0.apply(configuration, at: $1) }
    case .cleared:
      call { node, now in for version in OSPFVersion.allCases { _ = node.clearNeighbors(version, RouterID(rawValue: 2), at: now) }
      }
    case .none: break
    }
    run(for: duration)
  }

  /// The node tells its routers that it restarts, ends, and is there again after a while, with another recorder where the old one is not
  /// kept.
  public func restartGracefully(gracePeriod: Duration? = nil, after gap: Duration, keepsRecorder: Bool = false) {
    restart = (gap, keepsRecorder)
    call { node, now in try? node.restartGracefully(gracePeriod: gracePeriod, at: now) }
  }

  /// One of the routers restarts, and asks for help with that.
  public func restartRouter(_ position: Int, gracePeriod: Duration, after gap: Duration) {
    uplinks[position].router?.restartGracefully(gracePeriod: gracePeriod, after: gap)
  }

  /// One of the routers ends without a word, and begins anew in a moment.
  public func crashRouter(_ position: Int) {
    uplinks[position].router?.crash()
    agenda.after(.milliseconds(500)) { [weak self] in self?.uplinks[position].router?.start() }
  }

  /// The LSAs that a version of the node has originated, with their sequence numbers.
  public func ownLSAs(_ kind: ProtocolInstance) -> [LSAKey: SequenceNumber] {
    let numbers = node?.memory(at: agenda.now)?.instances[kind]?.state.sequenceNumbers ?? [:]
    return Dictionary(numbers.map { ($0.key.key, $0.value) }) { first, _ in first }
  }

  /// Mends what had failed by silence.
  public func mend() { uplinks[1].lan.change(uplinks[1].port) { $0.part = 0 } }

  /// Lets the server of the service fail.
  public func failServer() { isWell = false }

  /// The recording of the last minutes, as the daemon writes it.
  public var recording: [UInt8] {
    FlightRecording(
      records: recorder.records(at: agenda.now), comment: "asked",
      devices: Dictionary(uniqueKeysWithValues: uplinks.map { ($0.index, $0.device) }), epoch: 1_796_000_000_000_000_000
    ).pcapng
  }
}
