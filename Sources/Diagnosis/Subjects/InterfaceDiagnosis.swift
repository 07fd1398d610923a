import ControlAPI
import OSPFWire

/// One OSPF interface: whether it can be heard on, what is heard, and what comes of it.
struct InterfaceDiagnosis {
  let interface: InterfaceReport
  let reports: DaemonReports
  let host: HostFacts

  private var neighbors: [NeighborReport] { reports.neighbors(on: interface) }
  private var device: HostFacts.Device { host.devices[interface.interface] ?? HostFacts.Device() }

  var findings: [Finding] {
    guard interface.state != .loopback else { return [] }
    if let obstacle { return [obstacle] }
    let keys = KeyDiagnosis(interface: interface).findings
    let refused = RefusalDiagnosis(interface: interface, neighbors: neighbors, own: reports.ownAddresses).findings
    let isSilent = refused.isEmpty && !neighbors.contains(where: \.isHeard)
    // What explains the silence is said in its place.
    let silence = isSilent ? [addressConflict ?? besideOthers ?? silence] : [addressConflict].compactMap(\.self)
    let adjacencies = neighbors.flatMap {
      NeighborDiagnosis(neighbor: $0, interface: interface, instance: reports.instance(of: interface), host: host).findings
    }
    return keys + refused + silence + adjacencies + stations + [designatedRouter, duplicate, flapping].compactMap(\.self)
  }

  private func finding(
    _ severity: Finding.Severity, _ kind: Finding.Kind, _ message: String, advice: String = ""
  ) -> Finding {
    Finding(severity, kind, subject: interface.subject, message: message, advice: advice)
  }

  // MARK: - Before anything can be heard

  /// Why the interface takes no part at all.
  private var obstacle: Finding? {
    let name = interface.interface
    // What is about the device is said once, whatever protocols are configured on it.
    func ofDevice(_ kind: Finding.Kind, _ message: String, advice: String) -> Finding {
      Finding(.error, kind, subject: "interface \(name)", message: message, advice: advice)
    }
    if interface.state == .absent {
      return ofDevice(
        .interfaceAbsent, "OSPF is configured on \(name), and there is no such device.",
        advice: "Correct the name in the configuration, or make the device: it is taken up as soon as it exists.")
    }
    if !interface.up {
      guard device.isUp ?? true else {
        return ofDevice(
          .interfaceDown, "\(name) is switched off, so that OSPF neither sends nor hears anything on it.",
          advice: "`ip link set \(name) up`")
      }
      return ofDevice(
        .interfaceNoCarrier, "\(name) is switched on and has no carrier: nothing answers at the other end of the cable.",
        advice: "Look at the cable, the transceiver and the switch port; `ethtool \(name)` shows what the device sees.")
    }
    if let overflow = interface.databaseOverflow, let seconds = overflow.holdOffSeconds {
      return finding(
        .error, .databaseOverflow,
        "\(overflow.routerID) (\(overflow.address)) has flooded more than the limit of \(overflow.limit) allows"
          + "\(overflow.count > 1 ? ", \(overflow.count) times in a row" : ""). A half database would look like a whole one, so "
          + "\(name) stays away from the network for \(Phrases.duration(seconds)) more, and nothing is advertised on it.",
        advice:
          "Find out who originates so much: on a router `show ip ospf database` lists it by advertising router. If it is meant to be "
          + "there, raise `max-lsa`. `anycastctl clear neighbors` tries again at once.")
    }
    if interface.passive {
      return finding(.note, .interfacePassive, "Passive: the network is advertised, and no packet is sent or accepted.")
    }
    return linkLocal
  }

