import ControlAPI
import OSPFWire

/// Everything about one LSA of OSPFv2, as `show ip ospf database TYPE` prints it.
struct OSPFLSAOutput {
  private let lsa: ShownLSA

  init(_ lsa: ShownLSA) { self.lsa = lsa }

  private var type: LSType { lsa.header.key.lsType }

  /// ospfd's own bookkeeping: received and approved, or our own, checked and, those apart that describe our links, approved.
  private var internalFlags: Int {
    guard lsa.report.selfOriginated else { return 0x06 }
    return type == .router || type == .network ? 0x03 : 0x0b
  }

  private var typeName: String {
    switch type {
    case .summaryASBR: "summary-LSA"
    case .nssaExternal: "NSSA-LSA"
    case .opaqueLink: "Link-Local Opaque-LSA"
    case .opaqueArea: "Area-Local Opaque-LSA"
    case .opaqueAS: "AS-external Opaque-LSA"
    default: lsa.report.lsTypeName
    }
  }

  // MARK: - Text

  /// What a Link State ID is, in the parentheses behind it.
  private var linkStateIDMeaning: String {
    switch type {
    case .network: "(address of Designated Router)"
    case .summaryNetwork: "(summary Network Number)"
    case .summaryASBR: "(AS Boundary Router address)"
    case .asExternal: "(External Network Number)"
    case .nssaExternal: "(External Network Number for NSSA)"
    case .opaqueLink: "(Link-Local Opaque-Type/ID)"
    case .opaqueArea: "(Area-Local Opaque-Type/ID)"
    case .opaqueAS: "(AS-external Opaque-Type/ID)"
    default: ""
    }
  }

  var text: String {
    var lines = [
      "  LS age: \(lsa.report.ageSeconds)",
      "  Options: 0x\(lsa.header.options.hexadecimal().trailing(2)) : \(OptionsText.ospf(UInt32(lsa.header.options)))",
      "  LS Flags: 0x\(internalFlags.hexadecimal())  ",
    ]
    if type == .router { lines.append(flagLine(flags)) }
    lines += [
      "  LS Type: \(typeName)", "  Link State ID: \(lsa.linkStateID) \(linkStateIDMeaning)",
      "  Advertising Router: \(lsa.advertisingRouter)", "  LS Seq Number: \(lsa.sequenceNumber.hexadecimal(8))",
      "  Checksum: 0x\(lsa.header.checksum.hexadecimal(4))", "  Length: \(lsa.header.length)", "",
    ]
    return (lines + bodyLines).joined(separator: "\n") + "\n"
  }

  private func flagLine(_ flags: RouterLSA.Flags) -> String {
    let set = Self.flagNames.filter { flags.contains($0.flag) }.map { " \($0.words)" }.joined()
    return "  Flags: 0x\(flags.rawValue.hexadecimal())\(flags.rawValue == 0 ? "" : " :\(set)")"
  }

  private var bodyLines: [String] {
    let mask = "  Network Mask: /\(lsa.maskLength)"
    switch type {
    case .router: return ["   Number of Links: \(links.count)", ""] + links.flatMap(linkLines) + [""]
    case .network: return [mask] + fields.texts(.attachedRouters).flatMap { ["        Attached Router: \($0)", ""] }
    case .summaryNetwork, .summaryASBR:
      return [mask] + fields.groups(.metrics).map { "        TOS: \(number($0, .tos))  Metric: \(number($0, .metric))" } + [""]
    case .asExternal, .nssaExternal:
      return [mask] + fields.groups(.routes).flatMap { route in external(route).map { "        \($0.words)" } + [""] }
    default:
      guard let octets else { return [] }
      return [
        "  Opaque-Type \(opaqueType) (\(opaqueTypeName))", "  Opaque-ID   0x\(opaqueID.hexadecimal())",
        "  Opaque-Info: \(octets.count) octets of data", "",
      ]
    }
  }

  private func linkLines(_ link: Fields) -> [String] {
    let words = words(of: link)
    return [
      "    Link connected to: \(words.kind)", "     (Link ID) \(words.id.words)", "     (Link Data) \(words.data.words)",
      "      Number of TOS metrics: \(link.groups(.tosMetrics).count)", "       TOS 0 Metric: \(number(link, .metric))", "",
    ]
  }

  // MARK: - JSON

  var json: JSON {
    var json: JSON = [
      "lsaAge": .number(lsa.report.ageSeconds), "options": .text(OptionsText.ospf(UInt32(lsa.header.options))),
      "lsaFlags": .number(internalFlags),
    ]
    if type == .router {
      json.set("flags", .number(Int(flags.rawValue)))
      for name in Self.flagNames where flags.contains(name.flag) { json.set(name.key, true) }
    }
    json.set("lsaType", .text(typeName))
    json.set("linkStateId", .text(lsa.linkStateID))
    json.set("advertisingRouter", .text(lsa.advertisingRouter))
    json.set("lsaSeqNumber", .text(lsa.sequenceNumber.hexadecimal()))
    json.set("checksum", .text(lsa.header.checksum.hexadecimal()))
    json.set("length", .number(Int(lsa.header.length)))
    addBody(to: &json)
    return json
  }

