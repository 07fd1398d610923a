import OSPFWire

/// A route that this daemon puts into the kernel's main table.
public struct InstalledRoute: Hashable, Sendable {
  /// The destination.
  public var prefix: IPPrefix
  /// The next router; nil when the destination is on the link.
  public var gateway: IPAddress?
  /// The device; nil leaves the choice to the kernel.
  public var device: String?

  public init(prefix: IPPrefix, gateway: IPAddress? = nil, device: String? = nil) {
    self.prefix = prefix
    self.gateway = gateway
    self.device = device
  }
}
