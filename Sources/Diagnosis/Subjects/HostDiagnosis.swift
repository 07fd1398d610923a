import ControlAPI
import OSPFWire

/// What of the host stands between the daemon and the routers, or between the service and its clients.
struct HostDiagnosis {
  let reports: DaemonReports
  let host: HostFacts

  private var active: [InterfaceReport] { reports.interfaces.filter(\.isActive) }

  var findings: [Finding] {
    capabilities + active.compactMap(membership) + active.flatMap(filters) + reversePath + exposed + onLAN + otherSpeakers
  }

  private func finding(
    _ severity: Finding.Severity, _ kind: Finding.Kind, _ message: String, advice: String, subject: String = "host"
  ) -> Finding {
    Finding(severity, kind, subject: subject, message: message, advice: advice)
  }

  // MARK: - The daemon's process

  private var capabilities: [Finding] {
    guard let capabilities = host.capabilities else { return [] }
    let keepsAddresses = reports.services.contains { [.always, .healthy].contains($0.addressMode) }
    let needs = [
      ("CAP_NET_RAW", !capabilities.netRaw, "opens no raw socket, without which there is no OSPF"),
      ("CAP_NET_ADMIN", !capabilities.netAdmin && keepsAddresses, "can neither add nor remove the addresses of the services"),
    ]
    return needs.filter(\.1).map { name, _, consequence in
      finding(
        .error, .missingCapability, "The daemon does not have \(name), and \(consequence).",
        advice: "systemd: `AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN`; or run it as root.", subject: "daemon")
    }
  }

  private func membership(_ interface: InterfaceReport) -> Finding? {
    guard interface.isMulticast, let groups = host.groups else { return nil }
    var wanted = [interface.allSPFRouters]
    if interface.state == .dr || interface.state == .backup { wanted.append(interface.allDRouters) }
    let joined = groups[interface.interface] ?? []
    let missing = wanted.filter { group in !joined.contains { $0.description == group } }
    guard !missing.isEmpty else { return nil }
    return finding(
      .error, .multicastMembershipMissing,
      "\(interface.interface) is not a member of \(missing.joined(separator: " and ")), so that the kernel drops what the routers "
        + "send to everybody.",
      advice:
        "Restart the daemon; its log says why it could not join. `ip maddress show dev \(interface.interface)` shows the groups.",
      subject: interface.subject)
  }

  private var otherSpeakers: [Finding] {
    let others = Set((host.rawSockets ?? []).compactMap(\.owner).filter { $0.id != reports.status.processID })
    return others.sorted { $0.id < $1.id }.map { process in
      finding(
        .warning, .otherOSPFSpeaker,
        "\(process.name) (process \(process.id)) has a raw socket for OSPF as well: another OSPF daemon runs on this host. On the same "
          + "device both answer the routers, with one address and two router IDs.",
        advice: "Stop one of the two, or keep them on different devices"
          + (process.unit.map { ": `systemctl disable --now \($0)`." } ?? "."))
    }
  }

  // MARK: - Packet filters

  /// What drops the OSPF packets that arrive on an interface, or leave through it.
  static func drops(on interface: InterfaceReport, _ hook: PacketFilter.Hook, _ host: HostFacts) -> [String] {
    let probe = PacketFilter.Probe(
      hook, interface.protocol == .ospfV2 ? .ipv4 : .ipv6, device: interface.interface,
      destination: interface.isMulticast ? IPAddress(interface.allSPFRouters) : nil)
    return host.packetFilters.flatMap { $0.drops(probe) }
  }

  /// What drops the unicasts between an interface and a neighbor, each with the direction.
  static func unicastDrops(
    _ interface: InterfaceReport, _ neighbor: NeighborReport, _ host: HostFacts
  ) -> [(rule: String, direction: String)] {
    let family: PacketFilter.Family = interface.protocol == .ospfV2 ? .ipv4 : .ipv6
    let (ours, theirs) = (IPAddress(neighbor.interfaceAddress), IPAddress(neighbor.address))
    guard let ours, let theirs else { return [] }
    let probes = [
      ("arrive from it", PacketFilter.Probe(.input, family, device: interface.interface, destination: ours, source: theirs)),
      ("leave for it", PacketFilter.Probe(.output, family, device: interface.interface, destination: theirs, source: ours)),
    ]
    return probes.flatMap { direction, probe in host.packetFilters.flatMap { $0.drops(probe) }.map { ($0, direction) } }
  }

