import OSPFWire

/// The kernel's table of virtual servers, as `/proc/net/ip_vs` shows it.
public struct IPVSTable: Hashable, Sendable {
  /// A virtual service by address, with its real servers. Services by firewall mark are ignored: they have no address.
  public struct VirtualService: Hashable, Sendable {
    /// `TCP`, `UDP`, `SCTP`
    public var transport: String
    /// The virtual address.
    public var address: IPAddress
    /// The virtual port.
    public var port: UInt16
    /// The weights of the real servers; one of weight zero gets no new connections.
    public var weights: [Int]
  }

  /// The services, in the table's order.
  public let services: [VirtualService]

  /// Reads the table. A line that cannot be read is an error, except that services of a kind that is not known are ignored
  /// with their servers.
  public init(_ text: [UInt8]) throws(MessageRefusal) {
    let lines = text.split(separator: UInt8(ascii: "\n"))
    guard let first = lines.first, first.starts(with: Array("IP Virtual Server ".utf8)) else {
      throw MessageRefusal("no table of virtual servers")
    }
    var services: [VirtualService] = []
    var isListed = false
    for (index, line) in lines.enumerated().dropFirst() {
      let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }).map { String(decoding: $0, as: UTF8.self) }
      let problem = MessageRefusal("line \(index + 1) of the table cannot be read")
      switch words.first {
      case "->" where isListed:
        guard words.count >= 6, let weight = Int(words[3]) else { throw problem }
        services[services.count - 1].weights.append(weight)
      case "TCP", "UDP", "SCTP":
        guard words.count >= 2, let (address, port) = Self.endpoint(words[1]) else { throw problem }
        services.append(VirtualService(transport: words[0], address: address, port: port, weights: []))
        isListed = true
      case "->": break
      default: isListed = false
      }
    }
    self.services = services
  }

  /// The service of an address, port and protocol.
  public func service(_ address: IPAddress, port: UInt16, transport: String) -> VirtualService? {
    services.first { $0.address == address && $0.port == port && $0.transport == transport }
  }

  /// `C0000201:0050`, or `[2001:0db8:0000:0000:0000:0000:0000:0001]:0050`
  private static func endpoint(_ text: String) -> (IPAddress, UInt16)? {
    guard let colon = text.lastIndex(of: ":"), let port = hexadecimal(text[text.index(after: colon)...], digits: 4) else {
      return nil
    }
    let address = text[..<colon]
    if address.hasPrefix("["), address.hasSuffix("]") {
      guard let v6 = IPv6Address(String(address.dropFirst().dropLast())) else { return nil }
      return (.v6(v6), UInt16(truncatingIfNeeded: port))
    }
    return hexadecimal(address, digits: 8).map { (.v4(IPv4Address(rawValue: $0)), UInt16(truncatingIfNeeded: port)) }
  }

  private static func hexadecimal(_ text: Substring, digits: Int) -> UInt32? {
    let isNumber = text.utf8.count == digits && text.utf8.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }
    return isNumber ? UInt32(text, radix: 16) : nil
  }
}
