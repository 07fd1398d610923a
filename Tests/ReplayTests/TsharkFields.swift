import CaptureAnalysis
import OSPFTestSupport
import OSPFWire

/// What is shown of a packet, under the names and in the notation of tshark.
struct TsharkFields {
  /// The values of each of tshark's fields, in the order of the packet.
  private(set) var values: [String: [String]] = [:]

  /// How tshark writes a value.
  private enum Notation {
    case asShown
    case hexadecimal(digits: Int)
    /// The position in the list, counted from 1.
    case number(of: [String])
    /// 1 for 2 and 0 for 1: a flag for the second kind.
    case isTwo
  }

  /// Every field that both sides know. The path of a field is the keys that lead to it; an LSA's type stands for its place in the list.
  private static let names: [String: (field: String, notation: Notation)] = {
    var names: [String: (String, Notation)] = [
      "version": ("ospf.version", .asShown),
      "type": (
        "ospf.msg",
        .number(of: ["hello", "databaseDescription", "linkStateRequest", "linkStateUpdate", "linkStateAcknowledgment"])
      ),
      "packetLength": ("ospf.packet_length", .asShown),
      "routerID": ("ospf.srcrouter", .asShown),
      "areaID": ("ospf.area_id", .asShown),
      "checksum": ("ospf.checksum", .asShown),
      "instanceID": ("ospf.instance_id", .asShown),
      "authenticationType": ("ospf.auth.type", .asShown),
      "password": ("ospf.auth.simple", .asShown),
      "keyID": ("ospf.auth.crypt.key_id", .asShown),
      "authenticationDataLength": ("ospf.auth.crypt.data_length", .asShown),
      "cryptographicSequenceNumber": ("ospf.auth.crypt.seq_nbr", .asShown),
      "authenticationData": ("ospf.auth.crypt.data", .asShown),
      "authenticationTrailer.type": ("ospf.at.auth_type", .asShown),
      "authenticationTrailer.securityAssociationID": ("ospf.at.sa_id", .hexadecimal(digits: 4)),
      "authenticationTrailer.cryptographicSequenceNumber": ("ospf.at.crypto_seq_nbr", .asShown),
      "authenticationTrailer.authenticationData": ("ospf.at.auth_data", .asShown),
      "hello.networkMask": ("ospf.hello.network_mask", .asShown),
      "hello.interfaceID": ("ospf.hello.interface_id", .asShown),
      "hello.helloIntervalSeconds": ("ospf.hello.hello_interval", .asShown),
      "hello.priority": ("ospf.hello.router_priority", .asShown),
      "hello.routerDeadIntervalSeconds": ("ospf.hello.router_dead_interval", .asShown),
      "hello.designatedRouter": ("ospf.hello.designated_router", .asShown),
      "hello.backupDesignatedRouter": ("ospf.hello.backup_designated_router", .asShown),
      "hello.neighbors": ("ospf.hello.active_neighbor", .asShown),
      "databaseDescription.interfaceMTU": ("ospf.db.interface_mtu", .asShown),
      "databaseDescription.flags": ("ospf.dbd", .hexadecimal(digits: 2)),
      "databaseDescription.ddSequenceNumber": ("ospf.db.dd_sequence", .asShown),
      "linkLocalSignaling.checksum": ("ospf.lls.checksum", .asShown),
      "router-LSA.links.type": ("ospf.lsa.router.linktype", .number(of: ["point-to-point", "transit", "stub", "virtual"])),
      "router-LSA.links.linkID": ("ospf.lsa.router.linkid", .asShown),
      "router-LSA.links.linkData": ("ospf.lsa.router.linkdata", .asShown),
      "router-LSA.links.metric": ("ospf.lsa.router.metric0", .asShown),
      "router-LSA.flags": ("ospf.v2.router.lsa.flags", .hexadecimal(digits: 2)),
      "network-LSA.networkMask": ("ospf.lsa.network.netmask", .asShown),
      "network-LSA.attachedRouters": ("ospf.lsa.network.attchrtr", .asShown),
      "summary-LSA.networkMask": ("ospf.lsa.asbr.netmask", .asShown),
      "ASBR-summary-LSA.networkMask": ("ospf.lsa.asbr.netmask", .asShown),
      "v3 router-LSA.flags": ("ospf.v3.router.lsa.flags", .hexadecimal(digits: 2)),
      "v3 router-LSA.links.type": ("ospf.v3.lsa.type", .number(of: ["point-to-point", "transit", "stub", "virtual"])),
      "v3 router-LSA.links.interfaceID": ("ospf.v3.lsa.interface_id", .asShown),
      "v3 router-LSA.links.neighborInterfaceID": ("ospf.v3.lsa.neighbor_interface_id", .asShown),
      "v3 router-LSA.links.neighborRouterID": ("ospf.v3.lsa.neighbor_router_id", .asShown),
      "v3 network-LSA.attachedRouters": ("ospf.v3.lsa.attached_router", .asShown),
      "v3 inter-area-router-LSA.destinationRouterID": ("ospf.v3.lsa.destination_router_id", .asShown),
      "v3 link-LSA.priority": ("ospf.v3.lsa.router_priority", .asShown),
      "v3 link-LSA.linkLocalAddress": ("ospf.v3.lsa.link_local_interface_address.ipv6", .asShown),
      "v3 intra-area-prefix-LSA.referenced.lsType": ("ospf.v3.lsa.referenced_ls_type", .hexadecimal(digits: 4)),
      "v3 intra-area-prefix-LSA.referenced.linkStateID": ("ospf.v3.lsa.referenced_link_state_id", .asShown),
      "v3 intra-area-prefix-LSA.referenced.advertisingRouter": ("ospf.v3.lsa.referenced_advertising_router", .asShown),
    ]
    for lsa in ["summary-LSA", "ASBR-summary-LSA"] {
      names["\(lsa).metrics.tos"] = ("ospf.lsa.tos", .asShown)
      names["\(lsa).metrics.metric"] = ("ospf.metric", .asShown)
    }
    for lsa in ["AS-external-LSA", "NSSA-LSA"] {
      names["\(lsa).networkMask"] = ("ospf.lsa.asext.netmask", .asShown)
      names["\(lsa).routes.metricType"] = ("ospf.lsa.asext.type", .isTwo)
      names["\(lsa).routes.tos"] = ("ospf.lsa.tos", .asShown)
      names["\(lsa).routes.metric"] = ("ospf.metric", .asShown)
      names["\(lsa).routes.forwardingAddress"] = ("ospf.lsa.asext.fwdaddr", .asShown)
      names["\(lsa).routes.tag"] = ("ospf.lsa.asext.extrttag", .asShown)
      names["v3 \(lsa).flags"] = ("ospf.v3.as.external.flags", .hexadecimal(digits: 2))
      names["v3 \(lsa).forwardingAddress"] = ("ospf.v3.lsa.forwarding_address.ipv6", .asShown)
      names["v3 \(lsa).tag"] = ("ospf.v3.lsa.external_route_tag", .asShown)
    }
    for path in [
      "v3 router-LSA.links", "v3 inter-area-prefix-LSA", "v3 inter-area-router-LSA", "v3 AS-external-LSA", "v3 NSSA-LSA",
    ] {
      names["\(path).metric"] = ("ospf.metric", .asShown)
    }
    names["v3 intra-area-prefix-LSA.prefixes.metric"] = ("ospf.metric", .asShown)
    let prefixes = ["v3 inter-area-prefix-LSA", "v3 AS-external-LSA", "v3 NSSA-LSA", "v3 link-LSA.prefixes"]
    for path in prefixes + ["v3 intra-area-prefix-LSA.prefixes"] {
      names["\(path).prefixOptions"] = ("ospf.v3.prefix.options", .hexadecimal(digits: 2))
    }
    let optionHolders = [
      "hello", "databaseDescription", "router-LSA", "network-LSA", "inter-area-router-LSA", "link-LSA",
    ]
    for holder in optionHolders {
      names["v3 \(holder).options"] = ("ospf.v3.options", .hexadecimal(digits: 6))
    }
    for holder in ["hello", "databaseDescription", "header"] {
      names["v2 \(holder).options"] = ("ospf.v2.options", .hexadecimal(digits: 2))
    }
    return names
  }()