  /// OSPFv3 sends everything from the link-local address.
  private var linkLocal: Finding? {
    guard interface.protocol == .ospfV3, interface.address ?? "::" == "::" else { return nil }
    let name = interface.interface
    let candidate = host.ipv6Addresses?.first { $0.device == name && $0.address.isLinkLocal }
    let (message, advice) =
      switch candidate {
      case let address? where address.isDuplicate:
        (
          "The link-local address \(address.address) of \(name) is not used, because duplicate address detection has found it "
            + "at another host of the link.",
          "Give one of the two another MAC address (a cloned machine is the usual cause), then set \(name) down and up."
        )
      case let address? where address.isTentative:
        (
          "The link-local address \(address.address) of \(name) is tentative: duplicate address detection has not finished.",
          "It takes a second or two. If it stays, the device loses its own packets: `ip -6 address show dev \(name)`."
        )
      default:
        (
          "\(name) has no link-local address, from which OSPFv3 sends every packet.",
          "Look at `sysctl net.ipv6.conf.\(name).disable_ipv6` and `addr_gen_mode`, or add an address of fe80::/64."
        )
      }
    return finding(.error, .noLinkLocalAddress, message, advice: advice)
  }

  // MARK: - Silence

  /// Another host on the link has our address, a router perhaps: what it sends comes from an address of this host.
  private var addressConflict: Finding? {
    let own = interface.address.flatMap { IPAddress($0) }
    guard interface.protocol == .ospfV2,
      let conflict = host.addressConflicts?.first(where: { $0.device == interface.interface && $0.address == own })
    else { return nil }
    return finding(
      .error, .addressConflict,
      "Another host on the link of \(interface.interface) has our address \(conflict.address) too: it answers ARP from "
        + "\(conflict.hardwareAddress). The kernel drops every packet that it sends, as one that comes from an address of this host.",
      advice: "Give one of the two another address; `ip neighbor` on a third host shows which of them it reaches.")
  }

  /// A device with several addresses has an OSPF interface for each of their subnets, and its routers are in one of them.
  private var besideOthers: Finding? {
    let others = reports.interfaces.filter {
      $0.interface == interface.interface && $0.protocol == interface.protocol && $0.addressFamily == interface.addressFamily
        && $0.address != interface.address
    }
    let isHost = interface.subnet?.hasSuffix("/32") ?? false
    let heard = others.filter { other in reports.neighbors(on: other).contains(where: \.isHeard) }
    guard let other = heard.first ?? (isHost ? others.first : nil) else { return nil }
    return finding(
      .note, .nothingHeard,
      "No router is heard in the subnet \(interface.subnet ?? "of this interface") of \(interface.interface); "
        + "\(heard.isEmpty ? "it has room for no other router than us" : "the routers are in \(other.subnet ?? other.interface)").",
      advice: "That is as it should be where the address belongs to a service, or to a subnet without routers.")
  }

  private var silence: Finding {
    let name = interface.interface
    let sent = "\(Phrases.count(interface.packetsSent.hello, "Hello")) \(interface.packetsSent.hello == 1 ? "was" : "were") sent"
    let unheard = "no OSPF packet of another router has been heard"
    let uptime = reports.status.uptimeSeconds
    let advice =
      "\(interface.packetDump) shows what arrives before any local filter. If the router's packets are there, a filter on this "
      + "host drops IP protocol 89\(filterHint). If only ours are, look at the VLAN and the switch port, and whether the router "
      + "has OSPF switched on, and not passive, on this link."
    if let last = interface.reception.lastHeardSeconds {
      guard last > interface.deadIntervalSeconds else {
        return finding(
          .note, .neighborForming, "A router was heard \(Phrases.duration(last)) ago, and is not yet a neighbor.")
      }
      let lost = interface.reception.lastAdjacencyLoss.map {
        " The adjacency with \($0.routerID) (\($0.address)) ended \(Phrases.duration($0.ageSeconds)) ago: \($0.reason)."
      }
      return finding(
        .error, .fallenSilent,
        "For \(Phrases.duration(last)) \(unheard) on \(name), while before that there were some.\(lost ?? "")", advice: advice)
    }
    if uptime < interface.deadIntervalSeconds {
      return finding(
        .warning, .notYetHeard,
        "In the \(Phrases.duration(uptime)) since the daemon was started \(unheard) on \(name); \(sent).",
        advice: "Ask again when RouterDeadInterval (\(Phrases.duration(interface.deadIntervalSeconds))) is over.")
    }
    return finding(
      .error, .nothingHeard,
      "Since the daemon was started, \(Phrases.duration(uptime)) ago, \(unheard) on "
        + "\(name); \(sent).\(otherPackets)", advice: advice)
  }

