import OSPFWire

/// What a check probes, as far as the policy has to know it: the rest is between the dialect that reads it and the probe that runs it.
public protocol CheckSubject: Hashable, Sendable {
  var target: CheckTarget { get }
}

/// Whom a check asks.
public enum CheckTarget: Hashable, Sendable {
  /// Each address of the service.
  case serviceAddresses
  /// Somebody whom the check names.
  case address(IPAddress)
  /// Nobody who has an address.
  case nobody

  /// The address that the check names.
  public var address: IPAddress? {
    guard case .address(let address) = self else { return nil }
    return address
  }
}
