import ControlAPI
import OSPFWire

/// `show ip ospf`. What ospfd says about its routes is left out of the text, because there are none; in the JSON it is 0, so that no
/// key is missing.
struct OSPFInstanceOutput {
  private let instance: InstanceState

  init(_ instance: InstanceState) { self.instance = instance }

  private var report: InstanceReport { instance.report }

  private var isASBoundaryRouter: Bool {
    report.advertisements.contains { $0.kind == .external && $0.advertisable }
  }

  /// What ospfd counts of an area, with its names in text and JSON.
  private static let areaTypes: [(type: LSType, text: String, key: String)] = [
    (.router, "router", "lsaRouter"), (.network, "network", "lsaNetwork"), (.summaryNetwork, "summary", "lsaSummary"),
    (.summaryASBR, "ASBR summary", "lsaAsbr"), (.nssaExternal, "NSSA", "lsaNssa"),
    (.opaqueLink, "opaque link", "lsaOpaqueLink"), (.opaqueArea, "opaque area", "lsaOpaqueArea"),
  ]

  private func checksum(_ lsas: [ShownLSA]) -> Int { lsas.reduce(0) { $0 + Int($1.header.checksum) } }

  var text: String {
    let externals = instance.lsas(area: nil, type: .asExternal)
    let opaques = instance.lsas(area: nil, type: .opaqueAS)
    var lines = [
      " OSPF Routing Process, Router ID: \(report.routerID)", " Supports only single TOS (TOS0) routes",
      " This implementation conforms to RFC2328", " RFC1583Compatibility flag is disabled",
      " OpaqueCapability flag is enabled", " SPF algorithm has not been run",
      " LSA minimum interval \(Clock.milliseconds(report.minLSIntervalSeconds)) msecs",
      " LSA minimum arrival \(Clock.milliseconds(report.minLSArrivalSeconds)) msecs",
    ]
    if isASBoundaryRouter { lines.append(" This router is an ASBR (injecting external routing information)") }
    lines += [
      " Number of external LSA \(externals.count). Checksum Sum 0x\(checksum(externals).hexadecimal(8))",
      " Number of opaque AS LSA \(opaques.count). Checksum Sum 0x\(checksum(opaques).hexadecimal(8))",
      " Number of areas attached to this router: \(instance.areas.count)",
    ]
    return (lines + instance.areas.flatMap(areaLines)).joined(separator: "\n") + "\n"
  }

  private func areaLines(_ area: String) -> [String] {
    let interfaces = instance.interfaces.filter { $0.area == area }
    let isNSSA = report.areaKinds[area] == .nssa
    let title = area == "0.0.0.0" ? " Area ID: 0.0.0.0 (Backbone)" : " Area ID: \(area)\(suffix(area))"
    var lines = [
      title,
      "   Number of interfaces in this area: Total: \(interfaces.count), Active: \(interfaces.count(where: \.up))",
    ]
    if isNSSA { lines.append("   It is an NSSA configuration.") }
    lines += [
      "   Number of fully adjacent neighbors in this area: \(fullNeighbors(area))",
      "   Area has \(authenticationText(area)) authentication",
      "   Number of LSA \(instance.lsas(area: area).count)",
    ]
    for (type, text, _) in Self.areaTypes {
      let lsas = countedLSAs(area, type)
      lines.append("   Number of \(text) LSA \(lsas.count). Checksum Sum 0x\(checksum(lsas).hexadecimal(8))")
    }
    return lines + [""]
  }

  private func suffix(_ area: String) -> String {
    switch report.areaKinds[area] {
    case .stub: " (Stub)"
    case .nssa: " (NSSA)"
    default: ""
    }
  }

  /// That of all its interfaces; none where they do not agree.
  private func authentication(_ area: String) -> String {
    let kinds = Set(instance.interfaces.filter { $0.area == area && $0.state != .loopback }.map(\.authenticationKey))
    return kinds.count == 1 ? kinds.first ?? "authenticationNone" : "authenticationNone"
  }

  private func authenticationText(_ area: String) -> String {
    switch authentication(area) {
    case "authenticationSimplePassword": "simple password"
    case "authenticationMessageDigest": "message digest"
    default: "no"
    }
  }

  private func fullNeighbors(_ area: String) -> Int {
    instance.neighbors.count { $0.area == area && $0.state == .full }
  }

  /// ospfd counts LSAs with link scope among those of the area.
  private func countedLSAs(_ area: String, _ type: LSType) -> [ShownLSA] {
    guard type == .opaqueLink else { return instance.lsas(area: area, type: type) }
    let devices = Set(instance.interfaces.filter { $0.area == area }.map(\.interface))
    return instance.lsas.filter { $0.header.key.lsType == type && devices.contains($0.report.interface ?? "") }
  }

  var json: JSON {
    let externals = instance.lsas(area: nil, type: .asExternal)
    let opaques = instance.lsas(area: nil, type: .opaqueAS)
    var json: JSON = [
      "routerId": .text(report.routerID), "tosRoutesOnly": true, "rfc2328Conform": true, "opaqueCapable": true,
      "spfScheduleDelayMsecs": 0, "holdtimeMinMsecs": 0, "holdtimeMaxMsecs": 0, "holdtimeMultplier": 0, "spfHasNotRun": true,
      "lsaMinIntervalMsecs": .number(Clock.milliseconds(report.minLSIntervalSeconds)),
      "lsaMinArrivalMsecs": .number(Clock.milliseconds(report.minLSArrivalSeconds)), "writeMultiplier": 0,
      "refreshTimerMsecs": 0, "maximumPaths": 0, "preference": 0,
    ]
    if isASBoundaryRouter { json.set("asbrRouter", "injectingExternalRoutingInformation") }
    json.set("lsaExternalCounter", .number(externals.count))
    json.set("lsaExternalChecksum", .number(checksum(externals)))
    json.set("lsaAsopaqueCounter", .number(opaques.count))
    json.set("lsaAsOpaqueChecksum", .number(checksum(opaques)))
    json.set("attachedAreaCounter", .number(instance.areas.count))
    var areas: JSON = [:]
    for area in instance.areas { areas.set(area, areaJSON(area)) }
    json.set("areas", areas)
    return json
  }

  private func areaJSON(_ area: String) -> JSON {
    let interfaces = instance.interfaces.filter { $0.area == area }
    var json: JSON = [:]
    if area == "0.0.0.0" { json.set("backbone", true) }
    json.set("areaIfTotalCounter", .number(interfaces.count))
    json.set("areaIfActiveCounter", .number(interfaces.count(where: \.up)))
    if report.areaKinds[area] == .nssa { json.set("nssa", true) }
    json.set("nbrFullAdjacentCounter", .number(fullNeighbors(area)))
    json.set("authentication", .text(authentication(area)))
    json.set("spfExecutedCounter", 0)
    json.set("lsaNumber", .number(instance.lsas(area: area).count))
    for (type, _, key) in Self.areaTypes {
      let lsas = countedLSAs(area, type)
      json.set(key + "Number", .number(lsas.count))
      json.set(key + "Checksum", .number(checksum(lsas)))
    }
    return json
  }
}
