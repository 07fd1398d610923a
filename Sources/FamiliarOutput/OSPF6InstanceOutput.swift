import ControlAPI
import OSPFWire

/// `show ipv6 ospf6`. As for OSPFv2, what ospf6d says about its routes is not in the text, and 0 in the JSON.
struct OSPF6InstanceOutput {
  private let instance: InstanceState

  init(_ instance: InstanceState) { self.instance = instance }

  private var report: InstanceReport { instance.report }

  private func devices(_ area: String) -> [String] { instance.interfaces.filter { $0.area == area }.map(\.interface) }

  private func suffix(_ area: String) -> String {
    switch report.areaKinds[area] {
    case .stub: "[Stub]"
    case .nssa: "[NSSA]"
    default: ""
    }
  }

  var text: String {
    var lines = [
      " OSPFv3 Routing Process (0) with Router-ID \(report.routerID)", " Running \(Clock.ospf6(instance.uptimeSeconds))",
      " LSA minimum arrival \(Clock.milliseconds(report.minLSArrivalSeconds)) msecs", " SPF algorithm has not been run",
    ]
    if report.hostRouter { lines.append(" Router Is Stub Router") }
    lines += [
      " Number of AS scoped LSAs is \(instance.lsas(area: nil).count)",
      " Number of areas in this router is \(instance.areas.count)", "",
    ]
    for area in instance.areas {
      lines += [
        " Area \(area)\(suffix(area))", "     Number of Area scoped LSAs is \(instance.lsas(area: area).count)",
        "     Interface attached to this area: \(devices(area).joined(separator: " "))", "     SPF has not been run",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var json: JSON {
    var json: JSON = [
      "routerId": .text(report.routerID), "running": .text(Clock.ospf6(instance.uptimeSeconds)),
      "lsaMinimumArrivalMsecs": .number(Clock.milliseconds(report.minLSArrivalSeconds)), "spfScheduleDelayMsecs": 0,
      "holdTimeMinMsecs": 0, "holdTimeMaxMsecs": 0, "holdTimeMultiplier": 0, "maximumPaths": 0, "preference": 0,
      "spfHasRun": false, "spfTimerActive": false, "routerIsStubRouter": .truth(report.hostRouter),
      "numberOfAsScopedLsa": .number(instance.lsas(area: nil).count),
      "numberOfAreaInRouter": .number(instance.areas.count), "AuthTrailerHigherSeqNo": 0, "AuthTrailerLowerSeqNo": 0,
      "adjacencyChanges": "Logged",
    ]
    json.set("areas", .object(instance.areas.map { JSON.Member(key: $0, value: areaJSON($0)) }))
    return json
  }

  private func areaJSON(_ area: String) -> JSON {
    let lsas = instance.lsas(area: area)
    let isNSSA = report.areaKinds[area] == .nssa
    // ospf6d counts by the number of the function, the type without its scope.
    let statistics = (0..<12).map { function in
      JSON.number(lsas.count { Int($0.header.key.lsType.rawValue & 0x1fff) == function })
    }
    var json: JSON = [
      "areaIsStub": .truth(report.areaKinds[area] == .stub), "areaIsNSSA": .truth(isNSSA),
    ]
    if isNSSA || report.areaKinds[area] == .stub { json.set("areaNoSummary", false) }
    json.set("numberOfAreaScopedLsa", .number(lsas.count))
    json.set("lsaStatistics", .array(statistics))
    json.set("interfacesAttachedToArea", .array(devices(area).map(JSON.text)))
    json.set("spfHasRun", false)
    return json
  }
}
