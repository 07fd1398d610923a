import ControlAPI
import OSPFWire

/// `show ip ospf interface`
struct OSPFInterfaceOutput {
  private let instance: InstanceState
  private let interfaces: [InterfaceReport]

  init(_ instance: InstanceState, only name: String?) throws(ShowError) {
    self.instance = instance
    interfaces = try instance.interfaces(named: name)
  }

  /// A router on the network of an interface.
  private struct Attached {
    var routerID: String
    var address: String
  }

  /// In OSPFv2 a Designated Router is named by its address.
  private func attached(_ address: String?, on interface: InterfaceReport) -> Attached? {
    guard let address else { return nil }
    if address == interface.address { return Attached(routerID: instance.report.routerID, address: address) }
    return instance.neighbors(on: interface).first { $0.address == address }
      .map { Attached(routerID: $0.routerID, address: address) }
  }

  var text: String { interfaces.map { lines($0).joined(separator: "\n") + "\n" }.joined() }

  private func lines(_ interface: InterfaceReport) -> [String] {
    let broadcast = interface.broadcastAddress.map { ", Broadcast \($0)" } ?? ""
    var lines = [
      "\(interface.interface) is \(interface.up ? "up" : "down")",
      "  ifindex \(interface.index ?? 0), MTU \(interface.mtu ?? 0) bytes, BW \(interface.speedMbit ?? 0) Mbit \(interface.flagText)",
      "  Internet Address \(interface.subnet ?? "-")\(broadcast), Area \(instance.areaName(interface.area))",
      "  MTU mismatch detection: \(interface.mtuIgnored ? "disabled" : "enabled")",
      "  Router ID \(instance.report.routerID), Network Type \(interface.ospfNetworkType), Cost: \(interface.cost)",
      "  Transmit Delay is \(interface.transmitDelaySeconds) sec, State \(interface.ospfState), Priority \(interface.priority)",
    ]
    if let router = attached(interface.designatedRouter, on: interface) {
      let length = interface.prefixLength.map { "/\($0)" } ?? ""
      lines.append("  Designated Router (ID) \(router.routerID) Interface Address \(router.address)\(length)")
    }
    if let router = attached(interface.backupDesignatedRouter, on: interface) {
      lines.append("  Backup Designated Router (ID) \(router.routerID), Interface Address \(router.address)")
    } else {
      lines.append("  No backup designated router on this network")
    }
    let groups = (interface.isInAllRouters ? " OSPFAllRouters" : "") + (interface.isDesignated ? " OSPFDesignatedRouters" : "")
    let dead = Int(interface.deadIntervalSeconds)
    let retransmit = Int(interface.retransmitIntervalSeconds)
    lines += [
      "  Multicast group memberships:\(groups.isEmpty ? " <None>" : groups)",
      "  Timer intervals configured, Hello \(interface.helloText), Dead \(dead)s, Wait \(dead)s, Retransmit \(retransmit)",
      interface.passive
        ? "    No Hellos (Passive interface)"
        : "    Hello due in \(interface.helloDueSeconds.map(Clock.ospf) ?? "inactive")",
      "  Neighbor Count is \(interface.neighborCount), Adjacent neighbor count is \(interface.adjacencyCount)",
    ]
    return lines + interface.authenticationLines
  }

  var json: JSON {
    var members: JSON = [:]
    for interface in interfaces { members.set(interface.interface, json(interface)) }
    return ["interfaces": members]
  }

