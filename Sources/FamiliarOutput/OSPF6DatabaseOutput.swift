import ControlAPI
import OSPFWire

/// An LS type as `show ipv6 ospf6 database` names it.
struct OSPF6LSAKind {
  /// The word that asks for it.
  var word: String
  var type: LSType
  /// In the first column.
  var shortName: String
  /// In the detailed listing.
  var name: String

  static let all = [
    Self(word: "router", type: .routerV3, shortName: "Rtr", name: "Router"),
    Self(word: "network", type: .networkV3, shortName: "Net", name: "Network"),
    Self(word: "inter-prefix", type: .interAreaPrefix, shortName: "IAP", name: "Inter-Prefix"),
    Self(word: "inter-router", type: .interAreaRouter, shortName: "IAR", name: "Inter-Router"),
    Self(word: "as-external", type: .asExternalV3, shortName: "ASE", name: "AS-External"),
    Self(word: "group-membership", type: LSType(rawValue: 0x2006), shortName: "GM", name: "Group-Membership"),
    Self(word: "type-7", type: .nssaV3, shortName: "Type7", name: "NSSA"),
    Self(word: "link", type: .link, shortName: "Lnk", name: "Link"),
    Self(word: "intra-prefix", type: .intraAreaPrefix, shortName: "INP", name: "Intra-Prefix"),
  ]

  /// The kind of an LSA; one that ospf6d does not know is called after its number.
  static func of(_ lsa: ShownLSA) -> OSPF6LSAKind {
    let type = lsa.header.key.lsType
    return all.first { $0.type == type }
      ?? Self(word: "", type: type, shortName: "0x\(type.rawValue.hexadecimal(4))", name: "0x\(type.rawValue.hexadecimal(4))")
  }

  /// The scope, of which a database is made.
  var scope: LSAReport.Scope {
    switch type {
    case .link: .link
    case .asExternalV3: .autonomousSystem
    default: .area
    }
  }
}

/// `show ipv6 ospf6 database`
struct OSPF6DatabaseOutput {
  let instance: InstanceState
  let selection: ShowCommand.DatabaseSelection

  /// One database: that of an area, an interface, or the autonomous system.
  private struct Part {
    var title: String
    var scope: LSAReport.Scope
    var members: JSON
    var lsas: [ShownLSA]
  }

  /// The databases in which the LSAs are that were asked for.
  private var parts: [Part] {
    var parts = instance.areas.map { area in
      Part(
        title: "Area Scoped Link State Database (Area \(area))", scope: .area, members: ["areaId": .text(area)],
        lsas: lsas { $0.scope == .area && $0.area == area })
    }
    parts += instance.interfaces.map { interface in
      Part(
        title: "I/F Scoped Link State Database (I/F \(interface.interface) in Area \(interface.area))", scope: .link,
        members: ["areaId": .text(interface.area), "interface": .text(interface.interface)],
        lsas: lsas { $0.scope == .link && $0.interface == interface.interface })
    }
    parts.append(
      Part(
        title: "AS Scoped Link State Database", scope: .autonomousSystem, members: [:],
        lsas: lsas { $0.scope == .autonomousSystem }))
    guard let kind else { return parts }
    return parts.filter { $0.scope == kind.scope }
  }

  private var kind: OSPF6LSAKind? { OSPF6LSAKind.all.first { $0.word == selection.type } }

  /// In the order of type, Advertising Router and Link State ID.
  private func lsas(_ isMeant: (LSAReport) -> Bool) -> [ShownLSA] {
    let lsas = instance.lsas.filter { lsa in
      isMeant(lsa.report) && selection.includes(lsa) && (kind?.type ?? lsa.header.key.lsType) == lsa.header.key.lsType
    }
    return lsas.sorted {
      let (left, right) = ($0.header.key, $1.header.key)
      return (left.lsType.rawValue & 0x1fff, left.advertisingRouter, left.linkStateID.rawValue)
        < (right.lsType.rawValue & 0x1fff, right.advertisingRouter, right.linkStateID.rawValue)
    }
  }

  private static let header = "Type LSId           AdvRouter       Age   SeqNum                        Payload\n"

  var text: String {
    parts.map { part in
      let lines = part.lsas.map { lsa in
        selection.isDetailed ? OSPF6LSAOutput(lsa).text + "\n" : OSPF6LSAOutput(lsa).payloads.map { row(lsa, $0) }.joined()
      }
      return "\n        \(part.title)\n\n\(selection.isDetailed ? "" : Self.header)\(lines.joined())"
    }.joined()
  }

  private func row(_ lsa: ShownLSA, _ payload: String) -> String {
    "\(OSPF6LSAKind.of(lsa).shortName.trailing(4)) \(lsa.linkStateID.trailing(15))\(lsa.advertisingRouter.trailing(15))"
      + "\(lsa.report.ageSeconds.leading(4)) \(lsa.sequenceNumber.hexadecimal().leading(8)) \(payload.leading(30))\n"
  }

  var json: JSON {
    var json: JSON = [:]
    for part in parts {
      let key =
        switch part.scope {
        case .area: "areaScopedLinkStateDb"
        case .link: "interfaceScopedLinkStateDb"
        case .autonomousSystem: "asScopedLinkStateDb"
        }
      var members = part.members
      members.set("lsa", .array(part.lsas.flatMap(elements)))
      json.append(members, to: key)
    }
    return json
  }

  private func elements(_ lsa: ShownLSA) -> [JSON] {
    let output = OSPF6LSAOutput(lsa)
    guard !selection.isDetailed else { return [output.json] }
    return output.payloads.map { payload in
      [
        "type": .text(OSPF6LSAKind.of(lsa).shortName), "lsId": .text(lsa.linkStateID),
        "advRouter": .text(lsa.advertisingRouter), "age": .number(lsa.report.ageSeconds),
        "seqNum": .number(Int(lsa.sequenceNumber)), "payload": .text(payload),
      ]
    }
  }
}
