import ControlAPI
import OSPFWire

/// Everything about one LSA of OSPFv3, as `show ipv6 ospf6 database detail` prints it.
struct OSPF6LSAOutput {
  private let lsa: ShownLSA

  init(_ lsa: ShownLSA) { self.lsa = lsa }

  private func dotted(_ number: UInt32) -> String { IPv4Address(rawValue: number).description }

  private func text(_ prefix: OSPFv3Prefix) -> String {
    if lsa.report.addressFamily == .ipv4, let ipv4 = prefix.ipv4 { return ipv4.description }
    return prefix.ipv6.description
  }

  /// What it says, a line in the table for each.
  var payloads: [String] {
    switch lsa.body {
    case .routerV3(let body): body.links.map { "\($0.neighborRouterID)/\(dotted($0.neighborInterfaceID))" }
    case .networkV3(let body): body.attachedRouters.map(\.description)
    case .interAreaPrefix(let body): [text(body.prefix)]
    case .interAreaRouter(let body): [body.destinationRouterID.description]
    case .asExternalV3(let body), .nssaV3(let body): [text(body.prefix)]
    case .link(let body):
      [lsa.report.body?.linkLocalAddress ?? body.linkLocalAddress.description]
        + body.prefixes.map { String(text($0).prefix { $0 != "/" }) }
    case .intraAreaPrefix(let body): body.prefixes.map { text($0.prefix) }
    default: [""]
    }
  }

  private func bits(_ flags: RouterLSA.Flags) -> String {
    // Bit W of RFC 5340, a wild-card multicast receiver, has no name in later documents.
    let names: [(RouterLSA.Flags, String)] = [
      (.init(rawValue: 0x08), "W"), (.virtualLinkEndpoint, "V"), (.asBoundary, "E"), (.areaBorder, "B"),
    ]
    return "----" + names.map { flags.contains($0.0) ? $0.1 : "-" }.joined()
  }

  private func bits(_ flags: OSPFv3ASExternalLSA.Flags) -> String {
    let names: [(OSPFv3ASExternalLSA.Flags, String)] = [(.type2, "E"), (.forwardingAddress, "F"), (.tag, "T")]
    return names.map { flags.contains($0.0) ? $0.1 : "-" }.joined()
  }

  private func name(_ type: RouterLink.LinkType) -> String {
    switch type {
    case .pointToPoint: "Point-To-Point"
    case .transit: "Transit-Network"
    case .stub: "Stub-Network"
    case .virtual: "Virtual-Link"
    default: "Unknown"
    }
  }

  private func name(ofReferenced type: LSType) -> String {
    switch type {
    case .routerV3: "Router"
    case .networkV3: "Network"
    default: "0x\(type.rawValue.hexadecimal(4))"
    }
  }

  // MARK: - Text

  /// Without the empty line behind it. How long it has been here is not known: its age is how long it has been anywhere.
  var text: String {
    let lines = [
      "Age: \(lsa.report.ageSeconds.leading(4)) Type: \(OSPF6LSAKind.of(lsa).name)", "Link State ID: \(lsa.linkStateID)",
      "Advertising Router: \(lsa.advertisingRouter)", "LS Sequence Number: 0x\(lsa.sequenceNumber.hexadecimal(8))",
      "CheckSum: 0x\(lsa.header.checksum.hexadecimal(4)) Length: \(lsa.header.length)",
      "Duration: \(Clock.ospf6(Double(lsa.report.ageSeconds)))",
    ]
    return (lines + bodyLines).joined(separator: "\n") + "\n"
  }

  private var bodyLines: [String] {
    switch lsa.body {
    case .routerV3(let body):
      ["    Bits: \(bits(body.flags)) Options: \(OptionsText.ospf6(body.options))"]
        + body.links.flatMap { link in
          [
            "    Type: \(name(link.type)) Metric: \(link.metric)", "    Interface ID: \(dotted(link.interfaceID))",
            "    Neighbor Interface ID: \(dotted(link.neighborInterfaceID))", "    Neighbor Router ID: \(link.neighborRouterID)",
          ]
        }
    case .networkV3(let body):
      ["     Options: \(OptionsText.ospf6(body.options))"] + body.attachedRouters.map { "     Attached Router: \($0)" }
    case .interAreaPrefix(let body): ["     Metric: \(body.metric)"] + lines(body.prefix)
    case .interAreaRouter(let body):
      [
        "     Options: \(OptionsText.ospf6(body.options))", "     Metric: \(body.metric)",
        "     Destination Router ID: \(body.destinationRouterID)",
      ]
    case .asExternalV3(let body), .nssaV3(let body): externalLines(body)
    case .link(let body):
      [
        "     Priority: \(body.priority) Options: \(OptionsText.ospf6(body.options))",
        "     LinkLocal Address: \(payloads[0])", "     Number of Prefix: \(body.prefixes.count)",
      ] + body.prefixes.flatMap(lines)
    case .intraAreaPrefix(let body):
      [
        "     Number of Prefix: \(body.prefixes.count)",
        "     Reference: \(name(ofReferenced: body.referenced.lsType)) Id: \(body.referenced.linkStateID) "
          + "Adv: \(body.referenced.advertisingRouter)",
      ] + body.prefixes.flatMap { lines($0.prefix) + ["     Metric: \($0.metric)"] }
    default: []
    }
  }

