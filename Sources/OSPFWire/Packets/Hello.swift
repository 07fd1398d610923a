/// The Hello packet (RFC 2328 section A.3.2, RFC 5340 section A.3.2).
public struct Hello: Hashable, Sendable {
  /// How the sender is attached.
  public var attachment: Attachment
  /// Seconds between Hellos; 0 means several a second.
  public var helloInterval: UInt16
  /// The sender's optional capabilities.
  public var options: Options
  /// The sender's Router Priority.
  public var priority: UInt8
  /// Seconds after which a silent router is down. OSPFv3 has 16 bits for it.
  public var routerDeadInterval: UInt32
  /// The Designated Router in the sender's view.
  public var designatedRouter: DesignatedRouterID
  /// The Backup Designated Router in the sender's view.
  public var backupDesignatedRouter: DesignatedRouterID
  /// The routers that the sender has heard lately.
  public var neighbors: [RouterID]

  /// How the sender of a Hello is attached to the network.
  public enum Attachment: Hashable, Sendable {
    /// OSPFv2: the network's mask.
    case networkMask(IPv4Address)
    /// OSPFv3: the sender's Interface ID.
    case interfaceID(UInt32)
  }

  public init(
    attachment: Attachment, helloInterval: UInt16, options: Options, priority: UInt8, routerDeadInterval: UInt32,
    designatedRouter: DesignatedRouterID, backupDesignatedRouter: DesignatedRouterID, neighbors: [RouterID]
  ) {
    self.attachment = attachment
    self.helloInterval = helloInterval
    self.options = options
    self.priority = priority
    self.routerDeadInterval = routerDeadInterval
    self.designatedRouter = designatedRouter
    self.backupDesignatedRouter = backupDesignatedRouter
    self.neighbors = neighbors
  }

  static func decode(_ body: RawSpan, version: OSPFVersion) throws(WireError) -> Hello {
    try body.require(20, "Hello")
    try body.requireEntries(ofSize: 4, from: 20, "neighbor list of the Hello")
    var neighbors: [RouterID] = []
    neighbors.reserveCapacity((body.byteCount - 20) / 4)
    for offset in stride(from: 20, to: body.byteCount, by: 4) {
      neighbors.append(RouterID(rawValue: body.uint32(at: offset)))
    }
    let designatedRouter = DesignatedRouterID(rawValue: body.uint32(at: 12))
    let backupDesignatedRouter = DesignatedRouterID(rawValue: body.uint32(at: 16))
    switch version {
    case .v2:
      return Hello(
        attachment: .networkMask(IPv4Address(rawValue: body.uint32(at: 0))), helloInterval: body.uint16(at: 4),
        options: Options(rawValue: UInt32(body.uint8(at: 6))), priority: body.uint8(at: 7),
        routerDeadInterval: body.uint32(at: 8), designatedRouter: designatedRouter,
        backupDesignatedRouter: backupDesignatedRouter, neighbors: neighbors)
    case .v3:
      return Hello(
        attachment: .interfaceID(body.uint32(at: 0)), helloInterval: body.uint16(at: 8),
        options: Options(rawValue: body.uint24(at: 5)), priority: body.uint8(at: 4),
        routerDeadInterval: UInt32(body.uint16(at: 10)), designatedRouter: designatedRouter,
        backupDesignatedRouter: backupDesignatedRouter, neighbors: neighbors)
    }
  }

  func encode(into writer: inout WireWriter) {
    switch attachment {
    case .networkMask(let mask):
      writer.uint32(mask.rawValue)
      writer.uint16(helloInterval)
      writer.uint8(UInt8(truncatingIfNeeded: options.rawValue))
      writer.uint8(priority)
      writer.uint32(routerDeadInterval)
    case .interfaceID(let interfaceID):
      writer.uint32(interfaceID)
      writer.uint8(priority)
      writer.uint24(options.rawValue)
      writer.uint16(helloInterval)
      writer.uint16(UInt16(clamping: routerDeadInterval))
    }
    writer.uint32(designatedRouter.rawValue)
    writer.uint32(backupDesignatedRouter.rawValue)
    for neighbor in neighbors { writer.uint32(neighbor.rawValue) }
  }
}