  private func filters(_ interface: InterfaceReport) -> [Finding] {
    let isAdjacent = reports.neighbors(on: interface).contains { $0.state == .full || $0.state == .twoWay }
    return [(PacketFilter.Hook.input, "arrive on"), (.output, "leave through")].flatMap { hook, verb in
      Self.drops(on: interface, hook, host).map { rule in
        finding(
          // Its conditions may be met by some packets only; whoever is heard is not among them.
          isAdjacent ? .warning : .error, .packetFilterDrops,
          "\(rule) drops the OSPF packets that \(verb) \(interface.interface).",
          advice: hook == .input
            ? "Accept them before it: `ip protocol ospf accept` (nftables), `-p ospf -j ACCEPT` (iptables); IPv6 likewise."
            : "Accept them before it, in the chain of what leaves the host.",
          subject: interface.subject)
      }
    }
  }

  // MARK: - The service's clients

  private var uplinks: [String] {
    var known: Set<String> = []
    return active.filter { $0.addressFamily == .ipv4 }.map(\.interface).filter { known.insert($0).inserted }
  }

  /// A strict filter drops what comes from where no route leads back.
  private var reversePath: [Finding] {
    guard let defaults = host.defaultRouteDevices, !defaults.isEmpty,
      reports.services.contains(where: { $0.addresses.contains { !$0.address.contains(":") } })
    else { return [] }
    return uplinks.filter { host.devices[$0]?.reversePathFilter == 1 && !defaults.contains($0) }.map { name in
      let way = defaults.sorted().joined(separator: ", ")
      return finding(
        .warning, .reversePathFilter,
        "rp_filter is strict (1) on \(name), and the default route leads through \(way): what clients send to a service through "
          + "\(name) is dropped, because the way back to them is another one.",
        advice:
          "`sysctl -w net.ipv4.conf.\(name).rp_filter=2` (and `net.ipv4.conf.all.rp_filter`, of which the larger counts), or a "
          + "default route through \(name).")
    }
  }

  /// An address on a LAN's own device is asked for by ARP, and every node that has it answers.
  private var exposed: [Finding] {
    reports.services.flatMap { service -> [Finding] in
      guard let device = host.devices[service.device], device.answersARP else { return [] }
      let addresses = service.addresses.filter { $0.present && !$0.address.contains(":") }.map(\.address)
      let answers = device.arpIgnore.map { $0 < 3 } ?? false
      let announces = device.arpAnnounce.map { $0 < 2 } ?? false
      guard !addresses.isEmpty, answers || announces else { return [] }
      let settings = "arp_ignore is \(Self.text(device.arpIgnore)) and arp_announce \(Self.text(device.arpAnnounce))"
      return [
        finding(
          .warning, .arpExposed,
          "\(addresses.joined(separator: ", ")) is on \(service.device), a LAN's device, where \(settings): this host answers ARP "
            + "requests for it or names it in its own, as every other node with it does, and the LAN sends to whoever spoke last "
            + "and not where OSPF routes.",
          advice: "Put it on lo (`device lo`), and set arp_ignore=1 and arp_announce=2 in net.ipv4.conf.all.",
          subject: "service \(service.name)")
      ]
    }
  }

  /// Hosts of a LAN ask by ARP for whatever is in its subnet, and an address is answered for whatever device it is on.
  private var onLAN: [Finding] {
    let networks = Set(
      reports.interfaces.flatMap { interface in
        interface.deviceAddresses.compactMap(IPPrefix.init).map { (device: interface.interface, network: $0) }
      }.filter { host.devices[$0.device]?.answersARP == true && host.devices[$0.device]?.arpIgnore == 0 }.map(LAN.init))
    return reports.services.flatMap { service in
      service.addresses.compactMap { address -> Finding? in
        guard address.present, let own = IPAddress(address.address), own.v4 != nil,
          let lan = networks.filter({ $0.device != service.device && $0.network.length < 31 && $0.network.contains(own) }).min()
        else { return nil }
        return finding(
          .warning, .arpExposed,
          "\(address.address) lies in \(lan.network), the LAN of \(lan.device), where arp_ignore is 0: hosts of the LAN ask for it by "
            + "ARP, every node that has it answers, and they send to whoever was first and not where OSPF routes. A node whose "
            + "service is down answers as well.",
          advice: "Take an address outside the subnet of any LAN, which everybody reaches through a router. arp_ignore=1 and "
            + "arp_announce=2 in net.ipv4.conf.all make the node silent, and then hosts of this LAN reach the service only by a route.",
          subject: "service \(service.name)")
      }
    }
  }

  private struct LAN: Hashable, Comparable {
    var device: String
    var network: IPPrefix

    init(_ pair: (device: String, network: IPPrefix)) { (device, network) = pair }

    static func < (left: LAN, right: LAN) -> Bool { (left.device, left.network) < (right.device, right.network) }
  }

  private static func text(_ value: Int?) -> String { value.map(String.init) ?? "unknown" }
}
