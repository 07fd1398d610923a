import OSPFProtocol
import OSPFWire

/// Two routers on one link, and the packets between them.
final class VirtualLink {
  private let setting: Setting
  private var routers: [Router]
  private var hasCarrier = [true, true]
  private var now = Instant.zero
  private var inFlight: [Delivery] = []
  /// The latest packets of both, to be repeated out of their time.
  private var history: [Delivery] = []
  private var restarts: UInt64 = 0

  struct Delivery {
    var receiver: Int
    var datagram: Datagram
  }

  init(setting: Setting) {
    self.setting = setting
    routers = (0...1).map {
      Router(configuration: setting.configuration(of: $0), seed: UInt64($0), at: .zero, sink: OutputSink())
    }
    for number in 0...1 { start(number) }
  }

  private func start(_ number: Int) {
    routers[number].setInterfaces([setting.interface(of: number, isUp: hasCarrier[number])], at: now)
    routers[number].advertise(setting.advertisements(of: number, 3), at: now)
    collect(from: number)
  }

  // MARK: Time

  /// Lets time pass while nothing is delivered.
  func pass(_ duration: Duration) {
    let end = now.advanced(by: duration)
    var turns = 0
    while let deadline = routers.compactMap(\.nextDeadline).min(), deadline <= end {
      turns = deadline > now ? 0 : turns + 1
      precondition(turns < 1000, "the deadline does not move past \(now)")
      now = max(now, deadline)
      for number in 0...1 {
        routers[number].advance(to: now)
        collect(from: number)
      }
    }
    now = end
  }

  /// Lets time pass while everything is delivered.
  func run(for duration: Duration) {
    let end = now.advanced(by: duration)
    deliverAll()
    while let deadline = routers.compactMap(\.nextDeadline).min(), deadline <= end {
      pass(max(.zero, deadline.duration(since: now)))
      deliverAll()
    }
    now = max(now, end)
  }

  // MARK: Packets

  func deliverAll() {
    var deliveries = 0
    while !inFlight.isEmpty {
      deliveries += 1
      if deliveries == 20_000 { preconditionFailure("the routers never stop talking at \(now):\n\(latestPackets)") }
      deliverNext()
    }
  }

  func deliverNext() {
    guard !inFlight.isEmpty else { return }
    deliver(inFlight.removeFirst())
  }

  func loseNext() {
    if !inFlight.isEmpty { inFlight.removeFirst() }
  }

  func repeatNext() {
    if let first = inFlight.first { deliver(first) }
  }

  func changeNext(_ change: (inout [UInt8]) -> Void) {
    guard !inFlight.isEmpty else { return }
    change(&inFlight[0].datagram.bytes)
    deliverNext()
  }

  /// A packet from the past, changed.
  func replay(_ index: Int, _ change: (inout [UInt8]) -> Void) {
    guard !history.isEmpty else { return }
    var delivery = history[history.count - 1 - index % history.count]
    change(&delivery.datagram.bytes)
    deliver(delivery)
  }

  /// A packet of any content, to the first router.
  func forge(_ bytes: [UInt8]) {
    var bytes = bytes
    if let first = bytes.first, first & 1 == 0 { seal(&bytes) }
    let datagram = Datagram(
      interfaceIndex: setting.index(of: 0), source: setting.address(of: 1), destination: setting.address(of: 0), bytes: bytes)
    deliver(Delivery(receiver: 0, datagram: datagram))
  }

  private func deliver(_ delivery: Delivery) {
    guard hasCarrier[delivery.receiver] else { return }
    routers[delivery.receiver].receive(delivery.datagram, at: now)
    collect(from: delivery.receiver)
  }

  /// Takes what a router wants to send; it must be whole, and its LSAs right.
  private func collect(from number: Int) {
    for case .transmit(let transmission) in routers[number].sink.drain() {
      check(transmission.bytes)
      guard hasCarrier[number] else { continue }
      let receiver = 1 - number
      let datagram = Datagram(
        interfaceIndex: setting.index(of: receiver), source: transmission.source, destination: transmission.destination,
        bytes: transmission.bytes)
      inFlight.append(Delivery(receiver: receiver, datagram: datagram))
      history.append(Delivery(receiver: receiver, datagram: datagram))
      if history.count > 64 { history.removeFirst(32) }
    }
  }

  private func check(_ bytes: [UInt8]) {
    guard let packet = try? Packet.decode(bytes.rawSpan, version: setting.version) else {
      preconditionFailure("sent what cannot be decoded: \(bytes)")
    }
    guard case .linkStateUpdate(let update) = packet.body else { return }
    for slice in update.lsas {
      precondition(FletcherChecksum.verifies(bytes.rawSpan.extracting(slice.range)), "sent an LSA with a wrong checksum")
    }
  }

  private var latestPackets: String {
    let neighbors = routers.flatMap { router in
      router.neighborSnapshots(at: now).map { "to \(router.configuration.routerID), \($0.reference.routerID) is \($0.state)" }
    }
    let packets: [String] = history.suffix(8).map { delivery in
      let packet = try? Packet.decode(delivery.datagram.bytes.rawSpan, version: setting.version)
      return "to router \(delivery.receiver): " + (packet.map { "\($0.body)" } ?? "\(delivery.datagram.bytes)")
    }
    return (neighbors + packets).joined(separator: "\n")
  }

  /// Left in peace, the routers are adjacent before long: forged neighbors are gone after RouterDeadInterval.
  func expectRecovery() {
    for number in 0...1 where !hasCarrier[number] { setCarrier(of: number) }
    run(for: .seconds(120))
    for router in routers {
      let isAdjacent = router.neighborSnapshots(at: now).contains { $0.state == .full }
      precondition(isAdjacent, "not adjacent after two minutes of peace:\n\(latestPackets)")
    }
  }

  // MARK: What happens to the routers

  func advertise(_ choice: UInt8) {
    let number = Int(choice & 1)
    routers[number].advertise(setting.advertisements(of: number, choice >> 1), at: now)
    collect(from: number)
  }

  func setCarrier(of choice: Int) {
    let number = choice & 1
    hasCarrier[number].toggle()
    routers[number].setInterfaces([setting.interface(of: number, isUp: hasCarrier[number])], at: now)
    collect(from: number)
  }

  /// A router that loses its memory.
  func restart(_ choice: Int) {
    let number = choice & 1
    restarts += 1
    routers[number] = Router(
      configuration: setting.configuration(of: number), seed: 2 + restarts, at: now, sink: OutputSink())
    start(number)
  }
}