  private func lines(_ prefix: OSPFv3Prefix) -> [String] {
    ["     Prefix Options: \(OptionsText.prefix(prefix.options))", "     Prefix: \(text(prefix))"]
  }

  private func externalLines(_ body: OSPFv3ASExternalLSA) -> [String] {
    var lines = [
      "     Bits: \(bits(body.flags))", "     Metric: \(body.metric.leading(5))",
      "     Prefix Options: \(OptionsText.prefix(body.prefix.options))",
      "     Referenced LSType: \(body.referencedLSType.rawValue)", "     Prefix: \(text(body.prefix))",
    ]
    if let address = body.forwardingAddress { lines.append("     Forwarding-Address: \(address)") }
    if let tag = body.tag { lines.append("     Tag: \(tag)") }
    return lines
  }

  // MARK: - JSON

  var json: JSON {
    var json: JSON = [
      "age": .number(lsa.report.ageSeconds), "type": .text(OSPF6LSAKind.of(lsa).name), "linkStateId": .text(lsa.linkStateID),
      "advertisingRouter": .text(lsa.advertisingRouter), "lsSequenceNumber": .number(Int(lsa.sequenceNumber)),
      "checksum": .number(Int(lsa.header.checksum)), "length": .number(Int(lsa.header.length)),
      "duration": .text(Clock.ospf6(Double(lsa.report.ageSeconds))),
    ]
    json.merge(bodyMembers)
    return json
  }

  private var bodyMembers: JSON {
    switch lsa.body {
    case .routerV3(let body):
      [
        "bits": .text(bits(body.flags)), "options": .text(OptionsText.ospf6(body.options)),
        "lsaDescription": .array(body.links.map(json)),
      ]
    case .networkV3(let body):
      [
        "options": .text(OptionsText.ospf6(body.options)),
        "attachedRouter": .array(body.attachedRouters.map { .text($0.description) }),
      ]
    case .interAreaPrefix(let body):
      [
        "metric": .number(Int(body.metric)), "prefixOptions": .text(OptionsText.prefix(body.prefix.options)),
        "prefix": .text(text(body.prefix)),
      ]
    case .interAreaRouter(let body):
      [
        "options": .text(OptionsText.ospf6(body.options)), "metric": .number(Int(body.metric)),
        "destinationRouterId": .text(body.destinationRouterID.description),
      ]
    case .asExternalV3(let body), .nssaV3(let body): externalMembers(body)
    case .link(let body):
      [
        "priority": .number(Int(body.priority)), "options": .text(OptionsText.ospf6(body.options)),
        "linkLocalAddress": .text(payloads[0]), "numberOfPrefix": .number(body.prefixes.count),
        "prefix": .array(body.prefixes.map(json)),
      ]
    case .intraAreaPrefix(let body):
      [
        "numberOfPrefix": .number(body.prefixes.count), "reference": .text(name(ofReferenced: body.referenced.lsType)),
        "referenceId": .text(body.referenced.linkStateID.description),
        "referenceAdv": .text(body.referenced.advertisingRouter.description),
        "prefix": .array(
          body.prefixes.map { entry in
            var json = json(entry.prefix)
            json.set("metric", .number(Int(entry.metric)))
            return json
          }),
      ]
    default: [:]
    }
  }

  private func json(_ link: OSPFv3RouterLink) -> JSON {
    [
      "type": .text(name(link.type)), "metric": .number(Int(link.metric)), "interfaceId": .text(dotted(link.interfaceID)),
      "neighborInterfaceId": .text(dotted(link.neighborInterfaceID)),
      "neighborRouterId": .text(link.neighborRouterID.description),
    ]
  }

  private func json(_ prefix: OSPFv3Prefix) -> JSON {
    ["prefixOption": .text(OptionsText.prefix(prefix.options)), "prefix": .text(text(prefix))]
  }

  private func externalMembers(_ body: OSPFv3ASExternalLSA) -> JSON {
    var json: JSON = [
      "bits": .text(bits(body.flags)), "metric": .number(Int(body.metric)),
      "prefixOptions": .text(OptionsText.prefix(body.prefix.options)),
      "referenceLsType": .number(Int(body.referencedLSType.rawValue)), "prefix": .text(text(body.prefix)),
      "forwardingAddressPresent": .truth(body.forwardingAddress != nil),
    ]
    json.set("forwardingAddress", body.forwardingAddress.map { .text($0.description) })
    json.set("tagPresent", .truth(body.tag != nil))
    json.set("tag", body.tag.map { .number(Int($0)) })
    return json
  }
}
