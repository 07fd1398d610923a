import HeapModule
import OSPFProtocol
import OSPFWire

/// Many engines and the networks between them, in one process and in virtual time. Everything random comes from one seed:
/// the same seed and the same calls give the same run, to the octet.
public final class VirtualNetwork {
  /// What the engines speak.
  public let instance: ProtocolInstance
  /// The instant of the last thing that happened.
  public private(set) var now = Instant(nanoseconds: 5_000_000_000)
  /// The hosts; a host is named by its position.
  public private(set) var hosts: [VirtualHost] = []
  /// The segments; a segment is named by its position.
  public var segments: [VirtualSegment] = []
  /// Every event of every engine.
  public private(set) var events: [(time: Instant, host: Int, event: Event)] = []
  /// A number that depends on every packet that was sent, when and by whom.
  public private(set) var trace: UInt64 = 0xCBF2_9CE4_8422_2325
  /// When a packet that is no Hello was sent last.
  public private(set) var lastProtocolActivity = Instant.zero
  /// Packets sent since the beginning.
  public private(set) var transmissionCount = 0
  /// Called with each packet that is sent: for a person who looks into a failing seed.
  public var onTransmission: ((Instant, Int, Transmission) -> Void)?

  private var random: SplitMix64
  private let seed: UInt64
  private var inFlight = Heap<Delivery>()
  private var deliveryCount: UInt64 = 0

  private struct Delivery: Comparable {
    let sent: Instant
    let time: Instant
    let order: UInt64
    let host: Int
    let datagram: Datagram

    static func < (left: Self, right: Self) -> Bool { (left.time, left.order) < (right.time, right.order) }
    static func == (left: Self, right: Self) -> Bool { left.order == right.order }
  }

  /// Makes an empty network.
  public init(_ instance: ProtocolInstance, seed: UInt64) {
    self.instance = instance
    self.seed = seed
    random = SplitMix64(seed: seed ^ 0x6E65_7477_6F72_6B00)
  }

  // MARK: Building

  /// Adds a segment and returns its position.
  public func addSegment(_ segment: VirtualSegment) -> Int {
    segments.append(segment)
    return segments.count - 1
  }

  /// Adds a host that is down and returns its position.
  public func addHost(_ configuration: RouterConfiguration) -> Int {
    hosts.append(VirtualHost(configuration: instance.translate(configuration)))
    return hosts.count - 1
  }

  /// Attaches a host that is down to a segment, with the segment's network type and the next free address.
  public func attach(_ host: Int, to segment: Int, _ settings: InterfaceSettings) {
    let number = UInt32(segments[segment].attachments.count + 1)
    let address = IPv4Address(rawValue: segments[segment].subnet.address.rawValue + number)
    // No two hosts have the same one, so that nobody's Interface ID can be taken for somebody else's.
    let index = UInt32(hosts[host].interfaces.count + 2 + host * 16)
    var settings = settings
    settings.networkType = segments[segment].networkType
    hosts[host].interfaces.append(
      instance.translate(
        InterfaceDefinition(
          name: "eth\(index)", index: index,
          addressing: .ipv4(address: address, subnet: segments[segment].subnet, isUnnumbered: false), settings: settings)))
    segments[segment].attachments.append(.init(host: host, interfaceIndex: index))
  }

  /// The interface that an attachment is.
  public func definition(_ attachment: VirtualSegment.Attachment) -> InterfaceDefinition? {
    hosts[attachment.host].interfaces.first { $0.index == attachment.interfaceIndex }
  }

  /// Tells every interface on a segment that cannot find its neighbors who they are.
  public func configureNeighbors(on segment: Int) {
    for attachment in segments[segment].attachments {
      let others = segments[segment].attachments.filter { $0 != attachment }
      guard let position = hosts[attachment.host].interfaces.firstIndex(where: { $0.index == attachment.interfaceIndex })
      else { continue }
      hosts[attachment.host].interfaces[position].settings.neighbors = others.compactMap(definition).map {
        ConfiguredNeighbor(address: $0.ownAddress, priority: 1)
      }
    }
  }

  // MARK: What people and the kernel do