  /// Those that are compared, besides the headers of LSAs and what is counted.
  static let compared: [String] = Set(names.values.map(\.field)).union([
    "ospf.advrouter", "ospf.lsa", "ospf.lsa.id", "ospf.lsid_opaque_type", "ospf.link_state_id", "ospf.lsa.age",
    "ospf.lsa.donotage", "ospf.v3.lsa", "ospf.v3.lsa.do_not_age", "ospf.lsa.seqnum", "ospf.lsa.chksum", "ospf.lsa.length",
    "ospf.ls.number_of_lsas", "ospf.lsa.number_of_links", "ospf.v3.lsa.num_prefixes", "ospf.v3.address_prefix.ipv6",
    "ospf.prefix_length", "ospf.lsa.router.nummetrics",
  ]).sorted()

  private let isV3: Bool

  /// Translates everything that is shown of a packet.
  init(_ packet: InspectedPacket) {
    isV3 = packet.header?.version == .v3
    walk(packet.packetFields, path: "")
    if packet.type == .linkStateUpdate { add("ospf.ls.number_of_lsas", "\(packet.lsas.count)") }
    // tshark looks for a trailer only where the AT-bit announces one, in Hellos and Database Descriptions.
    guard !packet.announcesTrailer else { return }
    values = values.filter { !$0.key.hasPrefix("ospf.at.") }
  }

