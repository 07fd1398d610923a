import CLinux
import Glibc
import OSPFProtocol
import OSPFWire
import Testing

@testable import LinuxNetwork

@Suite("Netlink messages")
struct NetlinkMessageTests {
  /// An RTM_NEWADDR message for 192.0.2.1/24 on interface 3.
  private func addressMessage() -> [UInt8] {
    var request = NetlinkRequest(type: RTM_NEWADDR, flags: 0)
    request.appendAddressHeader(family: AF_INET, prefixLength: 24, index: 3)
    request.appendAttribute(IFA_LOCAL, [192, 0, 2, 1])
    request.appendAttribute(IFA_ADDRESS, [192, 0, 2, 1])
    return request.finished(sequenceNumber: 7)
  }

  /// An RTM_NEWLINK message for interface 3, called `name`.
  private func linkMessage(_ name: String, flags: UInt32 = 0) -> [UInt8] {
    var request = NetlinkRequest(type: RTM_NEWLINK, flags: 0)
    request.append(UInt32(0))
    request.append(Int32(3))
    request.append(flags)
    request.append(UInt32(0))
    request.appendAttribute(IFLA_IFNAME, Array(name.utf8) + [0])
    request.appendAttribute(IFLA_MTU, numbers: 1500)
    return request.finished(sequenceNumber: 8)
  }

  @Test("A datagram is split into its messages, and a table is made of them")
  func split() throws {
    let messages = try #require(NetlinkMessage.split((linkMessage("eth0") + addressMessage())[...]))
    #expect(messages.map(\.sequenceNumber) == [8, 7])
    var table = LinkTable()
    for message in messages { try table.apply(message) }
    let address = LinkAddress(address: .v4(IPv4Address(192, 0, 2, 1)), prefixLength: 24)
    #expect(table.snapshot == [Link(index: 3, name: "eth0", mtu: 1500, isUp: false, addresses: [address])])
  }

  @Test("No cut-off and no flipped octet in a message is a trap")
  func damage() {
    let whole = linkMessage("eth0") + addressMessage()
    var believed = 0
    var refused = 0
    for position in whole.indices {
      for damaged in [Array(whole[..<position])] + [0, 1, 3, 0x7F, 0x80, 0xFF].map({ replacing(whole, position, $0) }) {
        var table = LinkTable()
        do {
          let messages = NetlinkMessage.split(damaged[...])
          for message in messages ?? [] { try table.apply(message) }
          if messages == nil { refused += 1 } else { believed += 1 }
        } catch {
          refused += 1
        }
        #expect(table.snapshot.count <= 1)
      }
    }
    #expect(believed > 0 && refused > 0)
  }

  private func replacing(_ octets: [UInt8], _ position: Int, _ octet: UInt8) -> [UInt8] {
    var octets = octets
    octets[position] = octet
    return octets
  }

  @Test("A length that exceeds the datagram makes all of it unbelievable")
  func truncated() {
    #expect(NetlinkMessage.split(addressMessage().dropLast(4)) == nil)
    #expect(NetlinkMessage.split([16, 0, 0]) == nil)
    #expect(NetlinkMessage.split([]) != nil)
  }
}
