import Glibc
import OSPFWire

/// The multicast groups that a socket has joined on its interface, each with the number of those who want it: several OSPF
/// interfaces (subnets) of one device share a socket.
struct GroupMemberships {
  private let socket: OwnedDescriptor
  private let interfaceIndex: UInt32
  private var references: [IPAddress: Int] = [:]

  init(socket: OwnedDescriptor, interfaceIndex: UInt32) {
    self.socket = socket
    self.interfaceIndex = interfaceIndex
  }

  /// Joins and leaves groups until it is a member of exactly these.
  mutating func hold(_ groups: Set<IPAddress>) throws(SystemCallError) {
    var failure: SystemCallError?
    for group in references.keys where !groups.contains(group) {
      references[group] = 1
      do { try leave(group) } catch { failure = error }
    }
    for group in groups where references[group] == nil {
      do { try join(group) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Joins the group for the first who wants it, and counts the others.
  mutating func join(_ group: IPAddress) throws(SystemCallError) {
    let count = references[group, default: 0]
    if count == 0 {
      do {
        try change(group, v4: IP_ADD_MEMBERSHIP, v6: IPV6_JOIN_GROUP, "join")
      } catch {
        // EADDRINUSE: this socket is a member already.
        guard error.code == EADDRINUSE else { throw error }
      }
    }
    references[group] = count + 1
  }

  /// Leaves the group with the last who wanted it. Leaving a group that nobody has joined does nothing.
  mutating func leave(_ group: IPAddress) throws(SystemCallError) {
    guard let count = references[group] else { return }
    guard count == 1 else {
      references[group] = count - 1
      return
    }
    do {
      try change(group, v4: IP_DROP_MEMBERSHIP, v6: IPV6_LEAVE_GROUP, "leave")
    } catch {
      // The membership went away with the interface.
      guard error.code == EADDRNOTAVAIL || error.code == ENODEV else { throw error }
    }
    // Not before: what the kernel has refused is asked for again.
    references[group] = nil
  }

  private func change(_ group: IPAddress, v4: Int32, v6: Int32, _ verb: String) throws(SystemCallError) {
    let operation = "\(verb) \(group) on interface \(interfaceIndex)"
    switch group {
    case .v4(let address):
      var request = ip_mreqn()
      request.imr_multiaddr = address.kernel
      request.imr_ifindex = Int32(bitPattern: interfaceIndex)
      try socket.set(Int32(IPPROTO_IP), v4, to: request, operation)
    case .v6(let address):
      let request = ipv6_mreq(ipv6mr_multiaddr: address.kernel, ipv6mr_interface: interfaceIndex)
      try socket.set(Int32(IPPROTO_IPV6), v6, to: request, operation)
    }
  }
}
