import AnycastPolicy
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

  public init(address: IPAddress?, port: UInt16, transport: Transport, minimum: Int = 1) {
    self.address = address
    self.port = port
    self.transport = transport
    self.minimum = minimum
  }
}

extension IPVSCheck: CheckDefinition {
  var keyword: String { "ipvs" }
  /// A virtual service is looked up in a table, and asked nothing.
  var target: CheckTarget { address == nil ? .serviceAddresses : .nobody }
  var asksOverNetwork: Bool { false }

  func say(in wording: inout CheckWording) {
    wording.say("virtual", address, port)
    wording.say(transport.rawValue)
    wording.say("minimum \(minimum)", unless: minimum == 1)
  }

  func commandLines(addresses: [IPAddress]) -> [String] {
    (address.map { [$0] } ?? addresses).map { "ipvsadm -Ln \(transport == .tcp ? "-t" : "-u") \(ShellWords.endpoint($0, port))" }
  }

  static let readers: [String: CheckReader] = ["ipvs": read]

  private static let read: CheckReader = { arguments throws(ConfigurationError) in
    _ = try arguments.keyword(["virtual"])
    let (address, port) = try arguments.serviceEndpoint()
    var check = IPVSCheck(address: address, port: port, transport: try arguments.choice(IPVSCheck.Transport.self))
    while try arguments.nextCheckOption(of: ["minimum"]) != nil { check.minimum = try arguments.number(1...65535) }
    return .ipvs(check)
  }
}
