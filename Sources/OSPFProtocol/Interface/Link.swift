import OSPFWire

/// A network device as the kernel describes it, with its addresses.
public struct Link: Hashable, Sendable {
  /// The kernel's interface index.
  public var index: UInt32
  /// The device's name, `eth0`.
  public var name: String
  /// The largest IP packet in octets.
  public var mtu: Int
  /// Administratively up and with carrier.
  public var isUp: Bool
  /// IFF_LOOPBACK
  public var isLoopback: Bool
  /// IFF_POINTOPOINT: a tunnel or a serial line.
  public var isPointToPoint: Bool
  /// Every address of the device.
  public var addresses: [LinkAddress]

  public init(
    index: UInt32, name: String, mtu: Int, isUp: Bool, isLoopback: Bool = false, isPointToPoint: Bool = false,
    addresses: [LinkAddress] = []
  ) {
    self.index = index
    self.name = name
    self.mtu = mtu
    self.isUp = isUp
    self.isLoopback = isLoopback
    self.isPointToPoint = isPointToPoint
    self.addresses = addresses
  }
}

/// An address of a network device.
public struct LinkAddress: Hashable, Sendable {
  /// The address itself.
  public var address: IPAddress
  /// The length of its on-link prefix.
  public var prefixLength: Int
  /// The other end of a point-to-point device, where the kernel has one.
  public var peer: IPAddress?
  /// IPv6 duplicate address detection has not finished (or has failed): the address cannot be used yet.
  public var isTentative: Bool

  public init(address: IPAddress, prefixLength: Int, peer: IPAddress? = nil, isTentative: Bool = false) {
    self.address = address
    self.prefixLength = prefixLength
    self.peer = peer
    self.isTentative = isTentative
  }

  /// The on-link prefix.
  public var prefix: IPPrefix { IPPrefix(peer ?? address, length: prefixLength) }
}
