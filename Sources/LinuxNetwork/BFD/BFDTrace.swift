import BFDProtocol
import CLinux
import OSPFProtocol
import OSPFWire

/// A BFD packet that was received or sent, with room of its own for its octets.
public struct TracedBFDPacket: Sendable {
  public var time: Instant
  public var interfaceIndex: UInt32
  public var source: IPAddress
  public var destination: IPAddress
  public var isInbound: Bool
  private var length: UInt8
  private var storage: SIMD64<UInt8>

  init(
    time: Instant, interfaceIndex: UInt32, source: IPAddress, destination: IPAddress, isInbound: Bool,
    _ octets: some RandomAccessCollection<UInt8>
  ) {
    self.time = time
    self.interfaceIndex = interfaceIndex
    self.source = source
    self.destination = destination
    self.isInbound = isInbound
    length = UInt8(min(octets.count, 64))
    storage = SIMD64(repeating: 0)
    for (index, octet) in octets.prefix(64).enumerated() { storage[index] = octet }
  }

  /// What UDP carries, at most the 64 octets that a Control packet can have here.
  public var octets: [UInt8] { (0..<Int(length)).map { storage[$0] } }
}

/// The last BFD packets of all sessions. Once it is full, a packet takes the place of the oldest one, and nothing is allocated.
struct BFDTrace {
  static let capacity = 4096

  private var packets: [TracedBFDPacket] = []
  private var next = 0

  init() { packets.reserveCapacity(Self.capacity) }

  mutating func append(_ packet: TracedBFDPacket) {
    guard packets.count == Self.capacity else { return packets.append(packet) }
    packets[next] = packet
    next = (next + 1) % Self.capacity
  }

  /// The packets, the oldest first.
  var all: [TracedBFDPacket] { Array(packets[next...] + packets[..<next]) }
}
