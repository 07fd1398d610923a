import CLinux
import Glibc

/// The version of IP that an OSPF socket speaks: OSPFv2 runs over IPv4, OSPFv3 over IPv6.
public enum IPVersion: Sendable, Hashable {
  case v4
  case v6

  var family: Int32 {
    switch self {
    case .v4: AF_INET
    case .v6: AF_INET6
    }
  }
}

/// Opens raw sockets and sets the options that OSPF wants of them.
enum RawSocket {
  /// Precedence internetwork control (RFC 2328 appendix A.1), which is also DSCP CS6 (RFC 4594).
  static let internetworkControl: Int32 = 0xC0
  /// TC_PRIO_CONTROL: the kernel's own queues take these packets first.
  static let controlPriority: Int32 = 7
  /// OSPF packets travel one hop (RFC 2328 appendix A.1, RFC 5340 appendix A.1).
  static let hops: Int32 = 1

  /// Opens a socket that sends and receives OSPF packets on one interface only.
  static func open(
    _ version: IPVersion, interfaceIndex: UInt32, receiveBufferOctets: Int32, sendBufferOctets: Int32
  ) throws(SystemCallError) -> OwnedDescriptor {
    // Binding to an index does not ask whether there is such an interface.
    var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
    guard if_indextoname(interfaceIndex, &name) != nil else {
      throw SystemCallError("open a raw socket on interface \(interfaceIndex)", code: ENODEV)
    }
    let socket = try OwnedDescriptor(clinux_open_ospf_socket(version.family), "open a raw socket for OSPF")
    try socket.set(
      SOL_SOCKET, SO_BINDTOIFINDEX, to: Int32(bitPattern: interfaceIndex), "bind to interface \(interfaceIndex)")
    try socket.setBuffer(
      force: SO_RCVBUFFORCE, limited: SO_RCVBUF, octets: receiveBufferOctets, "receive")
    try socket.setBuffer(force: SO_SNDBUFFORCE, limited: SO_SNDBUF, octets: sendBufferOctets, "send")
    switch version {
    case .v4: try setIPv4Options(of: socket, interfaceIndex: interfaceIndex)
    case .v6: try setIPv6Options(of: socket, interfaceIndex: interfaceIndex)
    }
    // After the type of service, which sets a priority of its own.
    try socket.set(SOL_SOCKET, SO_PRIORITY, to: controlPriority, "set the priority")
    return socket
  }

  /// Sets the TTL or hop limit of what is sent from now on. With 255, what arrives with less is made known (RFC 5082): in IPv4 its header
  /// says so, in IPv6 nothing but its first octet is left of it.
  static func setHops(_ hops: UInt8, of socket: OwnedDescriptor, _ version: IPVersion) throws(SystemCallError) {
    let hops32 = Int32(hops)
    switch version {
    case .v4:
      try socket.set(Int32(IPPROTO_IP), IP_MULTICAST_TTL, to: hops32, "set the TTL of multicasts")
      try socket.set(Int32(IPPROTO_IP), IP_TTL, to: hops32, "set the TTL")
    case .v6:
      try socket.set(Int32(IPPROTO_IPV6), IPV6_MULTICAST_HOPS, to: hops32, "set the hop limit of multicasts")
      try socket.set(Int32(IPPROTO_IPV6), IPV6_UNICAST_HOPS, to: hops32, "set the hop limit")
      let result = clinux_truncate_distant(socket.value, hops == .max)
      guard result == 0 else { throw SystemCallError("attach a filter of hop limits", code: -result) }
    }
  }

  private static func setIPv4Options(of socket: OwnedDescriptor, interfaceIndex: UInt32) throws(SystemCallError) {
    let level = Int32(IPPROTO_IP)
    var interface = ip_mreqn()
    interface.imr_ifindex = Int32(bitPattern: interfaceIndex)
    try socket.set(level, IP_MULTICAST_IF, to: interface, "send multicasts through interface \(interfaceIndex)")
    try socket.set(level, IP_MULTICAST_LOOP, to: Int32(0), "turn off the loopback of multicasts")
    // Without this the socket would also get the multicasts of groups that other sockets of this host have joined.
    try socket.set(level, IP_MULTICAST_ALL, to: Int32(0), "receive only joined groups")
    try socket.set(level, IP_MULTICAST_TTL, to: hops, "set the TTL of multicasts")
    try socket.set(level, IP_TTL, to: hops, "set the TTL")
    try socket.set(level, IP_TOS, to: internetworkControl, "set the type of service")
    try socket.set(level, IP_MTU_DISCOVER, to: IP_PMTUDISC_DONT, "allow fragmentation")
  }

  private static func setIPv6Options(of socket: OwnedDescriptor, interfaceIndex: UInt32) throws(SystemCallError) {
    let level = Int32(IPPROTO_IPV6)
    try socket.set(
      level, IPV6_MULTICAST_IF, to: Int32(bitPattern: interfaceIndex), "send multicasts through interface \(interfaceIndex)")
    try socket.set(level, IPV6_MULTICAST_LOOP, to: Int32(0), "turn off the loopback of multicasts")
    try socket.set(level, IPV6_MULTICAST_ALL, to: Int32(0), "receive only joined groups")
    try socket.set(level, IPV6_MULTICAST_HOPS, to: hops, "set the hop limit of multicasts")
    try socket.set(level, IPV6_UNICAST_HOPS, to: hops, "set the hop limit")
    try socket.set(level, IPV6_TCLASS, to: internetworkControl, "set the traffic class")
    try socket.set(level, IPV6_MTU_DISCOVER, to: IPV6_PMTUDISC_DONT, "allow fragmentation")
  }
}
