import BFDProtocol
import CLinux
import Glibc
import OSPFProtocol
import OSPFWire

/// What the thread of a `BFDThread` does: waits, receives, lets time pass, sends.
///
/// In a turn without news for the event loop nothing is allocated, and no lock is taken.
///
/// Sent once, to its thread, and used nowhere else.
final class BFDWorker: @unchecked Sendable {
  /// So many batches are read before time passes and packets are sent.
  private static let mostBatches = 4
  /// How long a thread at real-time priority rests in a flood.
  private static let rest: Duration = .milliseconds(1)
  /// When a port that could not be opened is tried again.
  private static let retry: Duration = .seconds(1)
  /// So many refused packets are reported in a second.
  private static let mostRefusals = 10

  private let mail: BFDThreadMail
  private let sessions: SessionSet
  private var senders: BFDSenders
  private var receivers = [BFDReceiver(version: .v4), BFDReceiver(version: .v6)]
  private let packets = UnsafeMutablePointer<clinux_bfd_packet>.allocate(capacity: Int(CLINUX_BFD_BATCH))
  private var trace = BFDTrace()
  /// When the sockets were last found empty. Nothing that is read later arrived before.
  private var lastDrained = MonotonicClock.now()
  private var refusals = (second: Int64(0), reported: 0, suppressed: UInt64(0))

  init(seed: UInt64, mail: BFDThreadMail) {
    self.mail = mail
    sessions = SessionSet(seed: seed, sink: SessionSink())
    senders = BFDSenders(seed: seed)
    packets.initialize(repeating: clinux_bfd_packet(), count: Int(CLINUX_BFD_BATCH))
  }

  deinit { packets.deallocate() }

  /// Works until the thread is stopped.
  func run() {
    announce()
    var isWoken = true
    while true {
      if isWoken, obey() { return }
      let isFlooded = receive()
      sessions.advance(to: MonotonicClock.now())
      flush()
      isWoken = wait(isFlooded: isFlooded)
    }
  }

  private func announce() {
    let priority = clinux_become_real_time(BFDThread.priority, "bfd")
    let memory = clinux_lock_memory()
    mail.publish(
      .started(
        priority: priority == 0 ? BFDThread.priority : 0,
        priorityRefusal: priority == 0 ? nil : SystemCallError("run at real-time priority", code: -priority),
        memoryRefusal: memory == 0 ? nil : SystemCallError("lock memory", code: -memory)))
  }

  /// Does what the event loop has ordered; returns whether that is to end.
  private func obey() -> Bool {
    let orders = mail.takeOrders()
    let now = MonotonicClock.now()
    if let definitions = orders.isStopped ? [] : orders.definitions {
      sessions.setSessions(definitions, at: now)
      flush()
      for index in receivers.indices {
        receivers[index].isWanted = definitions.contains { $0.key.remote.family == receivers[index].version.family }
      }
    }
    if !orders.traceQuestions.isEmpty {
      let packets = trace.all
      for question in orders.traceQuestions { mail.eventLoop.execute { question(packets) } }
    }
    for question in orders.questions {
      let snapshots = sessions.snapshots(at: now)
      mail.eventLoop.execute { question(snapshots) }
    }
    return orders.isStopped
  }

  /// Takes what has arrived; returns whether there may be more.
  private func receive() -> Bool {
    let start = MonotonicClock.now()
    var isFlooded = false
    for index in receivers.indices where receivers[index].isWanted {
      do throws(SystemCallError) {
        try receivers[index].open(at: start)
        isFlooded = try receive(receivers[index]) || isFlooded
      } catch {
        if receivers[index].fail(error, at: start + Self.retry) { mail.publish(.receivingFailed(error)) }
      }
    }
    if !isFlooded { lastDrained = start }
    return isFlooded
  }

  private func receive(_ receiver: BFDReceiver) throws(SystemCallError) -> Bool {
    guard let socket = receiver.socket else { return false }
    for _ in 0..<Self.mostBatches {
      let count = clinux_bfd_receive(socket.value, packets)
      guard count >= 0 else { throw SystemCallError("receive BFD packets", code: -count) }
      let now = MonotonicClock.now()
      for index in 0..<Int(count) { take(packets + index, receiver.version, at: now) }
      if count < CLINUX_BFD_BATCH { return false }
    }
    return true
  }

