import OSPFWire
import PacketCapture

/// Which packets of a capture are wanted. What is empty or nil asks for nothing.
public struct PacketSelection: Hashable, Sendable {
  /// Packets of these senders.
  public var routerIDs: Set<RouterID> = []
  /// Packets of these types.
  public var types: Set<PacketType> = []
  /// Packets with an LSA of one of these types: carried, described, requested or acknowledged.
  public var lsTypes: Set<LSType> = []
  /// Packets with an LSA that has this Link State ID.
  public var linkStateID: LinkStateID?
  /// Packets with an LSA of this originator.
  public var advertisingRouter: RouterID?

  /// A filter that accepts everything.
  public init() {}

  /// Whether a packet is wanted. One without a readable header is so only where nothing is asked for.
  public func accepts(_ packet: InspectedPacket) -> Bool {
    guard let header = packet.header else { return self == PacketSelection() }
    if !routerIDs.isEmpty, !routerIDs.contains(header.routerID) { return false }
    if !types.isEmpty, !types.contains(header.type) { return false }
    return !asksForLSAs || packet.keys.contains(where: accepts)
  }

  /// Whether an LSA is wanted; the same LSA must be of the type, have the ID and the originator that are asked for.
  public func accepts(_ key: LSAKey) -> Bool {
    if !lsTypes.isEmpty, !lsTypes.contains(key.lsType) { return false }
    if let linkStateID, linkStateID != key.linkStateID { return false }
    if let advertisingRouter, advertisingRouter != key.advertisingRouter { return false }
    return true
  }

  private var asksForLSAs: Bool { !lsTypes.isEmpty || linkStateID != nil || advertisingRouter != nil }
}
