import OSPFWire

/// Where the metrics and the status page are served on TCP.
public struct MetricsListener: Hashable, Sendable, CustomStringConvertible {
  /// The address; the unspecified one is every address.
  public var address: IPAddress
  public var port: UInt16

  /// Parses `192.0.2.1:9342` or `[2001:db8::1]:9342`. Returns nil for anything else.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    var host = text[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    if isBracketed { host = host.dropFirst().dropLast() }
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits), port > 0,
      let address = IPAddress(host), (address.v4 == nil) == isBracketed
    else { return nil }
    self.address = address
    self.port = port
  }

  /// The same as it is parsed.
  public var description: String { address.v4 == nil ? "[\(address)]:\(port)" : "\(address):\(port)" }

  /// Whether only this host can reach it.
  public var isLoopback: Bool {
    switch address {
    case .v4(let address): address.rawValue >> 24 == 127
    case .v6(let address): address == IPv6Address(high: 0, low: 1)
    }
  }

  /// How nftables calls its version of IP.
  var familyWord: String { address.v4 == nil ? "ip6" : "ip" }
}