  private func json(_ interface: InterfaceReport) -> JSON {
    var json: JSON = [
      "ifUp": .truth(interface.up), "ifIndex": .number(Int(interface.index ?? 0)), "mtuBytes": .number(interface.mtu ?? 0),
      "bandwidthMbit": .number(interface.speedMbit ?? 0), "ifFlags": .text(interface.flagText), "ospfEnabled": true,
      "ipAddress": .text(interface.address ?? "-"),
    ]
    json.set("ipAddressPrefixlen", interface.prefixLength.map(JSON.number))
    if let broadcast = interface.broadcastAddress {
      json.set("ospfIfType", "Broadcast")
      json.set("localIfUsed", .text(broadcast))
    }
    json.set("area", .text(instance.areaName(interface.area)))
    json.set("routerId", .text(instance.report.routerID))
    json.set("networkType", .text(interface.ospfNetworkType))
    json.set("cost", .number(interface.cost))
    json.set("transmitDelaySecs", .number(interface.transmitDelaySeconds))
    json.set("state", .text(interface.ospfState))
    json.set("priority", .number(interface.priority))
    if let router = attached(interface.designatedRouter, on: interface) {
      json.set("drId", .text(router.routerID))
      json.set("drAddress", .text(router.address))
    }
    if let router = attached(interface.backupDesignatedRouter, on: interface) {
      json.set("bdrId", .text(router.routerID))
      json.set("bdrAddress", .text(router.address))
    }
    json.set("mcastMemberOspfAllRouters", interface.isInAllRouters ? true : nil)
    json.set("mcastMemberOspfDesignatedRouters", interface.isDesignated ? true : nil)
    json.set("timerMsecs", .number(Clock.milliseconds(interface.helloIntervalSeconds)))
    json.set("timerDeadSecs", .number(Int(interface.deadIntervalSeconds)))
    json.set("timerWaitSecs", .number(Int(interface.deadIntervalSeconds)))
    json.set("timerRetransmitSecs", .number(Int(interface.retransmitIntervalSeconds)))
    if interface.passive {
      json.set("timerPassiveIface", true)
    } else {
      json.set("timerHelloInMsecs", .number(interface.helloDueSeconds.map(Clock.milliseconds) ?? 0))
    }
    json.set("nbrCount", .number(interface.neighborCount))
    json.set("nbrAdjacentCount", .number(interface.adjacencyCount))
    if interface.authentication != .none { json.set("authentication", .text(interface.authenticationKey)) }
    return json
  }
}

extension InterfaceReport {
  /// `<UP,BROADCAST,RUNNING,MULTICAST>`
  var flagText: String { "<\(deviceFlags.joined(separator: ","))>" }

  var isBroadcastDevice: Bool { deviceFlags.contains("BROADCAST") }

  fileprivate var prefixLength: Int? { subnet.flatMap { $0.split(separator: "/").last }.flatMap { Int($0) } }

  /// The last address of the subnet; there is none on subnets of one or two.
  fileprivate var broadcastAddress: String? {
    guard isBroadcastDevice, let prefixLength, prefixLength < 31, let address = address.flatMap({ IPv4Address($0) }) else {
      return nil
    }
    return IPv4Address(rawValue: address.rawValue | UInt32.max >> UInt32(prefixLength)).description
  }

  /// ospfd's names.
  fileprivate var ospfNetworkType: String {
    switch (state, networkType) {
    case (.loopback, _): "LOOPBACK"
    case (_, .broadcast): "BROADCAST"
    case (_, .nonBroadcast): "NBMA"
    case (_, .pointToMultipoint): "POINTOMULTIPOINT"
    default: "POINTOPOINT"
    }
  }

  fileprivate var ospfState: String { state == .pointToPoint ? "Point-To-Point" : state.rawValue }

  fileprivate var isInAllRouters: Bool { !passive && state != .down && state != .loopback }

  fileprivate var isDesignated: Bool { !passive && (state == .dr || state == .backup) }

  /// ospfd says it where the interface says so, and not where only the area does; here it is what is in force.
  fileprivate var authenticationLines: [String] {
    switch authentication {
    case .none: []
    case .simplePassword: ["  Simple password authentication enabled"]
    default: ["  Cryptographic authentication enabled", "  Algorithm:\(authentication.rawValue.uppercased())"]
    }
  }

  /// The value in JSON, of an interface as of an area.
  var authenticationKey: String {
    switch authentication {
    case .none: "authenticationNone"
    case .simplePassword: "authenticationSimplePassword"
    default: "authenticationMessageDigest"
    }
  }

  /// `10s`, and `250ms` where Hellos are sent several times a second.
  fileprivate var helloText: String {
    helloIntervalSeconds < 1 ? "\(Clock.milliseconds(helloIntervalSeconds))ms" : "\(Int(helloIntervalSeconds))s"
  }
}
