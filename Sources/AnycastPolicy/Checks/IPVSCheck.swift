import OSPFWire

/// `check ipvs virtual A:P tcp|udp [minimum N]`
public struct IPVSCheck: Hashable, Sendable {
  /// The virtual address.
  public var address: IPAddress?
  /// The virtual port.
  public var port: UInt16
  /// The virtual service's protocol.
  public var transport: Transport
  /// How many real servers with a weight above zero there must be.
  public var minimum: Int

  /// The protocols of a virtual service.
  public enum Transport: String, Hashable, Sendable, CaseIterable {
    case tcp, udp
  }

  /// Makes a check with the defaults of the dialect.
  public init(address: IPAddress?, port: UInt16, transport: Transport, minimum: Int = 1) {
    self.address = address
    self.port = port
    self.transport = transport
    self.minimum = minimum
  }
}