  private func take(_ packet: UnsafeMutablePointer<clinux_bfd_packet>, _ version: IPVersion, at now: Instant) {
    let received = packet.pointee
    // The kernel's stamp is of the wall clock, which may have been set since.
    let age = min(max(received.age_ns, 0), (now - lastDrained).nanoseconds)
    let arrival = Arrival(
      interfaceIndex: received.interface_index,
      source: IPAddress(version, high: received.source_high, low: received.source_low),
      destination: IPAddress(version, high: received.destination_high, low: received.destination_low),
      ttl: received.ttl, time: now.advanced(by: .nanoseconds(-age)))
    let length = min(Int(received.length), Int(CLINUX_BFD_OCTETS))
    let octets = UnsafeRawBufferPointer(start: UnsafeRawPointer(packet), count: length)
    trace.append(
      TracedBFDPacket(
        time: arrival.time, interfaceIndex: arrival.interfaceIndex, source: arrival.source, destination: arrival.destination,
        isInbound: true, octets))
    sessions.receive(arrival, octets.bytes, at: now)
  }

  /// Sends what is to be sent, and tells what has happened.
  private func flush() {
    let sink = sessions.sink
    let now = sink.transmissions.isEmpty ? Instant.zero : MonotonicClock.now()
    for transmission in sink.transmissions {
      let key = transmission.key
      trace.append(
        TracedBFDPacket(
          time: now, interfaceIndex: key.interfaceIndex, source: key.local, destination: key.remote, isInbound: false,
          sink.octets[transmission.range]))
      if let error = senders.send(transmission, of: sink.octets) { mail.publish(.sendingFailed(transmission.key, error)) }
    }
    if !sink.events.isEmpty { publish(sink.events) }
    sink.removeAll()
  }

  private func publish(_ events: [SessionSetEvent]) {
    for case .sessionEnded(let key) in events { senders.close(key) }
    let second = MonotonicClock.now().nanoseconds / 1_000_000_000
    if second != refusals.second {
      if refusals.suppressed > 0 { mail.publish(.refusalsSuppressed(refusals.suppressed)) }
      refusals = (second, 0, 0)
    }
    let reported = events.filter { event in
      guard case .packetRefused = event else { return true }
      guard refusals.reported < Self.mostRefusals else {
        refusals.suppressed += 1
        return false
      }
      refusals.reported += 1
      return true
    }
    if !reported.isEmpty { mail.publish(reported) }
  }

  /// Waits for packets, orders or the next deadline; returns whether there are orders.
  private func wait(isFlooded: Bool) -> Bool {
    let now = MonotonicClock.now()
    if isFlooded {
      // A thread that never rests would keep everything else from its processor.
      var rest = timespec(tv_sec: 0, tv_nsec: Int(Self.rest.nanoseconds))
      nanosleep(&rest, nil)
    }
    var nanoseconds = sessions.nextDeadline.map { max(($0 - now).nanoseconds, 0) } ?? -1
    if receivers.contains(where: { $0.isWanted && $0.socket == nil }) {
      nanoseconds = nanoseconds < 0 ? Self.retry.nanoseconds : min(nanoseconds, Self.retry.nanoseconds)
    }
    if isFlooded { nanoseconds = 0 }
    var readable: UInt32 = 0
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3) { descriptors in
      descriptors[0] = mail.wakeUp.value
      for index in receivers.indices { descriptors[index + 1] = receivers[index].socket?.value ?? -1 }
      _ = clinux_wait_readable(descriptors.baseAddress, descriptors.count, nanoseconds, &readable)
    }
    guard readable & 1 != 0 else { return false }
    clinux_clear_event(mail.wakeUp.value)
    return true
  }
}

/// The socket on which the packets of one version of IP arrive.
struct BFDReceiver {
  let version: IPVersion
  /// Whether there are sessions of this version; without any the port stays closed.
  var isWanted = false {
    didSet { if !isWanted { socket = nil } }
  }
  private(set) var socket: OwnedDescriptor?
  private var retryAt = Instant.zero
  private var lastError: SystemCallError?

  init(version: IPVersion) { self.version = version }

  mutating func open(at now: Instant) throws(SystemCallError) {
    guard socket == nil, now >= retryAt else { return }
    socket = try OwnedDescriptor(
      clinux_open_bfd_receiver(version.family), "open UDP port 3784 for BFD over \(version == .v4 ? "IPv4" : "IPv6")")
    lastError = nil
  }

  /// Gives the socket up until `retryAt`; returns whether the error is another one than the last time.
  mutating func fail(_ error: SystemCallError, at retryAt: Instant) -> Bool {
    socket = nil
    self.retryAt = retryAt
    defer { lastError = error }
    return error != lastError
  }
}

extension IPAddress {
  /// An address from what CLinux gives.
  init(_ version: IPVersion, high: UInt64, low: UInt64) {
    switch version {
    case .v4: self = .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)))
    case .v6: self = .v6(IPv6Address(high: high, low: low))
    }
  }
}
