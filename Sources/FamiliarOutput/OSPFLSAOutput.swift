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
    if case .router(let body) = lsa.body { lines.append(flagLine(body.flags)) }
    lines += [
      "  LS Type: \(typeName)", "  Link State ID: \(lsa.linkStateID) \(linkStateIDMeaning)",
      "  Advertising Router: \(lsa.advertisingRouter)", "  LS Seq Number: \(lsa.sequenceNumber.hexadecimal(8))",
      "  Checksum: 0x\(lsa.header.checksum.hexadecimal(4))", "  Length: \(lsa.header.length)", "",
    ]
    return (lines + bodyLines).joined(separator: "\n") + "\n"
  }

  private func flagLine(_ flags: RouterLSA.Flags) -> String {
    let names: [(RouterLSA.Flags, String)] = [
      (.areaBorder, " ABR"), (.asBoundary, " ASBR"), (.virtualLinkEndpoint, " VL-endpoint"),
    ]
    let set = names.filter { flags.contains($0.0) }.map(\.1).joined()
    return "  Flags: 0x\(flags.rawValue.hexadecimal())\(flags.rawValue == 0 ? "" : " :\(set)")"
  }

  private var bodyLines: [String] {
    switch lsa.body {
    case .router(let body): return ["   Number of Links: \(body.links.count)", ""] + body.links.flatMap(linkLines) + [""]
    case .network(let body):
      return ["  Network Mask: /\(length(body.networkMask))"]
        + body.attachedRouters.flatMap { ["        Attached Router: \($0)", ""] }
    case .summary(let body):
      return ["  Network Mask: /\(length(body.networkMask))"]
        + body.metrics.map { "        TOS: \($0.tos)  Metric: \($0.metric)" } + [""]
    case .asExternal(let body), .nssaExternal(let body):
      return ["  Network Mask: /\(length(body.networkMask))"]
        + body.routes.flatMap { route in
          [
            "        Metric Type: \(route.isType2 ? "2 (Larger than any link state path)" : "1")", "        TOS: \(route.tos)",
            "        Metric: \(route.metric)",
            "        \(type == .nssaExternal ? "NSSA: " : "")Forward Address: \(route.forwardingAddress)",
            "        External Route Tag: \(route.tag)", "",
          ]
        }
    case .opaque:
      return [
        "  Opaque-Type \(opaqueType) (\(opaqueTypeName))", "  Opaque-ID   0x\(opaqueID.hexadecimal())",
        "  Opaque-Info: \(lsa.octets.count - LSAHeader.size) octets of data", "",
      ]
    default: return []
    }
  }

  private func linkLines(_ link: RouterLink) -> [String] {
    let words = words(of: link)
    return [
      "    Link connected to: \(words.kind)", "     (Link ID) \(words.idText): \(dotted(link.linkID))",
      "     (Link Data) \(words.dataText): \(dotted(link.linkData))", "      Number of TOS metrics: \(link.tosMetrics.count)",
      "       TOS 0 Metric: \(link.metric)", "",
    ]
  }

  // MARK: - JSON

  var json: JSON {
    var json: JSON = [
      "lsaAge": .number(lsa.report.ageSeconds), "options": .text(OptionsText.ospf(UInt32(lsa.header.options))),
      "lsaFlags": .number(internalFlags),
    ]
    if case .router(let body) = lsa.body {
      json.set("flags", .number(Int(body.flags.rawValue)))
      if body.flags.contains(.areaBorder) { json.set("abr", true) }
      if body.flags.contains(.asBoundary) { json.set("asbr", true) }
      if body.flags.contains(.virtualLinkEndpoint) { json.set("vlEndpoint", true) }
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
    switch lsa.body {
    case .router(let body):
      json.set("numOfLinks", .number(body.links.count))
      let links = body.links.enumerated().map { JSON.Member(key: "link\($0)", value: linkJSON($1)) }
      json.set("routerLinks", .object(links))
    case .network(let body):
      json.set("networkMask", .number(length(body.networkMask)))
      // The key is spelled like this by every FRR that has it.
      let routers = body.attachedRouters.map {
        JSON.Member(key: $0.description, value: ["attachedRouterId": .text($0.description)])
      }
      json.set("attchedRouters", .object(routers))
    case .summary(let body):
      json.set("networkMask", .number(length(body.networkMask)))
      json.set("tos0Metric", .number(Int(body.metrics.first?.metric ?? 0)))
    case .asExternal(let body), .nssaExternal(let body):
      json.set("networkMask", .number(length(body.networkMask)))
      guard let route = body.routes.first else { return }
      json.set("metricType", route.isType2 ? "E2 (Larger than any link state path)" : "E1")
      json.set("tos", .number(Int(route.tos)))
      json.set("metric", .number(Int(route.metric)))
      json.set(type == .nssaExternal ? "nssaForwardAddress" : "forwardAddress", .text(route.forwardingAddress.description))
      json.set("externalRouteTag", .number(Int(route.tag)))
    case .opaque(let octets):
      json.set("opaqueType", .text(opaqueTypeName))
      json.set("opaqueId", .number(Int(opaqueID)))
      json.set("opaqueDataLength", .number(octets.count))
      json.set("opaqueDataLengthValid", true)
      json.set("opaqueData", .text(octets.map { $0.hexadecimal(2) }.joined()))
    default: break
    }
  }

  private func linkJSON(_ link: RouterLink) -> JSON {
    let words = words(of: link)
    return [
      "linkType": .text(words.kind), words.idKey: .text(dotted(link.linkID)), words.dataKey: .text(dotted(link.linkData)),
      "numOfTosMetrics": .number(link.tosMetrics.count), "tos0Metric": .number(Int(link.metric)),
    ]
  }

  // MARK: - Words

  private struct LinkWords {
    var kind: String
    var idText: String
    var idKey: String
    var dataText = "Router Interface address"
    var dataKey = "routerInterfaceAddress"
  }

  private func words(of link: RouterLink) -> LinkWords {
    switch link.type {
    case .pointToPoint:
      LinkWords(kind: "another Router (point-to-point)", idText: "Neighboring Router ID", idKey: "neighborRouterId")
    case .transit:
      LinkWords(kind: "a Transit Network", idText: "Designated Router address", idKey: "designatedRouterAddress")
    case .stub:
      LinkWords(
        kind: "Stub Network", idText: "Net", idKey: "networkAddress", dataText: "Network Mask", dataKey: "networkMask")
    default: LinkWords(kind: "a Virtual Link", idText: "Neighboring Router ID", idKey: "neighborRouterId")
    }
  }

  private func dotted(_ number: UInt32) -> String { IPv4Address(rawValue: number).description }

  private func length(_ mask: IPv4Address) -> Int { IPv4Prefix.length(ofMask: mask) ?? 0 }

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
