import OSPFWire

/// The sockets of `/proc/net/tcp`, `tcp6`, `udp`, `udp6`, `raw` or `raw6`: a line that is not as proc(5) describes it is passed over.
public struct SocketTable: Hashable, Sendable {
  /// A socket.
  public struct Socket: Hashable, Sendable {
    /// The address that it is bound to.
    public var address: IPAddress
    /// Its port; of a raw socket the IP protocol.
    public var port: UInt16
    /// Its state, by the kernel's number for one of TCP.
    public var state: UInt8
    /// By which it is found among a process's descriptors.
    public var inode: UInt64?
  }

  /// The transport protocols that servers listen on.
  public enum Transport: Hashable, Sendable {
    case tcp, udp

    /// TCP_LISTEN, and TCP_CLOSE, which is how the kernel prints a UDP socket that is not connected.
    fileprivate var waitingState: UInt8 { self == .tcp ? 0x0A : 0x07 }
  }

  /// In the table's order.
  public let sockets: [Socket]

  /// Reads the text of a table. Its first line has the titles.
  public init(_ text: String) {
    sockets = text.split(separator: "\n").dropFirst().compactMap { line in
      let columns = line.split { $0 == " " || $0 == "\t" }
      guard columns.count > 3, let (address, port) = Self.endpoint(columns[1]), let state = UInt8(columns[3], radix: 16) else {
        return nil
      }
      return Socket(address: address, port: port, state: state, inode: columns.count > 9 ? UInt64(columns[9]) : nil)
    }
  }

  /// The sockets of a table of this protocol that wait for somebody.
  public func listeners(_ transport: Transport) -> [Socket] { sockets.filter { $0.state == transport.waitingState } }

  /// `0100007F:0035`, or 32 digits for IPv6.
  private static func endpoint(_ text: Substring) -> (IPAddress, UInt16)? {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
    if let address = IPv4Address(kernelDigits: parts[0]) { return (.v4(address), port) }
    guard parts[0].count == 32 else { return nil }
    let digits = Array(parts[0])
    let words = (0..<4).compactMap { IPv4Address(kernelDigits: Substring(String(digits[$0 * 8..<$0 * 8 + 8])))?.rawValue }
    guard words.count == 4 else { return nil }
    let halves = (UInt64(words[0]) << 32 | UInt64(words[1]), UInt64(words[2]) << 32 | UInt64(words[3]))
    return (.v6(IPv6Address(high: halves.0, low: halves.1)), port)
  }
}

extension IPv4Address {
  /// Reads eight digits of a table of the kernel, which prints each word of an address as if it were a number of this machine.
  public init?(kernelDigits text: Substring) {
    guard text.utf8.count == 8, text.allSatisfy(\.isHexDigit), let number = UInt32(text, radix: 16) else { return nil }
    self.init(rawValue: UInt32(bigEndian: number))
  }
}
