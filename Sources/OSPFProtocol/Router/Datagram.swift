import OSPFWire

/// An OSPF packet as it came from the network: the payload of one IP datagram, with what its IP header and socket said.
public struct Datagram: Sendable, Hashable {
  /// The index of the interface that it arrived on.
  public var interfaceIndex: UInt32
  /// The IP source address.
  public var source: IPAddress
  /// The IP destination address.
  public var destination: IPAddress
  /// The IP payload, OSPF header first.
  public var bytes: [UInt8]
  /// In OSPFv3, whether the checksum is right, which covers the addresses as well. Under an authentication trailer there is none.
  public var hasRightChecksum: Bool
  /// The TTL or hop limit with which it arrived; nil where nobody has looked.
  public var timeToLive: UInt8?

  public init(
    interfaceIndex: UInt32, source: IPAddress, destination: IPAddress, bytes: [UInt8], hasRightChecksum: Bool = true,
    timeToLive: UInt8? = nil
  ) {
    self.timeToLive = timeToLive
    self.interfaceIndex = interfaceIndex
    self.source = source
    self.destination = destination
    self.bytes = bytes
    self.hasRightChecksum = hasRightChecksum
  }
}

/// An OSPF packet to be sent.
public struct Transmission: Sendable, Hashable {
  /// The index of the interface that it leaves through.
  public var interfaceIndex: UInt32
  /// The address to send from: an interface with several subnets sends from each one's own.
  public var source: IPAddress
  /// A neighbor's address, AllSPFRouters or AllDRouters.
  public var destination: IPAddress
  /// The IP payload, OSPF header first. May be longer than the MTU when it holds a single LSA that is; then IP fragments it.
  public var bytes: [UInt8]
  /// In OSPFv3, whether the checksum is to be computed (RFC 5340 section A.3.1). A packet with an authentication trailer has none.
  public var wantsChecksum: Bool
  /// The TTL or hop limit to send it with: 1, because OSPF packets travel one hop, or 255, which nobody further away can forge.
  public var timeToLive: UInt8

  public init(
    interfaceIndex: UInt32, source: IPAddress, destination: IPAddress, bytes: [UInt8], wantsChecksum: Bool = true,
    timeToLive: UInt8
  ) {
    self.timeToLive = timeToLive
    self.wantsChecksum = wantsChecksum
    self.interfaceIndex = interfaceIndex
    self.source = source
    self.destination = destination
    self.bytes = bytes
  }
}

/// What the engine wants from the world outside.
public enum Output: Sendable, Hashable {
  /// Send a packet.
  case transmit(Transmission)
  /// Become a member of a multicast group on an interface.
  case joinGroup(interfaceIndex: UInt32, group: IPAddress)
  /// Stop being a member of a multicast group on an interface.
  case leaveGroup(interfaceIndex: UInt32, group: IPAddress)
  /// Set Cryptographic sequence numbers aside, up to this one: the next run begins behind it.
  case reserveSequenceNumbers(before: UInt64)
  /// Something that an operator may want to know.
  case event(Event)
  /// Something that only a recording tells.
  case note(RouterNote)
}

/// Where the engine's outputs go. The caller drains it after every call into the engine.
public final class OutputSink {
  private var pending: [Output] = []

  public init() {}

  /// Appends one output.
  public func append(_ output: Output) { pending.append(output) }

  /// Appends an event.
  public func report(_ event: Event) { pending.append(.event(event)) }

  /// Returns everything appended since the last call, in order, and forgets it.
  public func drain() -> [Output] {
    defer { pending.removeAll(keepingCapacity: pending.count < 1024) }
    return pending
  }
}
