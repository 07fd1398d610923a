import CLinux
import Glibc
import OSPFProtocol
import OSPFWire

/// A packet socket beside the raw one, which says from which station of the link each OSPF packet comes. It waits for nobody: whoever has it
/// takes what has arrived when there is a reason to.
public final class LinkLayerWatch {
  private let socket: OwnedDescriptor
  private let family: Int32

  /// Needs CAP_NET_RAW, and AF_PACKET where address families are restricted.
  public init(_ version: IPVersion, interfaceIndex: UInt32) throws(SystemCallError) {
    family = version.family
    socket = try OwnedDescriptor(clinux_open_link_layer_watch(family, interfaceIndex), "open a packet socket")
  }

  /// The most packets that are looked at in one go: a flood must not hold up the loop.
  private static let mostAtOnce = 64

  /// Takes the packets that have arrived.
  public func takeSources() -> [(address: IPAddress, station: LinkLayerAddress)] {
    var sources: [(IPAddress, LinkLayerAddress)] = []
    var source = clinux_link_layer_source()
    while sources.count < Self.mostAtOnce, clinux_next_link_layer_source(socket.value, family, &source) == 1 {
      let address: IPAddress =
        family == AF_INET
        ? .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: source.address_low)))
        : .v6(IPv6Address(high: source.address_high, low: source.address_low))
      sources.append((address, LinkLayerAddress(rawValue: source.hardware)))
    }
    return sources
  }
}
