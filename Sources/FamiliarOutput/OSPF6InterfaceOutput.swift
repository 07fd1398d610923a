import ControlAPI
import OSPFWire

/// `show ipv6 ospf6 interface`. Devices without OSPFv3 are left out.
struct OSPF6InterfaceOutput {
  private let instance: InstanceState
  private let interfaces: [InterfaceReport]

  init(_ instance: InstanceState, only name: String?) throws(ShowError) {
    self.instance = instance
    interfaces = try instance.interfaces(named: name)
  }

  private func linkScopeCount(_ interface: InterfaceReport) -> Int {
    instance.lsas.count { $0.report.scope == .link && $0.report.interface == interface.interface }
  }

  var text: String { interfaces.map { lines($0).joined(separator: "\n") + "\n" }.joined() }

  private func lines(_ interface: InterfaceReport) -> [String] {
    var lines = [
      "\(interface.interface) is \(interface.up ? "up" : "down"), type \(interface.deviceType)",
      "  Interface ID: \(interface.index ?? 0)",
    ]
    if let type = interface.operatingType { lines.append("  Operating as type \(type)") }
    lines.append("  Internet Address:")
    lines += interface.addresses.map { "    \($0.type.trailing(5)): \($0.address)" }
    let mtu = interface.mtu ?? 0
    let (hello, dead) = (Int(interface.helloIntervalSeconds), Int(interface.deadIntervalSeconds))
    let due = interface.helloDueSeconds.map { Clock.ospf($0).dropLast() } ?? "0.000"
    lines += [
      "  Instance ID \(interface.instanceID ?? 0), Interface MTU \(interface.announcedMTU ?? mtu) (autodetect: \(mtu))",
      "  MTU mismatch detection: \(interface.mtuIgnored ? "disabled" : "enabled")",
      "  Area ID \(interface.area), Cost \(interface.cost)",
      "  State \(interface.ospf6State), Transmit Delay \(interface.transmitDelaySeconds) sec, Priority \(interface.priority)",
      "  Timer intervals configured:",
      "   Hello \(hello)(\(due)), Dead \(dead), Retransmit \(Int(interface.retransmitIntervalSeconds))",
      "  DR: \(interface.designatedRouter ?? "0.0.0.0") BDR: \(interface.backupDesignatedRouter ?? "0.0.0.0")",
      "  Number of I/F scoped LSAs is \(linkScopeCount(interface))",
      "    0 Pending LSAs for LSUpdate in Time 00:00:00 [thread off]",
      "    0 Pending LSAs for LSAck in Time 00:00:00 [thread off]", "  Authentication Trailer is disabled",
    ]
    return lines
  }

  var json: JSON {
    .object(interfaces.map { JSON.Member(key: $0.interface, value: json($0)) })
  }

  private func json(_ interface: InterfaceReport) -> JSON {
    let mtu = interface.mtu ?? 0
    var json: JSON = [
      "status": interface.up ? "up" : "down", "type": .text(interface.deviceType),
      "interfaceId": .number(Int(interface.index ?? 0)),
    ]
    json.set("operatingAsType", interface.operatingType.map(JSON.text))
    json.set(
      "internetAddress", .array(interface.addresses.map { ["type": .text($0.type), "address": .text($0.address)] }))
    json.set("attachedToArea", true)
    json.set("instanceId", .number(interface.instanceID ?? 0))
    json.set("interfaceMtu", .number(interface.announcedMTU ?? mtu))
    json.set("autoDetect", .number(mtu))
    json.set("mtuMismatchDetection", interface.mtuIgnored ? "disabled" : "enabled")
    json.set("areaId", .text(interface.area))
    json.set("cost", .number(interface.cost))
    json.set("ospf6InterfaceState", .text(interface.ospf6State))
    json.set("transmitDelaySec", .number(interface.transmitDelaySeconds))
    json.set("priority", .number(interface.priority))
    json.set("timerIntervalsConfigHello", .number(Int(interface.helloIntervalSeconds)))
    json.set("timerIntervalsConfigDead", .number(Int(interface.deadIntervalSeconds)))
    json.set("timerIntervalsConfigRetransmit", .number(Int(interface.retransmitIntervalSeconds)))
    json.set("dr", .text(interface.designatedRouter ?? "0.0.0.0"))
    json.set("bdr", .text(interface.backupDesignatedRouter ?? "0.0.0.0"))
    json.set("numberOfInterfaceScopedLsa", .number(linkScopeCount(interface)))
    json.addIdleQueue("LsUpdate")
    json.addIdleQueue("LsAck")
    json.set("authInfo", ["authType": "NULL"])
    return json
  }
}

extension InterfaceReport {
  /// What kind of device it is.
  fileprivate var deviceType: String {
    if deviceFlags.contains("LOOPBACK") || state == .loopback { return "LOOPBACK" }
    return deviceFlags.contains("POINTOPOINT") ? "POINTOPOINT" : "BROADCAST"
  }

  /// The type of network, where it is not what the device suggests.
  fileprivate var operatingType: String? {
    let type =
      switch networkType {
      case .pointToPoint: "POINTOPOINT"
      case .pointToMultipoint: "POINTOMULTIPOINT"
      case .nonBroadcast: "NBMA"
      default: "BROADCAST"
      }
    return type == deviceType || deviceType == "LOOPBACK" ? nil : type
  }

  /// `inet` addresses come first.
  fileprivate var addresses: [(type: String, address: String)] {
    let all = deviceAddresses.map { (type: $0.contains(":") ? "inet6" : "inet", address: $0) }
    return all.filter { $0.type == "inet" } + all.filter { $0.type == "inet6" }
  }
}