  private func addBody(to json: inout JSON) {
    switch type {
    case .router:
      json.set("numOfLinks", .number(links.count))
      json.set("routerLinks", .object(links.enumerated().map { JSON.Member(key: "link\($0)", value: linkJSON($1)) }))
    case .network:
      json.set("networkMask", .number(lsa.maskLength))
      // The key is spelled like this by every FRR that has it.
      let routers = fields.texts(.attachedRouters).map { JSON.Member(key: $0, value: ["attachedRouterId": .text($0)]) }
      json.set("attchedRouters", .object(routers))
    case .summaryNetwork, .summaryASBR:
      json.set("networkMask", .number(lsa.maskLength))
      json.set("tos0Metric", .number(fields.groups(.metrics).first.map { number($0, .metric) } ?? 0))
    case .asExternal, .nssaExternal:
      json.set("networkMask", .number(lsa.maskLength))
      for field in fields.groups(.routes).first.map(external) ?? [] { json.set(field.key, field.json) }
    default:
      guard let octets else { return }
      json.set("opaqueType", .text(opaqueTypeName))
      json.set("opaqueId", .number(Int(opaqueID)))
      json.set("opaqueDataLength", .number(octets.count))
      json.set("opaqueDataLengthValid", true)
      json.set("opaqueData", .text(Hexadecimal.text(octets)))
    }
  }

  private func linkJSON(_ link: Fields) -> JSON {
    let words = words(of: link)
    return [
      "linkType": .text(words.kind), words.id.key: words.id.json, words.data.key: words.data.json,
      "numOfTosMetrics": .number(link.groups(.tosMetrics).count), "tos0Metric": .number(number(link, .metric)),
    ]
  }

  // MARK: - Fields

  private var fields: Fields { lsa.fields }

  private var links: [Fields] { fields.groups(.links) }

  private var flags: RouterLSA.Flags { RouterLSA.Flags(rawValue: UInt8(truncatingIfNeeded: fields.number(.flags) ?? 0)) }

  /// The body of an LSA that is carried as it is.
  private var octets: [UInt8]? { if case .octets(let octets)? = fields[.octets] { octets } else { nil } }

  private func number(_ fields: Fields, _ name: FieldName) -> Int { Int(fields.number(name) ?? 0) }

  private static let flagNames: [(flag: RouterLSA.Flags, words: String, key: String)] = [
    (.areaBorder, "ABR", "abr"), (.asBoundary, "ASBR", "asbr"), (.virtualLinkEndpoint, "VL-endpoint", "vlEndpoint"),
  ]

  private func external(_ route: Fields) -> [ShownField] {
    let isType2 = route.number(.metricType) == 2
    let explanation = isType2 ? "2 (Larger than any link state path)" : "1"
    let forwarding =
      type == .nssaExternal ? ("NSSA: Forward Address", "nssaForwardAddress") : ("Forward Address", "forwardAddress")
    return [
      ShownField("Metric Type", "metricType", .text("E" + explanation), text: explanation),
      ShownField("TOS", "tos", route.number(.tos)), ShownField("Metric", "metric", route.number(.metric)),
      ShownField(forwarding.0, forwarding.1, route.text(.forwardingAddress)),
      ShownField("External Route Tag", "externalRouteTag", route.number(.tag)),
    ]
  }

  // MARK: - Words

  private func words(of link: Fields) -> (kind: String, id: ShownField, data: ShownField) {
    let (id, data) = (link.text(.linkID), link.text(.linkData))
    let address = ShownField("Router Interface address", "routerInterfaceAddress", data)
    let router = ShownField("Neighboring Router ID", "neighborRouterId", id)
    return switch link[.type] {
    case .linkType(.pointToPoint)?: ("another Router (point-to-point)", router, address)
    case .linkType(.transit)?:
      ("a Transit Network", ShownField("Designated Router address", "designatedRouterAddress", id), address)
    case .linkType(.stub)?:
      ("Stub Network", ShownField("Net", "networkAddress", id), ShownField("Network Mask", "networkMask", data))
    default: ("a Virtual Link", router, address)
    }
  }

  private var opaqueType: UInt32 { lsa.header.key.linkStateID.rawValue >> 24 }

  private var opaqueID: UInt32 { lsa.header.key.linkStateID.rawValue & 0xff_ffff }

  /// The opaque types that IANA has assigned and that FRR names.
  private var opaqueTypeName: String {
    switch opaqueType {
    case 1: "Traffic Engineering LSA"
    case 2: "Sycamore optical topology description"
    case 3: "Grace-LSA"
    case 4: "Router Information LSA"
    case 6: "Inter-AS TE-v2 LSA"
    case 7: "Extended Prefix Opaque LSA"
    case 8: "Extended Link Opaque LSA"
    default: opaqueType < 128 ? "Unassigned" : "Private/Experimental"
    }
  }
}
