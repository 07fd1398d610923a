import CLinux
import Glibc
import OSPFProtocol
import OSPFWire

/// The routes of the main table that somebody has put there, as far as rtnetlink has told them.
struct RouteTable: KernelTable {
  /// Links and addresses too: the IPv4 routes of a device that goes down, or that loses the address they need, vanish without an
  /// event of their own.
  static let groups = RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE | RTMGRP_LINK | RTMGRP_IPV4_IFADDR

  /// What the kernel tells routes apart by.
  private struct Key: Hashable {
    var prefix: IPPrefix
    var typeOfService: UInt8
    var metric: UInt32
  }

  private var routes: [Key: Set<KernelRoute>] = [:]

  var snapshot: Set<KernelRoute> { routes.values.reduce(into: []) { $0.formUnion($1) } }

  static func list(_ netlink: NetlinkSocket) throws(NetlinkError) -> RouteTable {
    var table = RouteTable()
    for family in [AF_INET, AF_INET6] {
      var request = NetlinkRequest(type: RTM_GETROUTE, flags: NLM_F_DUMP)
      request.appendRouteHeader(family: family)
      for message in try netlink.dump(request, "list the routes") {
        do {
          _ = try table.apply(message)
        } catch {
          throw .malformedAnswer("list the routes")
        }
      }
    }
    return table
  }

  mutating func apply(_ message: NetlinkMessage) throws(MalformedNetlinkMessage) -> Bool {
    switch Int(message.type) {
    case RTM_NEWROUTE: try applyRoute(message, exists: true)
    case RTM_DELROUTE: try applyRoute(message, exists: false)
    case RTM_NEWLINK, RTM_DELLINK, RTM_DELADDR: return false
    default: break
    }
    return true
  }

  private mutating func applyRoute(_ message: NetlinkMessage, exists: Bool) throws(MalformedNetlinkMessage) {
    guard let reported = try ReportedRoute(message) else { return }
    let route = reported.route
    let key = Key(prefix: route.prefix, typeOfService: reported.typeOfService, metric: route.metric)
    if exists {
      if message.flags & UInt16(NLM_F_REPLACE) != 0 { routes[key] = nil }
      routes[key, default: []].insert(route)
    } else {
      routes[key]?.remove(route)
      if routes[key]?.isEmpty == true { routes[key] = nil }
    }
  }
}

/// A route in an RTM_NEWROUTE or RTM_DELROUTE message.
private struct ReportedRoute {
  var route: KernelRoute
  var typeOfService: UInt8

  private static let headerLength = 12
  /// RTPROT_REDIRECT, RTPROT_KERNEL: what the kernel makes itself, of its addresses and of redirects. What routers advertise (RTPROT_RA) is
  /// no different from a route that a person enters, and to FRR too it is a kernel route.
  private static let kernelsOwn: Set<UInt8> = [1, 2]

  /// Reads the message; nil when it is about a copy in a cache, another table, a multicast or local destination, or a route that the
  /// kernel made itself.
  init?(_ message: NetlinkMessage) throws(MalformedNetlinkMessage) {
    let payload = message.payload
    guard let family: UInt8 = payload.integer(at: 0), let length: UInt8 = payload.integer(at: 1),
      let typeOfService: UInt8 = payload.integer(at: 3), let table: UInt8 = payload.integer(at: 4),
      let protocolNumber: UInt8 = payload.integer(at: 5), let type: UInt8 = payload.integer(at: 7),
      let flags: UInt32 = payload.integer(at: 8), let attributes = message.attributes(after: Self.headerLength)
    else { throw MalformedNetlinkMessage(type: message.type) }
    let tableNumber = attributes[Int(RTA_TABLE.rawValue)]?.integer(at: 0, as: UInt32.self) ?? UInt32(table)
    let kinds = [RTN_UNICAST, RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT].map { UInt8(truncatingIfNeeded: Int($0)) }
    guard flags & UInt32(RTM_F_CLONED) == 0, tableNumber == UInt32(RT_TABLE_MAIN.rawValue), kinds.contains(type),
      !Self.kernelsOwn.contains(protocolNumber)
    else { return nil }
    let unspecified: IPAddress
    switch Int32(family) {
    case AF_INET: unspecified = .v4(.unspecified)
    case AF_INET6: unspecified = .v6(IPv6Address(high: 0, low: 0))
    default: return nil
    }
    guard length <= (unspecified.v4 == nil ? 128 : 32) else { throw MalformedNetlinkMessage(type: message.type) }
    let destination = attributes[Int(RTA_DST.rawValue)]?.address ?? unspecified
    let hop = Self.nextHop(attributes)
    self.typeOfService = typeOfService
    route = KernelRoute(
      prefix: IPPrefix(destination, length: Int(length)), protocolNumber: protocolNumber,
      metric: attributes[Int(RTA_PRIORITY.rawValue)]?.integer(at: 0) ?? 0, interfaceIndex: hop.interfaceIndex,
      gateway: hop.gateway)
  }

  /// Where the route leads: its own device and gateway, or the first of several.
  private static func nextHop(_ attributes: [Int: KernelOctets]) -> (interfaceIndex: UInt32?, gateway: IPAddress?) {
    // RTA_MULTIPATH: rtnexthop (length, flags, hops, interface index), then attributes of its own.
    if let first = attributes[Int(RTA_MULTIPATH.rawValue)], let length: UInt16 = first.integer(at: 0),
      let hop = first[0..<Int(length)], let index: UInt32 = hop.integer(at: 4)
    {
      let own = NetlinkMessage(type: 0, flags: 0, sequenceNumber: 0, payload: hop).attributes(after: 8) ?? [:]
      return (index, own[Int(RTA_GATEWAY.rawValue)]?.address)
    }
    let index = attributes[Int(RTA_OIF.rawValue)]?.integer(at: 0, as: UInt32.self)
    return (index, attributes[Int(RTA_GATEWAY.rawValue)]?.address ?? viaOtherFamily(attributes))
  }

  /// RTA_VIA: a gateway of another family than the destination, its family before it.
  private static func viaOtherFamily(_ attributes: [Int: KernelOctets]) -> IPAddress? {
    guard let via = attributes[Int(RTA_VIA.rawValue)], via.count > 2 else { return nil }
    return via[2..<via.count]?.address
  }
}

extension NetlinkRequest {
  /// `rtmsg`: the fixed part of route messages.
  mutating func appendRouteHeader(family: Int32) {
    append(UInt8(truncatingIfNeeded: family))
    for _ in 0..<7 { append(UInt8(0)) }  // lengths, type of service, table, protocol, scope, type
    append(UInt32(0))  // flags
  }
}
