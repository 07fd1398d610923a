import ControlAPI
import OSPFProtocol

/// What the kernel says about the device of an OSPF interface, beyond what OSPF needs to know.
extension InterfaceReport {
  /// Adds what is known about the device. Flags and speed are read from sysfs, which a container may not have.
  mutating func describe(_ link: Link) {
    deviceAddresses = link.addresses.filter { !$0.isTentative }.map { "\($0.address)/\($0.prefixLength)" }
    speedMbit = Self.attribute("speed", of: link.name).flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    let bits = Self.attribute("flags", of: link.name).flatMap { UInt32($0.dropFirst(2), radix: 16) } ?? 0
    // The kernel keeps IFF_RUNNING elsewhere.
    deviceFlags = Self.flags.filter { bits & $0.bit != 0 || $0.name == "RUNNING" && link.isUp }.map(\.name)
  }

  /// The flags of netdevice(7), in the order in which FRR prints them.
  private static let flags: [(bit: UInt32, name: String)] = [
    (0x1, "UP"), (0x2, "BROADCAST"), (0x4, "DEBUG"), (0x8, "LOOPBACK"), (0x10, "POINTOPOINT"), (0x20, "NOTRAILERS"),
    (0x40, "RUNNING"), (0x80, "NOARP"), (0x100, "PROMISC"), (0x200, "ALLMULTI"), (0x1000, "MULTICAST"),
  ]

  private static func attribute(_ name: String, of device: String) -> Substring? {
    guard let octets = try? FileAccess.read("/sys/class/net/\(device)/\(name)") else { return nil }
    return Substring(decoding: octets, as: UTF8.self).split(separator: "\n").first
  }
}