  /// Starts a host that is down.
  public func start(_ host: Int) {
    let sink = OutputSink()
    hosts[host].starts += 1
    hosts[host].sink = sink
    hosts[host].groups = []
    hosts[host].isLeaving = false
    let restart = hosts[host].restart.flatMap { restart in
      restart.end > now
        ? GracefulRestart(state: restart.state, gracePeriod: restart.end - now, reason: .softwareRestart) : nil
    }
    hosts[host].restart = nil
    hosts[host].router = Router(
      configuration: hosts[host].configuration, seed: seed &* 31 &+ UInt64(host) &* 1009 &+ hosts[host].starts,
      sequenceNumbers: setAsideSequenceNumbers(host), restart: restart, at: now, sink: sink)
    call(host) { router in
      router.setInterfaces(self.hosts[host].interfaces, at: self.now)
      router.advertise(self.hosts[host].advertisements, at: self.now)
    }
  }

  /// Sets a host's calendar; the engine notices at its next start.
  public func setClock(_ host: Int, by seconds: Int64) { hosts[host].clockOffset += seconds }

  private func setAsideSequenceNumbers(_ host: Int) -> SequenceNumberReservation {
    let wallClock = now.nanoseconds / 1_000_000_000 + hosts[host].clockOffset
    let reservation = SequenceNumberReservation(after: hosts[host].sequenceNumberEnd, wallClock: wallClock)
    hosts[host].sequenceNumberEnd = reservation.end
    return reservation
  }

  /// Ends a host without a word, as a crash does.
  public func crash(_ host: Int) {
    hosts[host].router = nil
    hosts[host].deadline = nil
    hosts[host].groups = []
  }

  /// Lets a host leave in order; it is down when its engine says that it has departed.
  public func leave(_ host: Int, timeout: Duration) {
    hosts[host].isLeaving = true
    call(host) { $0.shutDown(at: self.now, timeout: timeout) }
  }

  /// Lets a host tell its neighbors that it restarts; it is down when they know, and its next start goes on where it ended.
  public func prepareRestart(_ host: Int, gracePeriod: Duration) {
    guard let router = hosts[host].router, !hosts[host].isLeaving else { return }
    hosts[host].isLeaving = true
    let state = router.prepareRestart(gracePeriod: gracePeriod, reason: .softwareRestart, timeout: .seconds(1), at: now)
    hosts[host].restart = (state, now + gracePeriod)
    call(host) { _ in }
  }

  /// Changes what a host advertises.
  public func advertise(_ host: Int, _ advertisements: [Advertisement]) {
    hosts[host].advertisements = advertisements.map(instance.translate)
    call(host) { $0.advertise(self.hosts[host].advertisements, at: self.now) }
  }

  /// Changes one interface of a host.
  public func changeInterface(_ host: Int, _ position: Int, _ change: (inout InterfaceDefinition) -> Void) {
    change(&hosts[host].interfaces[position])
    call(host) { $0.setInterfaces(self.hosts[host].interfaces, at: self.now) }
  }

  /// Applies a configuration to a host.
  public func apply(_ host: Int, _ configuration: RouterConfiguration) {
    hosts[host].configuration = instance.translate(configuration)
    call(host) { $0.apply(self.hosts[host].configuration, at: self.now) }
  }

  // MARK: Time

  /// Lets time pass until `end`.
  public func run(until end: Instant) {
    var turnsAtThisInstant = 0
    while let next = nextInstant, next <= end {
      turnsAtThisInstant = next > now ? 0 : turnsAtThisInstant + 1
      precondition(turnsAtThisInstant < 100_000, "time does not move past \(now): seed \(seed)")
      now = max(now, next)
      step()
    }
    now = max(now, end)
  }

  /// Lets `duration` pass.
  public func run(for duration: Duration) { run(until: now + duration) }

  /// The databases, the neighbors and the interfaces of a host; empty while it is down.
  public func database(_ host: Int) -> [LSASnapshot] { hosts[host].router?.databaseSnapshot(at: now) ?? [] }
  public func neighbors(_ host: Int) -> [NeighborSnapshot] { hosts[host].router?.neighborSnapshots(at: now) ?? [] }
  public func interfaces(_ host: Int) -> [InterfaceSnapshot] { hosts[host].router?.interfaceSnapshots(at: now) ?? [] }

  private var nextInstant: Instant? {
    let deadlines = hosts.lazy.compactMap(\.deadline).min()
    return [inFlight.min?.time, deadlines].compactMap { $0 }.min()
  }

  /// Does one thing that is due: first what arrives, then the engines' timers in the order of the hosts.
  private func step() {
    if let delivery = inFlight.min, delivery.time <= now {
      inFlight.removeMin()
      if arrivesInTime(delivery) { call(delivery.host) { $0.receive(delivery.datagram, at: self.now) } }
      return
    }
    guard let host = hosts.firstIndex(where: { $0.deadline.map { $0 <= now } ?? false }) else { return }
    call(host) { $0.advance(to: self.now) }
  }

