import ControlAPI
import OSPFWire

/// A part of the link state database as `show ip ospf database` divides it.
struct OSPFDatabaseSection {
  /// The word that asks for it.
  var word: String
  var type: LSType
  var title: String
  /// The key in the JSON; that of the number of LSAs has `Count` behind it.
  var key: String
  /// The last column of its table.
  var lastColumn: String?

  /// In the order in which ospfd prints them.
  static let all = [
    Self(word: "router", type: .router, title: "Router Link States", key: "routerLinkStates", lastColumn: "Link count"),
    Self(word: "network", type: .network, title: "Net Link States", key: "networkLinkStates"),
    Self(word: "summary", type: .summaryNetwork, title: "Summary Link States", key: "summaryLinkStates", lastColumn: "Route"),
    Self(word: "asbr-summary", type: .summaryASBR, title: "ASBR-Summary Link States", key: "asbrSummaryLinkStates"),
    Self(
      word: "nssa-external", type: .nssaExternal, title: "NSSA-external Link States", key: "nssaExternalLinkStates",
      lastColumn: "Route"),
    Self(word: "opaque-link", type: .opaqueLink, title: "Link-Local Opaque-LSA", key: "linkLocalOpaqueLsa"),
    Self(word: "opaque-area", type: .opaqueArea, title: "Area-Local Opaque-LSA", key: "areaLocalOpaqueLsa"),
    Self(
      word: "external", type: .asExternal, title: "AS External Link States", key: "asExternalLinkStates", lastColumn: "Route"),
    Self(word: "opaque-as", type: .opaqueAS, title: "AS-external Opaque-LSA", key: "asExternalOpaqueLsa"),
  ]

  /// Whether its LSAs are flooded throughout the autonomous system, and not in an area.
  var isOfAutonomousSystem: Bool { type == .asExternal || type == .opaqueAS }

  /// Whether its Link State ID is an opaque type and an opaque ID.
  var isOpaque: Bool { type == .opaqueLink || type == .opaqueArea || type == .opaqueAS }
}

extension InstanceState {
  /// The LSAs of a section. ospfd shows those with link scope under the area.
  func lsas(_ section: OSPFDatabaseSection, area: String?) -> [ShownLSA] {
    guard section.type == .opaqueLink, let area else { return lsas(area: area, type: section.type) }
    let devices = Set(interfaces.filter { $0.area == area }.map(\.interface))
    return lsas.filter { $0.header.key.lsType == section.type && devices.contains($0.report.interface ?? "") }
  }
}

/// `show ip ospf database`: a line for each LSA, or with a type everything about each.
struct OSPFDatabaseOutput {
  let instance: InstanceState
  let selection: ShowCommand.DatabaseSelection

  private var head: String { "\n       OSPF Router with ID (\(instance.report.routerID))\n\n" }

  private func lsas(_ section: OSPFDatabaseSection, area: String?) -> [ShownLSA] {
    instance.lsas(section, area: area).filter(selection.includes).sorted {
      let (left, right) = ($0.header.key, $1.header.key)
      return (left.linkStateID.rawValue, left.advertisingRouter) < (right.linkStateID.rawValue, right.advertisingRouter)
    }
  }

  private func title(_ section: OSPFDatabaseSection, area: String?) -> String {
    "                \(section.title)\(area.map { " (Area \(instance.areaName($0)))" } ?? "")"
  }

  var text: String {
    if selection.isMaxAge { return maxAgeText }
    guard let section = OSPFDatabaseSection.all.first(where: { $0.word == selection.type }) else { return summaryText }
    let lsas = { (area: String?) in self.lsas(section, area: area).map { OSPFLSAOutput($0).text }.joined() }
    guard !section.isOfAutonomousSystem else { return "\(head)\(title(section, area: nil)) \n\n\(lsas(nil))" }
    return head + instance.areas.map { "\n\(title(section, area: $0))\n\n\(lsas($0))" }.joined()
  }

  private var summaryText: String {
    let areas = instance.areas.map(Optional.some) + [nil]
    let tables = areas.flatMap { area in
      OSPFDatabaseSection.all.filter { $0.isOfAutonomousSystem == (area == nil) }.map { table($0, area: area) }
    }
    return head + tables.joined()
  }

  private func table(_ section: OSPFDatabaseSection, area: String?) -> String {
    let lsas = lsas(section, area: area)
    guard !lsas.isEmpty else { return "" }
    let header = "\(section.isOpaque ? "Opaque-Type/Id " : "Link ID        ") ADV Router      Age  Seq#       CkSum"
    let rows = lsas.map { "\(row($0))\($0.lastColumn)\n" }.joined()
    return "\(title(section, area: area))\n\n\(header)\(section.lastColumn.map { "  \($0)" } ?? "")\n\(rows)\n"
  }

