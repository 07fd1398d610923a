import OSPFProtocol
import OSPFWire
import Redistribution

/// `ip route` and `ipv6 route`: no route is installed, but the lines say which routes `redistribute static` is about.
enum StaticRouteCommands {
  static let all = [command("ip route", .ipv4), command("ipv6 route", .ipv6)]

  private static let discards = ["Null0", "null0", "blackhole", "reject"]

  private static func command(_ phrase: String, _ family: AddressFamily) -> Command {
    Command(phrase) { arguments, draft throws(ConfigurationError) in
      let route = try route(&arguments, family)
      draft.note(.changedMeaning, arguments, meaning(of: route))
      if draft.configuration.staticRoutes.contains(where: { $0.prefix == route.prefix }) {
        // Another next hop of the same route.
        return
      }
      draft.configuration.staticRoutes.append(route)
    } undo: { arguments, draft throws(ConfigurationError) in
      let prefix = try destination(&arguments, family)
      arguments.skipAll()
      let wasThere = draft.configuration.staticRoutes.contains { $0.prefix == prefix }
      draft.configuration.staticRoutes.removeAll { $0.prefix == prefix }
      draft.noteIfNothing(was: wasThere, arguments)
    }
  }

  private static func meaning(of route: StaticRoute) -> String {
    route.isDiscard
      ? "no route is installed; for 'redistribute static' it counts as there"
      : "no route is installed, the system's network configuration does that; once there, it is one for 'redistribute static'"
  }

  /// The next hop, the device, a distance, and whatever else, until the end; the tag may stand anywhere among them.
  private static func route(_ arguments: inout Arguments, _ family: AddressFamily) throws(ConfigurationError) -> StaticRoute {
    let prefix = try destination(&arguments, family)
    var target = [try arguments.take(expecting: "a next hop, a device, 'Null0', 'blackhole' or 'reject'").text]
    let isDiscard = target.contains { discards.contains($0) }
    var tag: UInt32 = 0
    while !arguments.isAtEnd {
      if arguments.skip("tag") {
        tag = UInt32(clamping: try arguments.number(1...Int(UInt32.max), "a tag"))
      } else {
        target.append(try arguments.take(expecting: "a word").text)
      }
    }
    return StaticRoute(prefix: prefix, target: target.joined(separator: " "), isDiscard: isDiscard, tag: tag)
  }

  /// `ADDRESS/LENGTH`; in IPv4 also `ADDRESS MASK`.
  private static func destination(_ arguments: inout Arguments, _ family: AddressFamily) throws(ConfigurationError) -> IPPrefix {
    guard family == .ipv4, let address = arguments.ipv4AddressIfPresent() else {
      let example = family == .ipv4 ? "an IPv4 prefix, as 192.0.2.0/24" : "an IPv6 prefix, as 2001:db8::/32"
      return try arguments.value(example) { text in
        guard let prefix = IPPrefix(text), prefix.family == family else { return nil }
        return prefix
      }
    }
    let length = try arguments.value("a subnet mask, as 255.255.255.0") { text in
      IPv4Address(text).flatMap { IPv4Prefix.length(ofMask: $0) }
    }
    return .v4(IPv4Prefix(address, length: length))
  }
}
