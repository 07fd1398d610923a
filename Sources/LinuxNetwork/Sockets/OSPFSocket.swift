import CLinux
import Glibc
import NIOCore
import NIOPosix
import OSPFProtocol
import OSPFWire

/// A raw socket that sends and receives OSPF packets on one network device, whatever subnets it has.
///
/// It lives on one event loop: every method is called there, and every callback comes from there. It survives the device going
/// down and up. When the device disappears, close it; when the device returns, it has a new index and wants a new socket.
public final class OSPFSocket {
  /// Who is told what happens on the socket.
  public struct Callbacks {
    /// A packet has arrived, without its IP header.
    public var received: (Datagram) -> Void
    /// Every packet that had arrived so far was given to `received`: the moment to act on them all.
    public var receivedAll: () -> Void
    /// Something has arrived that is not an IP packet. It was dropped.
    public var malformed: (MalformedIPHeader) -> Void
    /// A packet could not be sent.
    public var transmissionFailed: (Transmission, TransmissionError) -> Void
    /// The socket failed and is closed. Not called for `close()`.
    public var failed: (any Error) -> Void

    public init(
      received: @escaping (Datagram) -> Void, receivedAll: @escaping () -> Void = {},
      malformed: @escaping (MalformedIPHeader) -> Void,
      transmissionFailed: @escaping (Transmission, TransmissionError) -> Void, failed: @escaping (any Error) -> Void
    ) {
      self.received = received
      self.receivedAll = receivedAll
      self.malformed = malformed
      self.transmissionFailed = transmissionFailed
      self.failed = failed
    }
  }

  /// What the socket has counted.
  public struct Counters: Hashable, Sendable {
    /// Packets received.
    public var received: UInt64 = 0
    /// Datagrams dropped because they were not IP packets.
    public var malformed: UInt64 = 0
    /// Packets that the kernel dropped, because they came faster than they were read.
    public var dropped: UInt64 = 0
    /// Packets that the kernel took.
    public var sent: UInt64 = 0
    /// Packets that could not be sent.
    public var failed: UInt64 = 0
  }

  /// The index of the device.
  public let interfaceIndex: UInt32
  /// IPv4 for OSPFv2, IPv6 for OSPFv3.
  public let version: IPVersion

  private let eventLoop: any EventLoop
  private let callbacks: Callbacks
  /// Everything that holds on to the kernel's socket; nil when it is closed.
  private var resources: Resources?
  private var tally = Counters()
  /// The TTL or hop limit of what is sent.
  private var hops = RawSocket.hops

  private struct Resources {
    let socket: OwnedDescriptor
    let queue: TransmitQueue
    var memberships: GroupMemberships
    var channel: (any Channel)?
    var retry: Scheduled<Void>?
  }

  /// Opens a socket on the device with the index `interfaceIndex`. Needs CAP_NET_RAW; with CAP_NET_ADMIN the buffers may exceed
  /// the system's limit. Called on `eventLoop`. Throws what the kernel refused: ENODEV when there is no such device.
  public init(
    _ version: IPVersion, interfaceIndex: UInt32, on eventLoop: any EventLoop, receiveBufferOctets: Int32 = 4 << 20,
    sendBufferOctets: Int32 = 1 << 20, callbacks: Callbacks
  ) throws(SystemCallError) {
    eventLoop.preconditionInEventLoop()
    let socket = try RawSocket.open(
      version, interfaceIndex: interfaceIndex, receiveBufferOctets: receiveBufferOctets, sendBufferOctets: sendBufferOctets)
    self.version = version
    self.interfaceIndex = interfaceIndex
    self.eventLoop = eventLoop
    self.callbacks = callbacks
    resources = Resources(
      socket: socket, queue: TransmitQueue(socket: socket, version: version, interfaceIndex: interfaceIndex),
      memberships: GroupMemberships(socket: socket, interfaceIndex: interfaceIndex))
    // NIO closes what it is given whenever it likes to; the descriptor for sending stays ours.
    let result = clinux_duplicate(socket.value)
    guard result >= 0 else { throw SystemCallError("duplicate a socket", code: -result) }
    startReceiving(result)
  }

  deinit { resources?.channel?.close(promise: nil) }

