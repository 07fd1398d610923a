import ControlAPI

/// How figures are said in sentences.
enum Phrases {
  /// `0.4 s`, `47 s`, `12 min`, `5 h`, `3 days`
  static func duration(_ seconds: Double) -> String {
    let tenths = Int((max(seconds, 0) * 10).rounded())
    let whole = tenths / 10
    return switch whole {
    case ..<10: tenths % 10 == 0 ? "\(whole) s" : "\(whole).\(tenths % 10) s"
    case ..<120: "\(whole) s"
    case ..<7200: "\(whole / 60) min"
    case ..<172_800: "\(whole / 3600) h"
    default: "\(whole / 86400) days"
    }
  }

  /// `1 packet`, `12 packets`
  static func count(_ number: some BinaryInteger, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}

extension InterfaceReport {
  /// `interface eth0 (OSPFv2)`
  var subject: String { "interface \(interface) (\(`protocol`.title(addressFamily)))" }

  /// The lines of the configuration that set an interface's parameters begin with this.
  var command: String { `protocol` == .ospfV2 ? "ip ospf" : "ipv6 ospf6" }

  /// What shows the OSPF packets of the device.
  var packetDump: String { "`tcpdump -ni \(interface) \(`protocol` == .ospfV2 ? "ip" : "ip6") proto 89`" }

  /// AllSPFRouters
  var allSPFRouters: String { `protocol` == .ospfV2 ? "224.0.0.5" : "ff02::5" }

  /// AllDRouters
  var allDRouters: String { `protocol` == .ospfV2 ? "224.0.0.6" : "ff02::6" }

  /// Whether packets are sent and accepted on it.
  var isActive: Bool { up && !passive && ![.absent, .down, .loopback].contains(state) }

  /// Whether it hears everybody by multicast.
  var isMulticast: Bool { networkType == .broadcast || networkType == .pointToPoint }

  /// Whether a Designated Router is elected on it.
  var electsDesignatedRouter: Bool { networkType == .broadcast || networkType == .nonBroadcast }
}

extension NeighborReport {
  /// `192.0.2.1 (10.0.0.1)`
  var name: String { "\(routerID) (\(address))" }

  /// Whether the neighbor has been heard.
  var isHeard: Bool { state != .down && state != .attempt }
}
