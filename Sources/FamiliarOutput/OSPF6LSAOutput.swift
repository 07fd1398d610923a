import ControlAPI
import OSPFWire

/// Everything about one LSA of OSPFv3, as `show ipv6 ospf6 database detail` prints it.
struct OSPF6LSAOutput {
  private let lsa: ShownLSA
  private var fields: Fields { lsa.fields }
  private var type: LSType { lsa.header.key.lsType }

  init(_ lsa: ShownLSA) { self.lsa = lsa }

  /// What it says, a line in the table for each.
  var payloads: [String] {
    switch type {
    case .routerV3:
      fields.groups(.links).map { "\($0.text(.neighborRouterID) ?? "")/\(dotted($0.number(.neighborInterfaceID)))" }
    case .networkV3: fields.texts(.attachedRouters)
    case .interAreaPrefix, .asExternalV3, .nssaV3: [fields.text(.prefix) ?? ""]
    case .interAreaRouter: [fields.text(.destinationRouterID) ?? ""]
    case .link:
      [fields.text(.linkLocalAddress) ?? ""]
        + fields.groups(.prefixes).map { String(($0.text(.prefix) ?? "").prefix { $0 != "/" }) }
    case .intraAreaPrefix: fields.groups(.prefixes).map { $0.text(.prefix) ?? "" }
    default: [""]
    }
  }

  /// Without the empty line behind it.
  var text: String {
    // ospf6d indents what follows the header, but the links of a router less than the rest.
    let indentation = String(repeating: " ", count: type == .routerV3 ? 4 : 5)
    return (header.lines(indentation: "") + body.lines(indentation: indentation)).joined(separator: "\n") + "\n"
  }

  var json: JSON { (header + body).json }

  /// How long it has been here is not known: its age is how long it has been anywhere.
  private var header: [ShownPart] {
    [
      .line(
        ShownField("Age", "age", .number(lsa.report.ageSeconds), text: lsa.report.ageSeconds.leading(4)),
        ShownField("Type", "type", OSPF6LSAKind.of(lsa).name)),
      .line(ShownField("Link State ID", "linkStateId", lsa.linkStateID)),
      .line(ShownField("Advertising Router", "advertisingRouter", lsa.advertisingRouter)),
      .line(
        ShownField(
          "LS Sequence Number", "lsSequenceNumber", .number(Int(lsa.sequenceNumber)),
          text: "0x\(lsa.sequenceNumber.hexadecimal(8))")),
      .line(
        ShownField(
          "CheckSum", "checksum", .number(Int(lsa.header.checksum)), text: "0x\(lsa.header.checksum.hexadecimal(4))"),
        ShownField("Length", "length", UInt64(lsa.header.length))),
      .line(ShownField("Duration", "duration", Clock.ospf6(Double(lsa.report.ageSeconds)))),
    ]
  }

  private var body: [ShownPart] {
    switch type {
    case .routerV3: [.line(bits(routerBits), options), .list(key: "lsaDescription", fields.groups(.links).map(link))]
    case .networkV3:
      [.line(options), .texts(label: "Attached Router", key: "attachedRouter", fields.texts(.attachedRouters))]
    case .interAreaPrefix: [.line(metric(fields)), .line(prefixOptions(fields, "prefixOptions")), .line(prefix(fields))]
    case .interAreaRouter:
      [
        .line(options), .line(metric(fields)),
        .line(ShownField("Destination Router ID", "destinationRouterId", fields.text(.destinationRouterID))),
      ]
    case .asExternalV3, .nssaV3: external
    case .link:
      [
        .line(ShownField("Priority", "priority", fields.number(.priority)), options),
        .line(ShownField("LinkLocal Address", "linkLocalAddress", fields.text(.linkLocalAddress))), numberOfPrefixes,
        .list(key: "prefix", fields.groups(.prefixes).map(describedPrefix)),
      ]
    case .intraAreaPrefix:
      [
        numberOfPrefixes, referenced,
        .list(key: "prefix", fields.groups(.prefixes).map { describedPrefix($0) + [.line(metric($0))] }),
      ]
    default: []
    }
  }

  private func link(_ link: Fields) -> [ShownPart] {
    [
      .line(ShownField("Type", "type", name(ofLink: link)), metric(link)),
      .line(ShownField("Interface ID", "interfaceId", dotted(link.number(.interfaceID)))),
      .line(ShownField("Neighbor Interface ID", "neighborInterfaceId", dotted(link.number(.neighborInterfaceID)))),
      .line(ShownField("Neighbor Router ID", "neighborRouterId", link.text(.neighborRouterID))),
    ]
  }

