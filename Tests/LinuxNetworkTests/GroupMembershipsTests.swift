import Glibc
import OSPFWire
import Testing

@testable import LinuxNetwork

@Suite("Memberships of multicast groups")
struct GroupMembershipsTests {
  @Test("A group that the kernel did not let a socket leave is left when that is asked for again")
  func leaveAgain() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    let kept = dup(descriptor)
    let other = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    try #require(descriptor >= 0 && kept >= 0 && other >= 0)
    defer {
      close(kept)
      close(other)
    }
    var memberships = GroupMemberships(socket: try OwnedDescriptor(descriptor, "open it"), interfaceIndex: 1)
    try memberships.hold([try #require(IPAddress("224.0.0.5"))])
    // For a while the descriptor stands for a socket that knows no groups.
    try #require(dup2(other, descriptor) == descriptor)
    #expect(throws: SystemCallError.self) { try memberships.hold([]) }
    try #require(dup2(kept, descriptor) == descriptor)
    try memberships.hold([])
    var request = ip_mreqn()
    request.imr_multiaddr.s_addr = UInt32(bigEndian: 0xE000_0005)
    request.imr_ifindex = 1
    let result = setsockopt(kept, Int32(IPPROTO_IP), IP_DROP_MEMBERSHIP, &request, socklen_t(MemoryLayout<ip_mreqn>.size))
    #expect(result == -1 && errno == EADDRNOTAVAIL, "it is a member no more")
  }
}
