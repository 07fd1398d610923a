import CLinux
import Glibc
import OSPFWire

/// The TCP connections that somebody has to an address of this host, as the kernel lists them (sock_diag(7)).
enum EstablishedConnections {
  /// SOCK_DIAG_BY_FAMILY
  private static let messageType = 20
  /// TCP_ESTABLISHED, TCP_SYN_RECV and TCP_CLOSE_WAIT: the server still has something to do for them.
  private static let states: UInt32 = 1 << 1 | 1 << 3 | 1 << 8

  /// How many there are to each prefix, but for those that come from the same address: this host's own, checks above all.
  static func count(to prefixes: Set<IPPrefix>, _ netlink: NetlinkSocket) throws(NetlinkError) -> [IPPrefix: Int] {
    var counts = Dictionary(uniqueKeysWithValues: prefixes.map { ($0, 0) })
    let lengths = Set(prefixes.map(\.length))
    for family in [AF_INET, AF_INET6] {
      for message in try netlink.dump(request(family), "list the connections") {
        guard let (local, remote) = endpoints(message.payload), local != remote else { continue }
        for length in lengths where length <= local.bitWidth {
          let prefix = IPPrefix(local, length: length)
          if let count = counts[prefix] { counts[prefix] = count + 1 }
        }
      }
    }
    return counts
  }

  /// `inet_diag_req_v2`, with an `inet_diag_sockid` that says nothing.
  private static func request(_ family: Int32) -> NetlinkRequest {
    var request = NetlinkRequest(type: messageType, flags: NLM_F_DUMP)
    request.append(UInt8(truncatingIfNeeded: family))
    request.append(UInt8(truncatingIfNeeded: Int(IPPROTO_TCP)))
    request.append(UInt16(0))
    request.append(states)
    request.append(octets: Array(repeating: 0, count: 48))
    return request
  }

  /// Of an `inet_diag_msg`: family at 0, `inet_diag_sockid` at 4 with the ports first, then the addresses of 16 octets each. An IPv4 address
  /// in IPv6's clothes, of a socket for both, is one.
  private static func endpoints(_ payload: KernelOctets) -> (local: IPAddress, remote: IPAddress)? {
    guard let family: UInt8 = payload.integer(at: 0) else { return nil }
    let length = Int32(family) == AF_INET ? 4 : 16
    guard let local = payload[8..<8 + length]?.address, let remote = payload[24..<24 + length]?.address else { return nil }
    return (unmapped(local), unmapped(remote))
  }

  private static func unmapped(_ address: IPAddress) -> IPAddress {
    guard case .v6(let whole) = address, whole.high == 0, whole.low >> 32 == 0xFFFF else { return address }
    return .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: whole.low)))
  }
}
