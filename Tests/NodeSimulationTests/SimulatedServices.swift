import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// The services that every node of a simulation has, one for each way in which an address gets to a device, and their text in
/// the configuration.
enum SimulatedService: Int, CaseIterable {
  case always, healthy, present, routed

  var name: String { "\(self)" }
  var address: IPAddress { .v4(IPv4Address(192, 0, 2, UInt8(rawValue + 1))) }
  var prefix: IPPrefix { IPPrefix(host: address) }

  static let rise = 2
  static let fall = 2

  /// Its lines, with what a reload may change.
  func text(metric: Int, linger: Int) -> String {
    let check = self == .routed ? "check tcp 10.9.0.1 port 53" : "check tcp port 53"
    let mode = self == .routed ? "none\n install-route via 10.0.0.250" : name
    return """
      anycast service \(name)
       address \(address)
       address-mode \(mode)
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
