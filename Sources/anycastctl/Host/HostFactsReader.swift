import Diagnosis
import FoundationEssentials
import OSPFWire
import PacketCapture

/// Reads what the host says about itself, from /proc and /sys and by the tools that know the rest.
struct HostFactsReader {
  private let processID: Int
  private var facts = HostFacts()
  /// Where the tables of the daemon's network namespace are.
  private let tables: String
  /// /sys, sysctls and tools tell of our own network namespace.
  private let isSameNamespace: Bool

  private static let ospf: UInt16 = 89

  /// Reads for a daemon.
  init(processID: Int) {
    self.processID = processID
    let theirs = Self.target(of: "/proc/\(processID)/ns/net")
    isSameNamespace = theirs == nil || theirs == Self.target(of: "/proc/self/ns/net")
    tables = isSameNamespace ? "/proc/net" : "/proc/\(processID)/net"
  }

  /// Everything that can be read. `addresses` are those of devices whose links are asked who else has them.
  mutating func read(addresses: [(device: String, address: IPv4Address)]) async -> HostFacts {
    facts.capabilities = text("/proc/\(processID)/status").flatMap(KernelTables.capabilities)
    readTables()
    readRawSockets()
    guard isSameNamespace else {
      facts.notLookedAt.append(
        (
          "sysctls, packet filters and routes",
          "the daemon is in another network namespace; `nsenter -t \(processID) -m -n anycastctl doctor` looks there"
        ))
      return facts
    }
    readDevices()
    probe(addresses)
    facts.packetFilters = await PacketFilterReader(tables: tables).read(into: &facts.notLookedAt)
    do {
      facts.defaultRouteDevices = try DefaultRoutes.devices(await Tool.output("ip", ["-j", "-4", "route", "show", "default"]))
    } catch {
      facts.notLookedAt.append(("routes", "\(error)"))
    }
    return facts
  }

  // MARK: - Tables

  private mutating func readTables() {
    let tcp = table("tcp", "tcp6") { KernelTables.listeners($0, .tcp) }
    let udp = table("udp", "udp6") { KernelTables.listeners($0, .udp) }
    if let tcp, let udp { facts.listeners = tcp + udp }
    if let igmp = text("\(tables)/igmp") {
      let igmp6 = text("\(tables)/igmp6").map(KernelTables.groups(igmp6:)) ?? [:]
      facts.groups = KernelTables.groups(igmp: igmp).merging(igmp6) { $0.union($1) }
    }
    facts.ipv6Addresses = text("\(tables)/if_inet6").map(KernelTables.ipv6Addresses)
    let received = text("\(tables)/dev").map(KernelTables.receivedPackets) ?? [:]
    for (device, count) in received { facts.devices[device, default: .init()].receivedPackets = count }
  }

  /// A table for each version of IP; that for IPv6 is not there when the kernel has none. Nil when neither can be read.
  private func table<Row>(_ ipv4: String, _ ipv6: String, read: (String) -> [Row]) -> [Row]? {
    let texts = [ipv4, ipv6].compactMap { text("\(tables)/\($0)") }
    return texts.isEmpty ? nil : texts.flatMap(read)
  }

  // MARK: - Raw sockets

  private mutating func readRawSockets() {
    guard let inodes = table("raw", "raw6", read: { KernelTables.rawSockets($0, ipProtocol: Self.ospf) }) else { return }
    let owners = inodes.isEmpty ? [:] : owners(of: Set(inodes))
    facts.rawSockets = inodes.map { HostFacts.RawSocket(inode: $0, owner: owners[$0]) }
    if inodes.contains(where: { owners[$0] == nil }) {
      facts.notLookedAt.append(("the owners of some raw sockets", "only root sees the descriptors of other users' processes"))
    }
  }

  private func owners(of inodes: Set<UInt64>) -> [UInt64: HostFacts.Process] {
    var owners: [UInt64: HostFacts.Process] = [:]
    for process in Self.entries(of: "/proc").compactMap({ Int($0) }) {
      for descriptor in Self.entries(of: "/proc/\(process)/fd") {
        guard let target = Self.target(of: "/proc/\(process)/fd/\(descriptor)"), target.hasPrefix("socket:["),
          let inode = UInt64(target.dropFirst("socket:[".count).dropLast()), inodes.contains(inode)
        else { continue }
        let name = text("/proc/\(process)/comm")?.split(separator: "\n").first.map(String.init)
        owners[inode] = HostFacts.Process(
          id: process, name: name ?? "a process", unit: text("/proc/\(process)/cgroup").flatMap(KernelTables.unit(cgroup:)))
      }
    }
    return owners
  }

  // MARK: - Devices

  /// ARPHRD_ETHER
  private static let ethernet = 1
  /// IFF_UP, IFF_NOARP
  private static let (up, noARP) = (0x1, 0x80)

  private mutating func readDevices() {
    for name in Self.entries(of: "/sys/class/net") {
      var device = facts.devices[name] ?? .init()
      let flags = text("/sys/class/net/\(name)/flags").flatMap { Int($0.dropFirst(2).prefix { $0.isHexDigit }, radix: 16) }
      device.isUp = flags.map { $0 & Self.up != 0 }
      device.hasCarrier = number("/sys/class/net/\(name)/carrier").map { $0 == 1 }
      let type = number("/sys/class/net/\(name)/type")
      device.answersARP = type == Self.ethernet && flags.map { $0 & Self.noARP == 0 } ?? true
      device.reversePathFilter = effective("rp_filter", on: name)
      device.arpIgnore = effective("arp_ignore", on: name)
      device.arpAnnounce = effective("arp_announce", on: name)
      facts.devices[name] = device
    }
  }

  /// For these settings the larger one of the device's and everybody's is in force (ip-sysctl.rst).
  private func effective(_ setting: String, on device: String) -> Int? {
    let values = ["all", device].compactMap { number("/proc/sys/net/ipv4/conf/\($0)/\(setting)") }
    return values.count == 2 ? values.max() : nil
  }

  // MARK: - Links

  /// Asks the links of Ethernet devices who else has the addresses.
  private mutating func probe(_ addresses: [(device: String, address: IPv4Address)]) {
    let hardware = Dictionary(
      facts.devices.keys.compactMap { name in
        text("/sys/class/net/\(name)/address").flatMap { HardwareAddress($0.filter { !$0.isWhitespace }) }.map { (name, $0) }
      }
    ) { first, _ in first }
    let questions = addresses.compactMap { device, address -> AddressProbe.Question? in
      let link = facts.devices[device]
      guard link?.answersARP == true, link?.isUp == true, link?.hasCarrier == true, let own = hardware[device] else { return nil }
      return AddressProbe.Question(device: device, hardwareAddress: own, address: address)
    }
    do {
      let conflicts = try AddressProbe.conflicts(Array(Set(questions)), own: Set(hardware.values))
      facts.addressConflicts = conflicts.map { question, other in
        .init(device: question.device, address: .v4(question.address), hardwareAddress: "\(other)")
      }
    } catch {
      facts.notLookedAt.append(("whether another host has our addresses", "\(error)"))
    }
  }

  // MARK: - Files

  private func number(_ path: String) -> Int? { text(path).flatMap { Int($0.filter { !$0.isWhitespace }) } }

  private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

  private static func entries(of directory: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
  }

  private static func target(of link: String) -> String? { try? FileManager.default.destinationOfSymbolicLink(atPath: link) }
}