  /// What was counted since the socket was opened.
  public var counters: Counters {
    eventLoop.preconditionInEventLoop()
    return resources.map(counters) ?? tally
  }

  private func counters(_ resources: Resources) -> Counters {
    var counters = tally
    counters.sent = resources.queue.sent
    // Fails only where the kernel is too old to tell (before Linux 4.12).
    counters.dropped = UInt64(max(clinux_dropped_packets(resources.socket.value), 0))
    return counters
  }

  /// Becomes a member of exactly these multicast groups. What cannot be joined is thrown after everything else is done.
  public func hold(_ groups: Set<IPAddress>) throws(SystemCallError) {
    eventLoop.preconditionInEventLoop()
    try resources?.memberships.hold(groups)
  }

  /// Becomes a member of a multicast group. Each `join` wants a `leave`; the first and the last have an effect. A closed socket is
  /// a member of none.
  public func join(_ group: IPAddress) throws(SystemCallError) {
    eventLoop.preconditionInEventLoop()
    try resources?.memberships.join(group)
  }

  /// Stops being a member of a multicast group. Without a `join` before, it does nothing.
  public func leave(_ group: IPAddress) throws(SystemCallError) {
    eventLoop.preconditionInEventLoop()
    try resources?.memberships.leave(group)
  }

  /// Takes a packet to be sent from its source address at the next `flush`.
  public func send(_ transmission: Transmission) {
    eventLoop.preconditionInEventLoop()
    guard let resources else { return fail(transmission, .closed) }
    guard Int32(transmission.timeToLive) == hops || setHops(transmission.timeToLive, resources) else {
      return fail(transmission, .closed)
    }
    do {
      try resources.queue.append(withChecksum(transmission))
    } catch {
      fail(transmission, error)
    }
  }

  /// The socket sends everything with one TTL, so what waits goes first. A socket on which that cannot be changed has failed.
  private func setHops(_ hops: UInt8, _ resources: Resources) -> Bool {
    flush()
    do {
      try RawSocket.setHops(hops, of: resources.socket, version)
      self.hops = Int32(hops)
      return true
    } catch {
      channelFailed(error)
      return false
    }
  }

  /// The kernel could compute the checksum of OSPFv3, but would then drop packets with an authentication trailer in silence, which have
  /// none. A packet that is none of OSPFv3 stays as it is.
  private func withChecksum(_ transmission: Transmission) -> Transmission {
    guard transmission.wantsChecksum, let source = transmission.source.v6, let destination = transmission.destination.v6,
      let checksum = InternetChecksum.compute(ospfv3: transmission.bytes.rawSpan, source: source, destination: destination)
    else { return transmission }
    var transmission = transmission
    transmission.bytes[12] = UInt8(truncatingIfNeeded: checksum >> 8)
    transmission.bytes[13] = UInt8(truncatingIfNeeded: checksum)
    return transmission
  }

  /// Hands everything that was given to `send` to the kernel. What the kernel has no room for at the moment is tried again.
  public func flush() {
    eventLoop.preconditionInEventLoop()
    guard let resources, resources.retry == nil else { return }
    let result = resources.queue.flush()
    if result.isBlocked { self.resources?.retry = scheduleRetry() }
    for (transmission, error) in result.failures { fail(transmission, error) }
  }

  /// Closes the socket and leaves its groups. Packets that still wait are reported as not sent.
  public func close() {
    eventLoop.preconditionInEventLoop()
    guard var resources else { return }
    tally = counters(resources)
    self.resources = nil
    // Not left to the kernel, which waits for the last descriptor: NIO may close its own later, and a child of this process has a copy
    // until it executes its program. What cannot be left goes with that.
    try? resources.memberships.hold([])
    resources.retry?.cancel()
    resources.channel?.close(promise: nil)
    for transmission in resources.queue.removeAll() { fail(transmission, .closed) }
  }

  private func fail(_ transmission: Transmission, _ error: TransmissionError) {
    tally.failed += 1
    callbacks.transmissionFailed(transmission, error)
  }

  private func scheduleRetry() -> Scheduled<Void> {
    let bound = NIOLoopBound(WeakReference(self), eventLoop: eventLoop)
    return eventLoop.scheduleTask(in: TransmitQueue.retryDelay) {
      guard let self = bound.value.object else { return }
      self.resources?.retry = nil
      self.flush()
    }
  }

