import OSPFProtocol
import OSPFWire

/// An address on a device.
public struct DeviceAddress: Hashable, Sendable {
  /// The device's name.
  public var device: String
  public var address: IPAddress

  /// Names an address on a device.
  public init(device: String, address: IPAddress) {
    self.device = device
    self.address = address
  }
}

extension DeviceAddress: Comparable, CustomStringConvertible {
  public static func < (left: Self, right: Self) -> Bool { (left.device, left.address) < (right.device, right.address) }

  /// `192.0.2.1 on lo`
  public var description: String { "\(address) on \(device)" }
}

/// A service's address on the device where we put it.
struct ManagedAddress: Hashable {
  let device: String
  let address: ServiceAddress

  var onDevice: DeviceAddress { DeviceAddress(device: device, address: address.address) }
}