  private var external: [ShownPart] {
    let metric = Int(fields.number(.metric) ?? 0)
    var parts: [ShownPart] = [
      .line(bits(externalBits)), .line(ShownField("Metric", "metric", .number(metric), text: metric.leading(5))),
      .line(prefixOptions(fields, "prefixOptions")),
      // Zero says that there is none.
      .line(ShownField("Referenced LSType", "referenceLsType", fields.number(.referencedLSType))), .line(prefix(fields)),
    ]
    let (address, tag) = (fields.text(.forwardingAddress), fields.number(.tag))
    parts.append(.member(key: "forwardingAddressPresent", .truth(address != nil)))
    if let address { parts.append(.line(ShownField("Forwarding-Address", "forwardingAddress", address))) }
    parts.append(.member(key: "tagPresent", .truth(tag != nil)))
    if let tag { parts.append(.line(ShownField("Tag", "tag", tag))) }
    return parts
  }

  private var referenced: ShownPart {
    guard case .group(let lsa)? = fields[.referenced] else { return .line([]) }
    return .line(
      ShownField("Reference", "reference", name(ofReferenced: LSType(rawValue: UInt16(lsa.number(.lsType) ?? 0)))),
      ShownField("Id", "referenceId", lsa.text(.linkStateID)),
      ShownField("Adv", "referenceAdv", lsa.text(.advertisingRouter)))
  }

  private func describedPrefix(_ described: Fields) -> [ShownPart] {
    // The key has no plural where prefixes are listed.
    [.line(prefixOptions(described, "prefixOption")), .line(prefix(described))]
  }

  // MARK: - Fields

  private var options: ShownField {
    ShownField("Options", "options", OptionsText.ospf6(Options(rawValue: UInt32(fields.number(.options) ?? 0))))
  }

  private var numberOfPrefixes: ShownPart {
    .line(ShownField("Number of Prefix", "numberOfPrefix", UInt64(fields.groups(.prefixes).count)))
  }

  private func metric(_ fields: Fields) -> ShownField { ShownField("Metric", "metric", fields.number(.metric)) }

  private func prefix(_ fields: Fields) -> ShownField { ShownField("Prefix", "prefix", fields.text(.prefix)) }

  private func prefixOptions(_ fields: Fields, _ key: String) -> ShownField {
    let bits = UInt8(truncatingIfNeeded: fields.number(.prefixOptions) ?? 0)
    return ShownField("Prefix Options", key, OptionsText.prefix(OSPFv3Prefix.PrefixOptions(rawValue: bits)))
  }

  private func bits(_ text: (UInt8) -> String) -> ShownField {
    ShownField("Bits", "bits", text(UInt8(truncatingIfNeeded: fields.number(.flags) ?? 0)))
  }

  private func routerBits(_ bits: UInt8) -> String {
    // Bit W of RFC 5340, a wild-card multicast receiver, has no name in later documents.
    let names: [(RouterLSA.Flags, String)] = [
      (.init(rawValue: 0x08), "W"), (.virtualLinkEndpoint, "V"), (.asBoundary, "E"), (.areaBorder, "B"),
    ]
    return "----" + names.map { RouterLSA.Flags(rawValue: bits).contains($0.0) ? $0.1 : "-" }.joined()
  }

  private func externalBits(_ bits: UInt8) -> String {
    let names: [(OSPFv3ASExternalLSA.Flags, String)] = [(.type2, "E"), (.forwardingAddress, "F"), (.tag, "T")]
    return names.map { OSPFv3ASExternalLSA.Flags(rawValue: bits).contains($0.0) ? $0.1 : "-" }.joined()
  }

  private func dotted(_ number: UInt64?) -> String {
    IPv4Address(rawValue: UInt32(truncatingIfNeeded: number ?? 0)).description
  }

  private func name(ofLink link: Fields) -> String {
    switch link[.type] {
    case .linkType(.pointToPoint)?: "Point-To-Point"
    case .linkType(.transit)?: "Transit-Network"
    case .linkType(.stub)?: "Stub-Network"
    case .linkType(.virtual)?: "Virtual-Link"
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
}