  // MARK: Receiving

  /// How many datagrams are read in one system call. Each socket keeps a buffer for as many: with 16 it was a MiB, all of it written to,
  /// and 64 uplinks took 72 MB of private memory.
  private static let messagesPerRead = 4
  /// No IP packet is longer, so that none is ever truncated.
  private static let longestPacket = 65536

  private func startReceiving(_ descriptor: Int32) {
    let handler = NIOLoopBound(ReceiveHandler(WeakReference(self)), eventLoop: eventLoop)
    var bootstrap = DatagramBootstrap(group: eventLoop)
      .channelOption(.datagramVectorReadMessageCount, value: Self.messagesPerRead)
      .channelOption(
        .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.messagesPerRead * Self.longestPacket)
      )
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler.value) }
      }
    if version == .v6 { bootstrap = bootstrap.channelOption(.receivePacketInfo, value: true) }
    let bound = NIOLoopBound(WeakReference(self), eventLoop: eventLoop)
    bootstrap.withBoundSocket(descriptor).assumeIsolated().whenComplete { result in
      guard let self = bound.value.object, self.resources != nil else {
        if case .success(let channel) = result { channel.close(promise: nil) }
        return
      }
      switch result {
      case .success(let channel): self.resources?.channel = channel
      case .failure(let error): self.channelFailed(error)
      }
    }
  }

  fileprivate func received(_ envelope: AddressedEnvelope<ByteBuffer>) {
    guard resources != nil else { return }
    do {
      let datagram = try datagram(of: envelope)
      tally.received += 1
      callbacks.received(datagram)
    } catch {
      tally.malformed += 1
      callbacks.malformed(error)
    }
  }

  fileprivate func receivedAll() {
    guard resources != nil else { return }
    callbacks.receivedAll()
  }

  fileprivate func channelFailed(_ error: any Error) {
    guard resources != nil else { return }
    close()
    callbacks.failed(error)
  }

  private func datagram(of envelope: AddressedEnvelope<ByteBuffer>) throws(MalformedIPHeader) -> Datagram {
    let packet = envelope.data
    switch version {
    case .v4:
      let header = try IPv4Header(parsing: packet)
      let payload = packet.getBytes(at: header.payload.lowerBound, length: header.payload.count) ?? []
      return Datagram(
        interfaceIndex: interfaceIndex, source: .v4(header.source), destination: .v4(header.destination), bytes: payload,
        timeToLive: header.timeToLive)
    case .v6:
      guard let source = IPAddress(envelope.remoteAddress),
        let destination = envelope.metadata?.packetInfo.flatMap({ IPAddress($0.destinationAddress) })
      else { throw .addresses }
      let bytes = Array(packet.readableBytesView)
      var isRight = true
      if let source = source.v6, let destination = destination.v6 {
        isRight = InternetChecksum.verifies(ospfv3: bytes.rawSpan, source: source, destination: destination)
      }
      // No packet of OSPF has one octet: that is what the filter of hop limits leaves.
      let timeToLive: UInt8? = hops == UInt8.max ? (bytes.count == 1 ? 0 : .max) : nil
      return Datagram(
        interfaceIndex: interfaceIndex, source: source, destination: destination, bytes: bytes, hasRightChecksum: isRight,
        timeToLive: timeToLive)
    }
  }
}

/// Lets the event loop hold on to an object without keeping it alive.
private struct WeakReference<Object: AnyObject> {
  weak var object: Object?

  init(_ object: Object) { self.object = object }
}

/// The end of NIO's pipeline: passes on what the channel has read.
private final class ReceiveHandler: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>

  private let socket: WeakReference<OSPFSocket>
  private var lastError: (any Error)?

  init(_ socket: WeakReference<OSPFSocket>) { self.socket = socket }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { socket.object?.received(unwrapInboundIn(data)) }

  func channelReadComplete(context: ChannelHandlerContext) { socket.object?.receivedAll() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { lastError = error }

  func channelInactive(context: ChannelHandlerContext) {
    socket.object?.channelFailed(lastError ?? ChannelError.eof)
  }
}
