import OSPFWire

/// What the host says about itself: the daemon's process, the network namespace that it is in, and their settings. What could not be
/// read is nil, and `notLookedAt` says why.
public struct HostFacts: Sendable {
  /// The network devices by name.
  public var devices: [String: Device] = [:]
  /// What the daemon may do.
  public var capabilities: Capabilities?
  /// The TCP and UDP sockets that wait for somebody.
  public var listeners: [Listener]?
  /// The raw sockets for OSPF.
  public var rawSockets: [RawSocket]?
  /// The multicast groups of each device.
  public var groups: [String: Set<IPAddress>]?
  public var ipv6Addresses: [IPv6DeviceAddress]?
  /// IPv4 addresses of this host that another one on the link has too; nil when nobody was asked.
  public var addressConflicts: [AddressConflict]?
  /// Through which devices the default routes for IPv4 lead, the preferred ones only.
  public var defaultRouteDevices: Set<String>?
  /// What drops packets.
  public var packetFilters: [PacketFilter] = []
  /// What could not be looked at, and why.
  public var notLookedAt: [(what: String, reason: String)] = []

  /// Knows nothing.
  public init() {}

  /// A network device.
  public struct Device: Hashable, Sendable {
    /// IFF_UP; nil when unknown.
    public var isUp: Bool?
    /// Whether there is a signal; nil when unknown, as it is while the device is not up.
    public var hasCarrier: Bool?
    /// Whether others on the link ask for its addresses by ARP: an Ethernet device that is no dummy.
    public var answersARP = false
    /// Packets of any kind that have arrived.
    public var receivedPackets: UInt64?
    /// `rp_filter` in force: 0 off, 1 strict, 2 loose.
    public var reversePathFilter: Int?
    /// `arp_ignore` in force.
    public var arpIgnore: Int?
    /// `arp_announce` in force.
    public var arpAnnounce: Int?

    /// Knows nothing.
    public init() {}
  }

  /// A socket that waits for connections or datagrams.
  public struct Listener: Hashable, Sendable {
    /// Its transport protocol.
    public var transport: Transport
    /// The address that it is bound to; the unspecified one is every address.
    public var address: IPAddress
    public var port: UInt16

    public init(_ transport: Transport, _ address: IPAddress, port: UInt16) {
      self.transport = transport
      self.address = address
      self.port = port
    }

    /// Whether what is sent to `address` arrives here. A socket for all IPv6 addresses takes IPv4 as well, unless it was told not
    /// to, which cannot be seen.
    func takes(_ address: IPAddress) -> Bool {
      switch (self.address, address) {
      case (.v4(let bound), .v4(let wanted)): bound == .unspecified || bound == wanted
      case (.v6(let bound), .v6(let wanted)): bound == .unspecified || bound == wanted
      case (.v6(let bound), .v4(let wanted)):
        bound == .unspecified || bound == IPv6Address(high: 0, low: 0xFFFF_0000_0000 | UInt64(wanted.rawValue))
      case (.v4, .v6): false
      }
    }
  }

  /// The transport protocols that services listen on.
  public enum Transport: String, Hashable, Sendable {
    case tcp = "TCP"
    case udp = "UDP"
  }

  /// A raw socket for IP protocol 89.
  public struct RawSocket: Hashable, Sendable {
    /// By which it is found among a process's descriptors.
    public var inode: UInt64
    /// Whose it is; nil when that cannot be seen.
    public var owner: Process?

    public init(inode: UInt64, owner: Process? = nil) {
      self.inode = inode
      self.owner = owner
    }
  }

  /// A process.
  public struct Process: Hashable, Sendable {
    /// Its number.
    public var id: Int
    /// Its name, as far as the kernel keeps it.
    public var name: String
    /// The service of systemd that it belongs to, without `.service`; nil where it belongs to none.
    public var unit: String?

    public init(id: Int, name: String, unit: String? = nil) {
      self.id = id
      self.name = name
      self.unit = unit
    }
  }

  /// The effective capabilities of a process.
  public struct Capabilities: Hashable, Sendable {
    /// For raw sockets.
    public var netRaw: Bool
    /// For addresses and multicast.
    public var netAdmin: Bool

    public init(netRaw: Bool, netAdmin: Bool) {
      self.netRaw = netRaw
      self.netAdmin = netAdmin
    }
  }

  /// An IPv4 address of this host that another one on the link has too.
  public struct AddressConflict: Hashable, Sendable {
    /// The device.
    public var device: String
    /// The address.
    public var address: IPAddress
    /// The hardware address of the other one.
    public var hardwareAddress: String

    /// Describes a conflict.
    public init(device: String, address: IPAddress, hardwareAddress: String) {
      self.device = device
      self.address = address
      self.hardwareAddress = hardwareAddress
    }
  }

  /// An IPv6 address on a device.
  public struct IPv6DeviceAddress: Hashable, Sendable {
    public var address: IPv6Address
    /// The device's name.
    public var device: String
    /// Duplicate address detection has not finished.
    public var isTentative: Bool
    /// Duplicate address detection has found the address elsewhere.
    public var isDuplicate: Bool

    public init(_ address: IPv6Address, device: String, isTentative: Bool = false, isDuplicate: Bool = false) {
      self.address = address
      self.device = device
      self.isTentative = isTentative
      self.isDuplicate = isDuplicate
    }
  }
}
