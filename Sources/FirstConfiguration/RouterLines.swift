import OSPFProtocol
import OSPFWire

/// The router's side of one uplink, in the language of its vendor.
struct RouterLines {
  let kind: RouterKind
  /// The plan of each version on the uplink.
  let plans: [UplinkPlan]

  /// The lines. What is not known is in capitals: the router's own device, address and name.
  var lines: [String] {
    switch kind {
    case .frr: frr
    case .ios: ios
    case .nxos: nxos
    case .junos: junos
    case .eos: eos
    case .bird: bird
    case .routerOS: routerOS
    case .vyos: vyos
    }
  }

  private static let device = "INTERFACE"
  private static let routerID = "ROUTER-ID"

  private func has(_ version: OSPFVersion) -> Bool { plans.contains { $0.version == version } }

  private func plan(_ version: OSPFVersion) -> UplinkPlan? { plans.first { $0.version == version } }

  private struct Timers {
    var hello: UInt16
    var dead: UInt32
  }

  /// The timers of a plan, unless they are the default ones everywhere.
  private func timers(_ plan: UplinkPlan) -> Timers? {
    guard let hello = plan.model?.hello, hello.helloInterval > 0, (hello.helloInterval, hello.routerDeadInterval) != (10, 40)
    else { return nil }
    return Timers(hello: hello.helloInterval, dead: hello.routerDeadInterval)
  }

  // MARK: - Languages of indented blocks

  /// The lines of an interface's block that follow `prefix`, in the order area, network type, timers.
  private func interfaceLines(_ version: OSPFVersion, _ prefix: String, area: (AreaID) -> String) -> [String] {
    guard let plan = plan(version) else { return [] }
    var lines = [area(plan.area)]
    if plan.isPointToPoint { lines.append("\(prefix) network point-to-point") }
    if let timers = timers(plan) {
      lines += ["\(prefix) hello-interval \(timers.hello)", "\(prefix) dead-interval \(timers.dead)"]
    }
    return lines
  }

  private func processLines(_ version: OSPFVersion, _ head: String, _ lines: [String]) -> [String] {
    guard let plan = plan(version) else { return [] }
    let kind = plan.areaKind == .normal ? [] : ["area \(plan.area) \(plan.areaKind.rawValue)"]
    return [head] + (lines + kind).map { " " + $0 }
  }

  private var frr: [String] {
    var lines = ["interface \(Self.device)"]
    lines += interfaceLines(.v2, "ip ospf") { "ip ospf area \($0)" }.map { " " + $0 }
    lines += interfaceLines(.v3, "ipv6 ospf6") { "ipv6 ospf6 area \($0)" }.map { " " + $0 }
    lines += processLines(.v2, "router ospf", ["ospf router-id \(Self.routerID)"])
    lines += processLines(.v3, "router ospf6", ["ospf6 router-id \(Self.routerID)"])
    return lines
  }

  private var ios: [String] {
    var lines = ["interface \(Self.device)"]
    lines += interfaceLines(.v2, "ip ospf") { "ip ospf 1 area \($0)" }.map { " " + $0 }
    lines += interfaceLines(.v3, "ospfv3") { "ospfv3 1 ipv6 area \($0)" }.map { " " + $0 }
    lines += processLines(.v2, "router ospf 1", ["router-id \(Self.routerID)"])
    lines += processLines(.v3, "router ospfv3 1", ["router-id \(Self.routerID)", "address-family ipv6 unicast"])
    return lines
  }

  private var nxos: [String] {
    var lines: [String] = []
    if has(.v2) { lines.append("feature ospf") }
    if has(.v3) { lines.append("feature ospfv3") }
    lines.append("interface \(Self.device)")
    lines += interfaceLines(.v2, "ip ospf") { "ip router ospf 1 area \($0)" }.map { "  " + $0 }
    lines += interfaceLines(.v3, "ospfv3") { "ipv6 router ospfv3 1 area \($0)" }.map { "  " + $0 }
    lines += processLines(.v2, "router ospf 1", ["router-id \(Self.routerID)"])
    lines += processLines(.v3, "router ospfv3 1", ["router-id \(Self.routerID)"])
    return lines
  }

  private var eos: [String] {
    var lines = ["interface \(Self.device)"]
    lines += interfaceLines(.v2, "ip ospf") { "ip ospf area \($0)" }.map { "   " + $0 }
    lines += interfaceLines(.v3, "ospfv3 ipv6") { "ospfv3 ipv6 area \($0)" }.map { "   " + $0 }
    lines += processLines(.v2, "router ospf 1", ["router-id \(Self.routerID)"])
    lines += processLines(.v3, "router ospfv3", ["router-id \(Self.routerID)", "address-family ipv6"])
    return lines
  }

  // MARK: - Languages of single lines

  private var junos: [String] {
    ["set routing-options router-id \(Self.routerID)"] + plans.flatMap { junosLines($0) }
  }

  private func junosLines(_ plan: UplinkPlan) -> [String] {
    let area = "set protocols \(plan.version == .v2 ? "ospf" : "ospf3") area \(plan.area)"
    let interface = "\(area) interface \(Self.device)"
    var lines = [interface + (plan.isPointToPoint ? " interface-type p2p" : "")]
    if plan.areaKind != .normal { lines.append("\(area) \(plan.areaKind.rawValue)") }
    if let timers = timers(plan) {
      lines += ["\(interface) hello-interval \(timers.hello)", "\(interface) dead-interval \(timers.dead)"]
    }
    return lines
  }

  private var vyos: [String] {
    plans.flatMap { plan -> [String] in
      let base = "set protocols \(plan.version == .v2 ? "ospf" : "ospfv3")"
      let interface = "\(base) interface \(Self.device)"
      var lines = ["\(base) parameters router-id \(Self.routerID)", "\(interface) area \(plan.area)"]
      if plan.isPointToPoint { lines.append("\(interface) network point-to-point") }
      if plan.areaKind != .normal {
        lines.append("\(base) area \(plan.area) area-type \(plan.areaKind.rawValue)")
      }
      if let timers = timers(plan) {
        lines += ["\(interface) hello-interval \(timers.hello)", "\(interface) dead-interval \(timers.dead)"]
      }
      return lines
    }
  }

  private var bird: [String] {
    plans.flatMap { plan -> [String] in
      var options = plan.isPointToPoint ? "type ptp; " : ""
      if let timers = timers(plan) { options += "hello \(timers.hello); dead \(timers.dead); " }
      var lines = ["protocol ospf \(plan.version == .v2 ? "v2" : "v3") {"]
      if plan.version == .v3 { lines.append("  ipv6 { };") }
      lines.append("  area \(plan.area) {")
      if plan.areaKind != .normal { lines.append("    \(plan.areaKind.rawValue);") }
      return lines + ["    interface \"\(Self.device)\" { \(options)};", "  };", "}"]
    }
  }

  private var routerOS: [String] {
    plans.flatMap { plan -> [String] in
      let name = plan.version == .v2 ? "v2" : "v3"
      var template = "/routing ospf interface-template add area=area-\(name) interfaces=\(Self.device)"
      if plan.isPointToPoint { template += " type=ptp" }
      if let timers = timers(plan) { template += " hello-interval=\(timers.hello)s dead-interval=\(timers.dead)s" }
      let type = plan.areaKind == .normal ? "" : " type=\(plan.areaKind.rawValue)"
      return [
        "/routing ospf instance add name=\(name) version=\(plan.version == .v2 ? 2 : 3) router-id=\(Self.routerID)",
        "/routing ospf area add name=area-\(name) instance=\(name) area-id=\(plan.area)\(type)", template,
      ]
    }
  }
}
