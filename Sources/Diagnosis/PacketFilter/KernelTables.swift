import OSPFWire
import ProbeWire

/// Readers of the tables under /proc/net, each of which takes the text: a line that is not as proc(5) describes it is ignored.
public enum KernelTables {
  /// The sockets of `/proc/net/tcp`, `tcp6`, `udp` or `udp6` that wait for somebody.
  public static func listeners(_ text: String, _ transport: HostFacts.Transport) -> [HostFacts.Listener] {
    SocketTable(text).listeners(transport == .tcp ? .tcp : .udp).map { HostFacts.Listener(transport, $0.address, port: $0.port) }
  }

  /// The inodes of the sockets of `/proc/net/raw` or `raw6` for an IP protocol.
  public static func rawSockets(_ text: String, ipProtocol: UInt16) -> [UInt64] {
    SocketTable(text).sockets.filter { $0.port == ipProtocol }.compactMap(\.inode)
  }

  /// The groups of `/proc/net/igmp`: lines of devices, each followed by indented lines of its groups.
  public static func groups(igmp text: String) -> [String: Set<IPAddress>] {
    var groups: [String: Set<IPAddress>] = [:]
    var device = ""
    for columns in rows(text) {
      if columns.count > 1, UInt32(columns[0]) != nil, columns[0].count < 8 {
        device = String(columns[1])
        groups[device] = groups[device] ?? []
      } else if let group = columns.first.flatMap({ IPv4Address(kernelDigits: $0) }) {
        groups[device, default: []].insert(.v4(group))
      }
    }
    return groups
  }

  /// The groups of `/proc/net/igmp6`.
  public static func groups(igmp6 text: String) -> [String: Set<IPAddress>] {
    var groups: [String: Set<IPAddress>] = [:]
    for columns in lines(text) where columns.count > 2 {
      guard let group = octets(columns[2]) else { continue }
      groups[String(columns[1]), default: []].insert(.v6(group))
    }
    return groups
  }

  /// The addresses of `/proc/net/if_inet6`.
  public static func ipv6Addresses(_ text: String) -> [HostFacts.IPv6DeviceAddress] {
    lines(text).compactMap { columns in
      guard columns.count > 5, let address = octets(columns[0]), let flags = UInt32(columns[4], radix: 16) else { return nil }
      return HostFacts.IPv6DeviceAddress(
        address, device: String(columns[5]), isTentative: flags & 0x40 != 0, isDuplicate: flags & 0x08 != 0)
    }
  }

  /// The packets that each device of `/proc/net/dev` has received.
  public static func receivedPackets(_ text: String) -> [String: UInt64] {
    var packets: [String: UInt64] = [:]
    for line in text.split(separator: "\n") {
      guard let colon = line.lastIndex(of: ":") else { continue }
      let columns = line[line.index(after: colon)...].split(separator: " ")
      guard columns.count > 1, let count = UInt64(columns[1]) else { continue }
      packets[line[..<colon].filter { $0 != " " }] = count
    }
    return packets
  }

  /// The effective capabilities of `/proc/PID/status`.
  public static func capabilities(_ text: String) -> HostFacts.Capabilities? {
    let line = text.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    guard let mask = line?.split(whereSeparator: \.isWhitespace).last.flatMap({ UInt64($0, radix: 16) }) else { return nil }
    return HostFacts.Capabilities(netRaw: mask >> 13 & 1 == 1, netAdmin: mask >> 12 & 1 == 1)
  }

  /// The innermost service of systemd in `/proc/PID/cgroup`: a router's daemons are in the unit of their suite.
  public static func unit(cgroup text: String) -> String? {
    let services = text.split { $0 == "\n" || $0 == "/" }.filter { $0.hasSuffix(".service") }
    return services.last.map { String($0.dropLast(".service".count)) }
  }

  // MARK: - Notations

  private static func lines(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").map { $0.split { $0 == " " || $0 == "\t" } }
  }

  /// Every line but the first, which has the titles.
  private static func rows(_ text: String) -> some Sequence<[Substring]> { lines(text).dropFirst() }

  /// 32 digits in the order of the octets.
  private static func octets(_ text: Substring) -> IPv6Address? {
    guard text.count == 32, let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16) else {
      return nil
    }
    return IPv6Address(high: high, low: low)
  }
}
