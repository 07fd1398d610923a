import AnycastPolicy
import OSPFWire

/// `check icmp ADDRESS`
public struct ICMPCheck: Hashable, Sendable {
  /// Whom to send an echo request.
  public var address: IPAddress

  public init(address: IPAddress) {
    self.address = address
  }
}

extension ICMPCheck: CheckDefinition {
  var keyword: String { "icmp" }
  var target: CheckTarget { .address(address) }

  func say(in wording: inout CheckWording) { wording.say("\(address)") }

  func commandLines(addresses: [IPAddress]) -> [String] { ["ping -c 3 \(address)"] }

  static let readers: [String: CheckReader] = ["icmp": read]

  private static let read: CheckReader = { arguments throws(ConfigurationError) in
    .icmp(ICMPCheck(address: try arguments.ipAddress()))
  }
}