  private func row(_ lsa: ShownLSA) -> String {
    "\(lsa.linkStateID.trailing(15))\(lsa.advertisingRouter.trailing(15)) \(lsa.report.ageSeconds.leading(4)) "
      + "0x\(lsa.sequenceNumber.hexadecimal(8)) 0x\(lsa.header.checksum.hexadecimal(4))"
  }

  private var maxAgeText: String {
    let blocks = instance.lsas.filter(selection.includes).map { lsa in
      """
        Link type: \(lsa.header.key.lsType.rawValue)
        Link State ID: \(lsa.linkStateID)
        Advertising Router: \(lsa.advertisingRouter)
        LSA lock count: 1


      """
    }
    return "\(head)\n                MaxAge Link States:\n\n\(blocks.joined())"
  }

  var json: JSON {
    var json: JSON = ["routerId": .text(instance.report.routerID)]
    if selection.isMaxAge {
      let lsas = instance.lsas.filter(selection.includes).map { lsa in
        JSON.Member(
          key: lsa.linkStateID,
          value: [
            "linkType": .number(Int(lsa.header.key.lsType.rawValue)), "linkStateId": .text(lsa.linkStateID),
            "advertisingRouter": .text(lsa.advertisingRouter), "lsaLockCount": 1,
          ])
      }
      json.set("maxAgeLinkStates", .object(lsas))
    } else if let section = OSPFDatabaseSection.all.first(where: { $0.word == selection.type }) {
      addDetails(section, to: &json)
    } else {
      addSummary(to: &json)
    }
    return json
  }

  /// With `adv-router` or `self-originate` ospfd makes keys of the titles, and names each LSA by its Link State ID.
  private func addDetails(_ section: OSPFDatabaseSection, to json: inout JSON) {
    let isByRouter = selection.linkStateID == nil && (selection.advertisingRouter != nil || selection.isSelfOriginated)
    let value = { (area: String?) -> JSON in
      let lsas = self.lsas(section, area: area)
      guard isByRouter else { return .array(lsas.map { OSPFLSAOutput($0).json }) }
      return .object(lsas.map { JSON.Member(key: $0.linkStateID, value: OSPFLSAOutput($0).json) })
    }
    guard !section.isOfAutonomousSystem else { return json.set(isByRouter ? section.title : section.key, value(nil)) }
    let areas = JSON.object(instance.areas.map { JSON.Member(key: $0, value: value($0)) })
    json.set(isByRouter ? section.title : section.key, isByRouter ? areas : ["areas": areas])
  }

  private func addSummary(to json: inout JSON) {
    let areas = instance.areas.map { area in
      var members: JSON = [:]
      for section in OSPFDatabaseSection.all where !section.isOfAutonomousSystem { add(section, area: area, to: &members) }
      return JSON.Member(key: area, value: members)
    }
    json.set("areas", .object(areas))
    for section in OSPFDatabaseSection.all where section.isOfAutonomousSystem { add(section, area: nil, to: &json) }
  }

  private func add(_ section: OSPFDatabaseSection, area: String?, to json: inout JSON) {
    let lsas = lsas(section, area: area)
    guard !lsas.isEmpty else { return }
    json.set(section.key, .array(lsas.map(\.summaryJSON)))
    json.set(section.key + "Count", .number(lsas.count))
  }
}

extension ShownLSA {
  /// The prefix of a summary-LSA or an external one.
  private var route: String { "\(linkStateID)/\(maskLength)" }

  /// The number of one bits in the network mask.
  var maskLength: Int {
    guard case .address(.v4(let mask))? = fields[.networkMask] else { return 0 }
    return IPv4Prefix.length(ofMask: mask) ?? 0
  }

  /// What an external LSA says of TOS 0, which comes first.
  private var external: (type: String, tag: Int) {
    let route = fields.groups(.routes).first
    return ("E\(route?.number(.metricType) ?? 1)", Int(route?.number(.tag) ?? 0))
  }

  fileprivate var lastColumn: String {
    switch header.key.lsType {
    case .router: " \(fields.groups(.links).count)"
    case .summaryNetwork: " \(route)"
    case .asExternal, .nssaExternal: " \(external.type) \(route) [0x\(external.tag.hexadecimal())]"
    default: ""
    }
  }

  fileprivate var summaryJSON: JSON {
    var json: JSON = [
      "lsId": .text(linkStateID), "advertisedRouter": .text(advertisingRouter), "lsaAge": .number(report.ageSeconds),
      "sequenceNumber": .text(sequenceNumber.hexadecimal()), "checksum": .text(self.header.checksum.hexadecimal()),
    ]
    switch header.key.lsType {
    case .router: json.set("numOfRouterLinks", .number(fields.groups(.links).count))
    case .summaryNetwork: json.set("summaryAddress", .text(route))
    case .asExternal, .nssaExternal:
      json.set("metricType", .text(external.type))
      json.set("route", .text(route))
      json.set("tag", .number(external.tag))
    default: break
    }
    return json
  }
}
