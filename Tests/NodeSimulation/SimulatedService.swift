import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// The services that every node of a simulation has, one for each way in which an address gets to a device, and their text in
/// the configuration.
enum SimulatedService: Int, CaseIterable {
  case always, healthy, present, routed
  /// Added while the daemon runs.
  case added

  static let configured: [SimulatedService] = [.always, .healthy, .present, .routed]

  var name: String {
    switch self {
    case .always: "always"
    case .healthy: "healthy"
    case .present: "present"
    case .routed: "routed"
    case .added: "added"
    }
  }

  /// The device that its addresses are on.
  var device: String { self == .healthy ? "svc0" : "lo" }

  /// Its address in the family of a version.
  func address(_ version: OSPFVersion) -> IPAddress {
    switch version {
    case .v2: .v4(IPv4Address(192, 0, 2, UInt8(rawValue + 1)))
    case .v3: .v6(IPv6Address(high: 0x2001_0DB8 << 32, low: UInt64(rawValue + 1)))
    }
  }

  /// Whose address it is.
  init?(address: IPAddress) {
    guard let service = Self.allCases.first(where: { $0.address(address.v4 == nil ? .v3 : .v2) == address }) else { return nil }
    self = service
  }

  static let rise = 2
  static let fall = 2

  /// The lines of its block, with what a reload may change.
  func lines(_ protocols: [ProtocolInstance], metric: Int, linger: Int) -> String {
    let mode =
      switch self {
      case .routed: "address-mode none\n install-route dev eth0"
      case .added: "address-mode healthy"
      case .always, .healthy, .present: "address-mode \(name)"
      }
    let check = self == .routed ? "check tcp 10.9.0.1 port 53" : "check tcp port 53"
    return protocols.map { " address \(address($0.version))\n" }.joined() + """
       \(mode)
       device \(device)
       advertise external metric \(metric)
       linger \(linger)s
       \(check) interval 1s timeout 500ms rise \(Self.rise) fall \(Self.fall)

      """
  }
}

/// What is behind a service on one host.
struct SimulatedServer {
  enum State: CaseIterable {
    case up, down, hanging
  }

  enum Listening: CaseIterable {
    /// On all addresses.
    case everywhere
    /// On the loopback only: it bound before the service's address came.
    case loopback
  }

  var state = State.up
  var listening = Listening.everywhere

  /// Whether somebody who asks it at its service's address is answered.
  var servesAddress: Bool { state == .up && listening == .everywhere }
}