  /// A device that receives nothing at all is not plugged in where somebody believes.
  private var otherPackets: String {
    switch device.receivedPackets {
    case nil: ""
    case 0?: " The device has received no packet of any kind: it is in no network, or in the wrong one."
    case let count?: " The device has received \(Phrases.count(count, "packet")) of other kinds, so that the link itself works."
    }
  }

  private var filterHint: String {
    HostDiagnosis.drops(on: interface, .input, host).first.map { " (\($0) does)" } ?? ""
  }

  // MARK: - The network as a whole

  private var designatedRouter: Finding? {
    let heard = neighbors.filter { $0.state != .`init` && $0.isHeard }
    guard interface.electsDesignatedRouter, !heard.isEmpty else { return nil }
    if interface.state == .waiting {
      return finding(
        .note, .electionPending,
        "The Designated Router is elected when RouterDeadInterval (\(Phrases.duration(interface.deadIntervalSeconds))) is over.")
    }
    guard interface.designatedRouter == nil, interface.priority == 0, heard.allSatisfy({ $0.priority == 0 }) else { return nil }
    let others = heard.map(\.name).joined(separator: ", ")
    return finding(
      .error, .noDesignatedRouter,
      "There is no Designated Router, because every router of the network has priority 0: we, and \(others). Without one "
        + "nobody becomes Full.",
      advice: "Give the router a priority above 0 (1 is what it has by default). Between two routers alone "
        + "`\(interface.command) network point-to-point` on both sides needs no Designated Router.")
  }

  /// What has just changed may be looked into; what was contested lately is no replaced router.
  private static let stationMemorySeconds = 3600.0

  private var stations: [Finding] {
    (interface.linkLayerChanges ?? []).filter { $0.ageSeconds <= Self.stationMemorySeconds }.map { change in
      let advice =
        "`ip neighbor show dev \(interface.interface)` and the switch's table of addresses say where each of the two is. Authentication "
        + "keeps out whoever does not know the key."
      guard change.contested else {
        return finding(
          .warning, .linkLayerSourceChanged,
          "The packets of \(change.address) come from \(change.linkLayerAddress) since \(Phrases.duration(change.ageSeconds)), and came "
            + "from \(change.former) before: its router was replaced, or somebody sends in its name.", advice: advice)
      }
      return finding(
        .error, .linkLayerSourceChanged,
        "The packets of \(change.address) come from \(change.linkLayerAddress) and from \(change.former) in turn: two stations send as "
          + "one router, the last time \(Phrases.duration(change.ageSeconds)) ago.", advice: advice)
    }
  }

  private var duplicate: Finding? {
    guard let duplicate = interface.reception.duplicateRouterID, duplicate.ageSeconds <= interface.deadIntervalSeconds else {
      return nil
    }
    return finding(
      .error, .duplicateRouterID,
      "The router ID \(duplicate.routerID) is heard from \(duplicate.addresses.joined(separator: " and from ")): two routers "
        + "with one name, of which the network can know only one.",
      advice: "Give each router a router ID of its own.")
  }

  /// So many adjacencies lost are more than a restart of the router.
  private static let lossThreshold: UInt64 = 3
  private static let lossMemorySeconds = 900.0

  private var flapping: Finding? {
    let reception = interface.reception
    guard reception.adjacencyLossCount >= Self.lossThreshold, let last = reception.lastAdjacencyLoss,
      last.ageSeconds <= Self.lossMemorySeconds
    else { return nil }
    return finding(
      .warning, .adjacencyFlapping,
      "\(reception.adjacencyLossCount) adjacencies were lost in \(Phrases.duration(reports.status.uptimeSeconds)), the last one "
        + "with \(last.routerID) (\(last.address)) \(Phrases.duration(last.ageSeconds)) ago: \(last.reason).",
      advice: "`dead timer expired` is loss on the link or a router that is overloaded; `link down` is the cable or the switch; "
        + "`it no longer lists us in its Hello` is a router that restarts, or does not hear us any more.")
  }
}
