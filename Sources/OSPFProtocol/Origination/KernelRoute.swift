import OSPFWire

/// A route of the kernel's main table that somebody has put there: the kernel's own, those of its addresses, are none.
public struct KernelRoute: Hashable, Sendable {
  /// The destination.
  public var prefix: IPPrefix
  /// Who put it there: `rtm_protocol` of rtnetlink(7), 3 for boot, 4 for static, 16 for DHCP.
  public var protocolNumber: UInt8
  /// Its metric; the kernel prefers the smallest.
  public var metric: UInt32
  /// The device that it leads through, the first of several; nil for a route that leads nowhere, such as a blackhole.
  public var interfaceIndex: UInt32?
  /// The next router, the first of several; nil when the destination is on the link.
  public var gateway: IPAddress?

  /// The protocol number of routes that are configured as static ones: `ip route add ... proto static`.
  public static let staticProtocol: UInt8 = 4
  /// The protocol number of routes that a node installs for its services. OSPF's IP protocol number, which no other routing program
  /// uses here.
  public static let serviceProtocol: UInt8 = 89

  public init(
    prefix: IPPrefix, protocolNumber: UInt8, metric: UInt32 = 0, interfaceIndex: UInt32? = nil, gateway: IPAddress? = nil
  ) {
    self.prefix = prefix
    self.protocolNumber = protocolNumber
    self.metric = metric
    self.interfaceIndex = interfaceIndex
    self.gateway = gateway
  }
}
