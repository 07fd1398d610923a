import OSPFWire

/// Readers of the tables under /proc/net, each of which takes the text: a line that is not as proc(5) describes it is ignored.
public enum KernelTables {
  /// The sockets of `/proc/net/tcp`, `tcp6`, `udp` or `udp6` that wait for somebody.
  public static func listeners(_ text: String, _ transport: HostFacts.Transport) -> [HostFacts.Listener] {
    // TCP_LISTEN, and TCP_CLOSE, which is how the kernel prints a UDP socket that is not connected.
    let waiting = transport == .tcp ? "0A" : "07"
    return rows(text).compactMap { columns in
      guard columns.count > 3, columns[3] == waiting, let (address, port) = endpoint(columns[1]) else { return nil }
      return HostFacts.Listener(transport, address, port: port)
    }
  }

  /// The inodes of the sockets of `/proc/net/raw` or `raw6` for an IP protocol, which stands where ports do.
  public static func rawSockets(_ text: String, ipProtocol: UInt16) -> [UInt64] {
    rows(text).compactMap { columns in
      guard columns.count > 9, let (_, number) = endpoint(columns[1]), number == ipProtocol else { return nil }
      return UInt64(columns[9])
    }
  }

  /// The groups of `/proc/net/igmp`: lines of devices, each followed by indented lines of its groups.
  public static func groups(igmp text: String) -> [String: Set<IPAddress>] {
    var groups: [String: Set<IPAddress>] = [:]
    var device = ""
    for columns in rows(text) {
      if columns.count > 1, UInt32(columns[0]) != nil, columns[0].count < 8 {
        device = String(columns[1])
        groups[device] = groups[device] ?? []
      } else if let group = columns.first.flatMap({ word($0) }) {
        groups[device, default: []].insert(.v4(IPv4Address(rawValue: group)))
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

  /// `0100007F:0035`, or 32 digits for IPv6: each word of the address is printed as if it were a number of this machine.
  private static func endpoint(_ text: Substring) -> (IPAddress, UInt16)? {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
    if parts[0].count == 8 { return word(parts[0]).map { (.v4(IPv4Address(rawValue: $0)), port) } }
    guard parts[0].count == 32 else { return nil }
    let digits = Array(parts[0])
    let words = (0..<4).compactMap { word(Substring(String(digits[$0 * 8..<$0 * 8 + 8]))) }
    guard words.count == 4 else { return nil }
    let halves = (UInt64(words[0]) << 32 | UInt64(words[1]), UInt64(words[2]) << 32 | UInt64(words[3]))
    return (.v6(IPv6Address(high: halves.0, low: halves.1)), port)
  }

  private static func word(_ text: Substring) -> UInt32? {
    text.count == 8 ? UInt32(text, radix: 16).map { UInt32(bigEndian: $0) } : nil
  }

  /// 32 digits in the order of the octets.
  private static func octets(_ text: Substring) -> IPv6Address? {
    guard text.count == 32, let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16) else {
      return nil
    }
    return IPv6Address(high: high, low: low)
  }
}