  private mutating func walk(_ fields: Fields, path: String) {
    for field in fields.all {
      let path = path.isEmpty ? field.name.key : "\(path).\(field.name.key)"
      switch field.value {
      case .group(let group): walk(group, path: path)
      case .groups(let groups):
        count(groups.count, path)
        for group in groups { walk(element: group, of: field.name.key, path: path) }
      case .flag(let flag): translate(path, "\(flag)")
      case .number(let number, _): translate(path, "\(number)", number: number)
      case .named(let number, _): translate(path, "\(number)", number: number)
      case .prefix(let prefix): addPrefix(prefix)
      case .text, .identifier, .hexadecimal, .address, .linkType, .octets: translate(path, field.value.text ?? "")
      case .texts(let texts): for text in texts { translate(path, text) }
      case .bits(let bits, _): translate(path, "\(bits)", number: bits)
      }
    }
  }

  private mutating func walk(element: Fields, of key: String, path: String) {
    switch key {
    case "lsas", "lsaHeaders":
      addHeader(element)
      guard case .named(_, let name)? = element["lsType"] else { return }
      walk(element, path: isV3 ? "v3 \(name)" : name)
    case "requests":
      if case .named(let type, _)? = element["lsType"] {
        let reserved = element["reserved"]?.text.flatMap { UInt64($0.dropFirst(2), radix: 16) } ?? 0
        isV3 ? add("ospf.v3.lsa", Self.hexadecimal(type, 4)) : add("ospf.lsa", "\(reserved << 16 | type)")
      }
      add("ospf.link_state_id", element["linkStateID"])
      add("ospf.advrouter", element["advertisingRouter"])
    default: walk(element, path: path)
    }
  }

  /// What tshark shows of every LSA, in a description, an acknowledgment or an update.
  private mutating func addHeader(_ header: Fields) {
    guard case .named(let type, _)? = header["lsType"] else { return }
    add("ospf.lsa.age", header["ageSeconds"])
    add(isV3 ? "ospf.v3.lsa.do_not_age" : "ospf.lsa.donotage", header["doNotAge"] == nil ? "0" : "1")
    isV3 ? add("ospf.v3.lsa", Self.hexadecimal(type, 4)) : add("ospf.lsa", "\(type)")
    if isV3 {
      add("ospf.link_state_id", header["linkStateID"])
    } else if (9...11).contains(type), let id = header["linkStateID"]?.text {
      add("ospf.lsid_opaque_type", String(id.prefix { $0 != "." }))
    } else {
      add("ospf.lsa.id", header["linkStateID"])
    }
    add("ospf.advrouter", header["advertisingRouter"])
    add("ospf.lsa.seqnum", header["sequenceNumber"])
    add("ospf.lsa.chksum", header["checksum"])
    add("ospf.lsa.length", header["length"])
    if !isV3, case .bits(let bits, _)? = header["options"] { add("ospf.v2.options", Self.hexadecimal(bits, 2)) }
  }

  /// What tshark shows as a number is the length of a list here.
  private mutating func count(_ number: Int, _ path: String) {
    switch path {
    case "router-LSA.links": add("ospf.lsa.number_of_links", "\(number)")
    case "v3 link-LSA.prefixes", "v3 intra-area-prefix-LSA.prefixes": add("ospf.v3.lsa.num_prefixes", "\(number)")
    default: break
    }
  }

  private mutating func addPrefix(_ prefix: IPPrefix) {
    add("ospf.v3.address_prefix.ipv6", prefix.address.description)
    add("ospf.prefix_length", "\(prefix.length)")
  }

  private mutating func translate(_ path: String, _ text: String, number: UInt64? = nil) {
    guard let (field, notation) = Self.names[path] ?? Self.names[(isV3 ? "v3 " : "v2 ") + path] else { return }
    switch notation {
    case .asShown: add(field, text)
    case .hexadecimal(let digits): add(field, number.map { Self.hexadecimal($0, digits) } ?? text)
    case .number(let list): add(field, list.firstIndex(of: text).map { "\($0 + 1)" } ?? text)
    case .isTwo: add(field, number == 2 ? "1" : "0")
    }
    if path == "router-LSA.links.metric" { add("ospf.lsa.router.nummetrics", "0") }
    // tshark shows the type of the LSA that an external one refers to also where it is zero, which says that there is none.
    if field == "ospf.v3.as.external.flags" { add("ospf.v3.lsa.referenced_ls_type", "0x0000") }
  }

  private mutating func add(_ field: String, _ value: Field.Value?) {
    switch value {
    case .number(let number, _)?: add(field, "\(number)")
    default: if let text = value?.text { add(field, text) }
    }
  }

  private mutating func add(_ field: String, _ value: String) { values[field, default: []].append(value) }

  private static func hexadecimal(_ number: UInt64, _ digits: Int) -> String {
    let text = String(number, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

extension InspectedPacket {
  fileprivate var announcesTrailer: Bool {
    switch packet?.body {
    case .hello(let hello): hello.options.contains(.authenticationTrailer)
    case .databaseDescription(let description): description.options.contains(.authenticationTrailer)
    case .linkStateRequest, .linkStateUpdate, .linkStateAcknowledgment, nil: false
    }
  }
}
