import CLinux
import Glibc
import OSPFProtocol
import OSPFWire

/// A message of the kernel that is not as rtnetlink(7) describes it.
struct MalformedNetlinkMessage: Error, Hashable {
  var type: UInt16
}

/// The links and addresses of a network namespace, as far as rtnetlink has told them.
struct LinkTable: KernelTable {
  static let groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR

  /// An address on its link.
  private struct Address {
    var value: LinkAddress
    /// IPv4: not the first address of its subnet. IPv6: temporary.
    var isSecondary: Bool
    /// IFA_PROTO: who has put it there.
    var protocolNumber: UInt8
  }

  private var links: [UInt32: Link] = [:]
  private var addresses: [UInt32: [Address]] = [:]

  static func list(_ netlink: NetlinkSocket) throws(NetlinkError) -> LinkTable { try netlink.listLinks() }

  @discardableResult
  mutating func apply(_ message: NetlinkMessage) throws(MalformedNetlinkMessage) -> Bool {
    switch Int(message.type) {
    case RTM_NEWLINK: try applyLink(message, exists: true)
    case RTM_DELLINK: try applyLink(message, exists: false)
    case RTM_NEWADDR: try applyAddress(message, exists: true)
    case RTM_DELADDR: try applyAddress(message, exists: false)
    default: break
    }
    return true
  }

  /// Everything that is known, ordered by index. A link's IPv4 addresses come before its IPv6 addresses, the first of a subnet
  /// before its secondary ones.
  var snapshot: [Link] {
    links.values.sorted { $0.index < $1.index }.map { link in
      var link = link
      let all = addresses[link.index] ?? []
      let (v4, v6) = (all.filter { $0.value.address.v4 != nil }, all.filter { $0.value.address.v6 != nil })
      link.addresses = [v4, v6].flatMap { family in
        (family.filter { !$0.isSecondary } + family.filter(\.isSecondary)).map(\.value)
      }
      return link
    }
  }

  /// The addresses on a device that have been put there as a host prefix by whom `number` stands for (IFA_PROTO).
  func addresses(ofProtocol number: UInt8, on index: UInt32) -> [IPAddress] {
    (addresses[index] ?? []).filter { $0.protocolNumber == number && $0.value.prefixLength == $0.value.address.bitWidth }
      .map(\.value.address)
  }

  // MARK: Links

  private static let linkHeaderLength = 16

  private mutating func applyLink(_ message: NetlinkMessage, exists: Bool) throws(MalformedNetlinkMessage) {
    let payload = message.payload
    guard let family: UInt8 = payload.integer(at: 0), let index: UInt32 = payload.integer(at: 4),
      let flags: UInt32 = payload.integer(at: 8), let attributes = message.attributes(after: Self.linkHeaderLength)
    else { throw MalformedNetlinkMessage(type: message.type) }
    // A bridge tells about its ports in messages of its own family; RTM_DELLINK there means that a port has left the bridge.
    guard family == 0 else { return }
    guard exists else {
      links[index] = nil
      addresses[index] = nil
      return
    }
    // Events of wireless drivers come as messages that describe nothing of the link.
    guard let name = attributes[IFLA_IFNAME]?.text, let mtu: UInt32 = attributes[IFLA_MTU]?.integer(at: 0) else { return }
    let up = UInt32(CLINUX_IFF_UP | CLINUX_IFF_RUNNING | CLINUX_IFF_LOWER_UP)
    links[index] = Link(
      index: index, name: name, mtu: Int(mtu), isUp: flags & up == up,
      isLoopback: flags & UInt32(CLINUX_IFF_LOOPBACK) != 0, isPointToPoint: flags & UInt32(CLINUX_IFF_POINTOPOINT) != 0)
  }

  // MARK: Addresses

  private mutating func applyAddress(_ message: NetlinkMessage, exists: Bool) throws(MalformedNetlinkMessage) {
    guard let address = try ReportedAddress(message) else { return }
    let entry = Address(
      value: address.value, isSecondary: address.flags & UInt32(IFA_F_SECONDARY) != 0,
      protocolNumber: address.protocolNumber)
    let index = address.interfaceIndex
    let position = addresses[index]?.firstIndex { Self.areSame($0.value, entry.value) }
    switch (position, exists) {
    case (let position?, true): addresses[index]?[position] = entry
    case (let position?, false): addresses[index]?.remove(at: position)
    case (nil, true): addresses[index, default: []].append(entry)
    case (nil, false): break
    }
  }

  /// Whether the kernel takes both for the same address: an IPv4 address may be there with several prefixes and peers, an IPv6
  /// address once.
  private static func areSame(_ left: LinkAddress, _ right: LinkAddress) -> Bool {
    guard left.address == right.address else { return false }
    if case .v6 = left.address { return true }
    return left.prefixLength == right.prefixLength && left.peer == right.peer
  }
}

/// An address in an RTM_NEWADDR or RTM_DELADDR message.
struct ReportedAddress {
  var interfaceIndex: UInt32
  var value: LinkAddress
  /// IFA_F_*
  var flags: UInt32
  /// IFA_PROTO; 0 where the kernel does not say.
  var protocolNumber: UInt8

  static let headerLength = 8

  /// Reads the message; nil when its address is neither IPv4 nor IPv6.
  init?(_ message: NetlinkMessage) throws(MalformedNetlinkMessage) {
    let payload = message.payload
    guard let family: UInt8 = payload.integer(at: 0), let prefixLength: UInt8 = payload.integer(at: 1),
      let shortFlags: UInt8 = payload.integer(at: 2), let index: UInt32 = payload.integer(at: 4),
      let attributes = message.attributes(after: Self.headerLength)
    else { throw MalformedNetlinkMessage(type: message.type) }
    guard Int32(family) == AF_INET || Int32(family) == AF_INET6 else { return nil }
    // IFA_ADDRESS is the other end where there is one; IFA_LOCAL is always our own, but IPv6 leaves it out when there is none.
    let other = attributes[IFA_ADDRESS]?.address
    guard let address = attributes[IFA_LOCAL]?.address ?? other, prefixLength <= address.bitWidth else {
      throw MalformedNetlinkMessage(type: message.type)
    }
    interfaceIndex = index
    protocolNumber = attributes[IFA_PROTO]?.integer(at: 0) ?? 0
    flags = attributes[IFA_FLAGS]?.integer(at: 0) ?? UInt32(shortFlags)
    let unusable = UInt32(IFA_F_TENTATIVE | IFA_F_DADFAILED)
    // An optimistic address is tentative but may be used (RFC 4429).
    let isOptimistic = flags & UInt32(IFA_F_OPTIMISTIC) != 0 && flags & UInt32(IFA_F_DADFAILED) == 0
    value = LinkAddress(
      address: address, prefixLength: Int(prefixLength), peer: other == address ? nil : other,
      isTentative: flags & unusable != 0 && !isOptimistic)
  }
}
