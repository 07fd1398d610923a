import OSPFProtocol
import OSPFWire

/// `install-route via A dev IF`: where the kernel's route to a service's prefixes leads while the service is up.
public struct RouteTarget: Hashable, Sendable {
  /// The next router; nil when the prefix is on the device's link.
  public var gateway: IPAddress?
  /// The device; nil leaves the choice to the kernel, which knows where the gateway is.
  public var device: String?

  /// One of the two is there.
  public init(gateway: IPAddress? = nil, device: String? = nil) {
    self.gateway = gateway
    self.device = device
  }

  /// Whether a route to a prefix can lead there: a gateway is one for its own family.
  public func takes(_ prefix: IPPrefix) -> Bool {
    switch (gateway, prefix) {
    case (nil, _), (.v4?, .v4), (.v6?, .v6): true
    case (.v4?, .v6), (.v6?, .v4): false
    }
  }
}

/// A route that is to be in the kernel.
public struct ServiceRoute: Hashable, Sendable {
  /// Its destination: the prefix of a service.
  public var prefix: IPPrefix
  /// Where it leads.
  public var target: RouteTarget

  public init(prefix: IPPrefix, target: RouteTarget) {
    self.prefix = prefix
    self.target = target
  }
}
