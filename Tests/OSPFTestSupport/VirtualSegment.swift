import OSPFProtocol
import OSPFWire

/// A network that virtual hosts attach to, with the faults it has at the moment.
public struct VirtualSegment: Sendable {
  /// The kind of network, which every attached interface is told.
  public var networkType: NetworkType
  /// Its subnet, in the words of OSPFv2.
  public var subnet: IPv4Prefix
  /// What happens to packets on it.
  public var faults: Faults
  /// The side of a partition that each host is on; only hosts of the same side hear each other. Empty: no partition.
  public var sides: [Int: Int] = [:]
  /// The hosts' interfaces on it.
  public internal(set) var attachments: [Attachment] = []

  /// An interface of a host.
  public struct Attachment: Hashable, Sendable {
    public var host: Int
    public var interfaceIndex: UInt32
  }

  /// What happens to packets.
  public struct Faults: Hashable, Sendable {
    /// Packets of a hundred that are lost.
    public var loss: Int
    /// Packets of a hundred that arrive twice.
    public var duplication: Int
    /// How long a packet takes. When the range is wide, packets overtake each other.
    public var delay: ClosedRange<Duration>

    /// Describes faults.
    public init(loss: Int = 0, duplication: Int = 0, delay: ClosedRange<Duration> = .microseconds(200)...(.milliseconds(2))) {
      self.loss = loss
      self.duplication = duplication
      self.delay = delay
    }

    /// A good network.
    public static let none = Faults()
  }

  /// Makes a segment without hosts.
  public init(_ networkType: NetworkType, _ subnet: IPv4Prefix, faults: Faults = .none) {
    self.networkType = networkType
    self.subnet = subnet
    self.faults = faults
  }

  /// Whether two hosts hear each other.
  func connects(_ one: Int, _ other: Int) -> Bool { sides.isEmpty || sides[one] == sides[other] }

  /// Whether the network carries multicasts.
  var carriesMulticast: Bool { networkType == .broadcast || networkType == .pointToPoint }
}