  /// Whether no LSA in the packet has been flushed at its receiver since it was sent. A copy that a network delays beyond that comes
  /// to life again, and nothing in RFC 2328 can tell it from a new one; this network loses it.
  private func arrivesInTime(_ delivery: Delivery) -> Bool {
    guard delivery.datagram.bytes.count > 1, delivery.datagram.bytes[1] == PacketType.linkStateUpdate.rawValue,
      case .linkStateUpdate(let update)? = try? Packet.decode(delivery.datagram.bytes.rawSpan, version: instance.version).body
    else { return true }
    for header in update.lsas.map(\.header) {
      if header.lsAge >= 3600 {
        hosts[delivery.host].flushed[header.key] = now
      } else if let flushed = hosts[delivery.host].flushed[header.key], flushed >= delivery.sent {
        return false
      }
    }
    return true
  }

  // MARK: Between the engines

  private func call(_ host: Int, _ body: (Router) -> Void) {
    guard let router = hosts[host].router else { return }
    body(router)
    for output in hosts[host].sink.drain() { take(output, from: host) }
    hosts[host].deadline = hosts[host].router?.nextDeadline
  }

  private func take(_ output: Output, from host: Int) {
    switch output {
    case .transmit(let transmission): carry(transmission, from: host)
    case .joinGroup(let interfaceIndex, let group): hosts[host].groups.insert(.init(interfaceIndex, group))
    case .leaveGroup(let interfaceIndex, let group): hosts[host].groups.remove(.init(interfaceIndex, group))
    case .reserveSequenceNumbers(let end): hosts[host].sequenceNumberEnd = end
    case .note: break
    case .event(let event):
      events.append((now, host, event))
      switch event {
      case .departed, .gracefulRestart(.prepared): if hosts[host].isLeaving { crash(host) }
      default: break
      }
    }
  }

  private func carry(_ transmission: Transmission, from host: Int) {
    note(transmission, from: host)
    for segment in segments {
      guard let sender = segment.attachments.first(where: { isSender($0, of: transmission, host: host) }) else { continue }
      for receiver in segment.attachments where receiver != sender && segment.connects(host, receiver.host) {
        guard reaches(transmission, receiver, on: segment) else { continue }
        deliver(transmission, to: receiver, segment.faults)
      }
    }
  }

  private func isSender(_ attachment: VirtualSegment.Attachment, of transmission: Transmission, host: Int) -> Bool {
    attachment.host == host && attachment.interfaceIndex == transmission.interfaceIndex
      && transmission.source == definition(attachment)?.ownAddress
  }

  private func reaches(
    _ transmission: Transmission, _ receiver: VirtualSegment.Attachment, on segment: VirtualSegment
  ) -> Bool {
    guard hosts[receiver.host].router != nil, let interface = definition(receiver), interface.isUp else { return false }
    guard transmission.destination.isMulticast else { return transmission.destination == interface.ownAddress }
    return segment.carriesMulticast
      && hosts[receiver.host].groups.contains(.init(receiver.interfaceIndex, transmission.destination))
  }

  private func deliver(
    _ transmission: Transmission, to receiver: VirtualSegment.Attachment, _ faults: VirtualSegment.Faults
  ) {
    let copies = random.chance(faults.loss) ? 0 : random.chance(faults.duplication) ? 2 : 1
    for _ in 0..<copies {
      deliveryCount += 1
      inFlight.insert(
        Delivery(
          sent: now, time: now + random.duration(faults.delay), order: deliveryCount, host: receiver.host,
          datagram: Datagram(
            interfaceIndex: receiver.interfaceIndex, source: transmission.source, destination: transmission.destination,
            bytes: transmission.bytes, timeToLive: transmission.timeToLive)))
    }
  }

  private func note(_ transmission: Transmission, from host: Int) {
    transmissionCount += 1
    if transmission.bytes.count > 1, transmission.bytes[1] != PacketType.hello.rawValue { lastProtocolActivity = now }
    mix(UInt64(bitPattern: now.nanoseconds))
    mix(UInt64(host))
    for octet in transmission.bytes { mix(UInt64(octet)) }
    onTransmission?(now, host, transmission)
  }

  /// FNV-1a over 64-bit words.
  private func mix(_ word: UInt64) { trace = (trace ^ word) &* 0x100_0000_01B3 }
}

extension IPAddress {
  fileprivate var isMulticast: Bool {
    switch self {
    case .v4(let address): address.isMulticast
    case .v6(let address): address.isMulticast
    }
  }
}
