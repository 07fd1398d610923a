// Everything that an LSA says, as fields. Here alone is said which fields an LSA has, and what they are called: what `decode`,
// `database` and the commands of vtysh show is made of them.

extension FieldName {
  public static let lsType = FieldName("LS type", "lsType")
  public static let linkStateID = FieldName("Link State ID", "linkStateID")
  public static let advertisingRouter = FieldName("Advertising Router", "advertisingRouter")
  public static let lsAge = FieldName("LS age", "ageSeconds")
  public static let doNotAge = FieldName("DoNotAge", "doNotAge")
  public static let sequenceNumber = FieldName("LS sequence number", "sequenceNumber")
  public static let lsChecksum = FieldName("LS checksum", "checksum")
  public static let length = FieldName("length", "length")
  public static let options = FieldName("Options", "options")
  public static let flags = FieldName("Flags", "flags")
  public static let links = FieldName("Links", "links")
  public static let type = FieldName("Type", "type")
  public static let linkID = FieldName("Link ID", "linkID")
  public static let linkData = FieldName("Link Data", "linkData")
  public static let metric = FieldName("Metric", "metric")
  public static let tosMetrics = FieldName("TOS metrics", "tosMetrics")
  public static let tos = FieldName("TOS", "tos")
  public static let interfaceID = FieldName("Interface ID", "interfaceID")
  public static let neighborInterfaceID = FieldName("Neighbor Interface ID", "neighborInterfaceID")
  public static let neighborRouterID = FieldName("Neighbor Router ID", "neighborRouterID")
  public static let networkMask = FieldName("Network Mask", "networkMask")
  public static let attachedRouters = FieldName("Attached Routers", "attachedRouters")
  public static let metrics = FieldName("Metrics", "metrics")
  public static let destinationRouterID = FieldName("Destination Router ID", "destinationRouterID")
  public static let routes = FieldName("Routes", "routes")
  public static let metricType = FieldName("Metric type", "metricType")
  /// RFC 2328 and RFC 5340 do not write it alike.
  public static let forwardingAddress = FieldName("Forwarding address", "forwardingAddress")
  public static let forwardingAddressV3 = FieldName("Forwarding Address", "forwardingAddress")
  public static let tag = FieldName("External Route Tag", "tag")
  public static let referencedLSType = FieldName("Referenced LS Type", "referencedLSType")
  public static let referencedLinkStateID = FieldName("Referenced Link State ID", "referencedLinkStateID")
  public static let priority = FieldName("Router Priority", "priority")
  public static let linkLocalAddress = FieldName("Link-local Interface Address", "linkLocalAddress")
  public static let prefixes = FieldName("Prefixes", "prefixes")
  public static let prefix = FieldName("Prefix", "prefix")
  public static let prefixOptions = FieldName("PrefixOptions", "prefixOptions")
  public static let referenced = FieldName("Referenced LSA", "referenced")
  public static let opaqueType = FieldName("Opaque Type", "opaqueType")
  public static let opaqueID = FieldName("Opaque ID", "opaqueID")
  public static let octets = FieldName("Octets", "octetsInHexadecimal")
}

extension FieldReceiver {
  /// RFC 2328 section 12.1: what names an LSA.
  public mutating func append(_ key: LSAKey, _ version: OSPFVersion) {
    add(.lsType, .named(UInt64(key.lsType.rawValue), key.lsType.name(version)))
    add(.linkStateID, .identifier(key.linkStateID.rawValue))
    add(.advertisingRouter, .identifier(key.advertisingRouter.rawValue))
  }

  /// RFC 2328 section A.4.1, RFC 5340 section A.4.2.
  public mutating func append(_ header: LSAHeader, _ version: OSPFVersion) {
    append(header.key, version)
    add(.lsAge, .number(UInt64(header.lsAge & 0x7FFF), unit: "s"))
    if header.lsAge & 0x8000 != 0 { add(.doNotAge, .text("set")) }
    if version == .v2 { add(Options(rawValue: UInt32(header.options)), .v2) }
    add(.sequenceNumber, .hexadecimal(UInt64(UInt32(bitPattern: header.sequenceNumber.rawValue)), digits: 8))
    add(.lsChecksum, .hexadecimal(UInt64(header.checksum), digits: 4))
    add(.length, .number(UInt64(header.length)))
  }

  /// What follows the header of the LSA with a key, in an instance for addresses of a family.
  public mutating func append(_ body: LSABody, of key: LSAKey, _ family: AddressFamily) {
    switch body {
    case .router(let lsa): append(lsa)
    case .network(let lsa):
      add(.networkMask, .address(.v4(lsa.networkMask)))
      add(.attachedRouters, .texts(lsa.attachedRouters.map(\.description)))
    case .summary(let lsa): append(lsa)
    case .asExternal(let lsa), .nssaExternal(let lsa): append(lsa)
    case .routerV3(let lsa): append(lsa)
    case .networkV3(let lsa):
      add(lsa.options, .v3)
      add(.attachedRouters, .texts(lsa.attachedRouters.map(\.description)))
    case .interAreaPrefix(let lsa):
      add(metric: lsa.metric)
      append(lsa.prefix, family)
    case .interAreaRouter(let lsa):
      add(lsa.options, .v3)
      add(metric: lsa.metric)
      add(.destinationRouterID, .identifier(lsa.destinationRouterID.rawValue))
    case .asExternalV3(let lsa), .nssaV3(let lsa): append(lsa, family)
    case .link(let lsa):
      add(.priority, .number(UInt64(lsa.priority)))
      add(lsa.options, .v3)
      add(.linkLocalAddress, .address(family.address(lsa.linkLocalAddress)))
      add(.prefixes, each: lsa.prefixes) { prefix, fields in fields.append(prefix, family) }
    case .intraAreaPrefix(let lsa):
      add(.referenced, group: { $0.append(lsa.referenced, .v3) })
      add(.prefixes, each: lsa.prefixes) { entry, fields in
        fields.append(entry.prefix, family)
        fields.add(metric: UInt32(entry.metric))
      }
    case .opaque(let octets): append(opaque: octets, key)
    }
  }

  /// RFC 2328 section A.4.2.
  private mutating func append(_ lsa: RouterLSA) {
    add(.flags, .bits(UInt64(lsa.flags.rawValue), names: lsa.flags.names))
    add(.links, each: lsa.links) { link, fields in
      fields.add(.type, .linkType(link.type))
      fields.add(.linkID, .address(.v4(IPv4Address(rawValue: link.linkID))))
      fields.add(.linkData, .address(.v4(IPv4Address(rawValue: link.linkData))))
      fields.add(metric: UInt32(link.metric))
      guard !link.tosMetrics.isEmpty else { return }
      fields.add(.tosMetrics, each: link.tosMetrics) { $1.add(metric: UInt32($0.metric), forTOS: $0.tos) }
    }
  }

  /// RFC 2328 section A.4.4.
  private mutating func append(_ lsa: SummaryLSA) {
    add(.networkMask, .address(.v4(lsa.networkMask)))
    add(.metrics, each: lsa.metrics) { $1.add(metric: $0.metric, forTOS: $0.tos) }
  }

  /// RFC 2328 section A.4.5.
  private mutating func append(_ lsa: ASExternalLSA) {
    add(.networkMask, .address(.v4(lsa.networkMask)))
    add(.routes, each: lsa.routes) { route, fields in
      fields.add(.metricType, .number(route.isType2 ? 2 : 1))
      fields.add(metric: route.metric, forTOS: route.tos)
      fields.add(.forwardingAddress, .address(.v4(route.forwardingAddress)))
      fields.add(.tag, .number(UInt64(route.tag)))
    }
  }

  /// RFC 5340 section A.4.3.
  private mutating func append(_ lsa: OSPFv3RouterLSA) {
    add(.flags, .bits(UInt64(lsa.flags.rawValue), names: lsa.flags.names))
    add(lsa.options, .v3)
    add(.links, each: lsa.links) { link, fields in
      fields.add(.type, .linkType(link.type))
      fields.add(metric: UInt32(link.metric))
      fields.add(.interfaceID, .number(UInt64(link.interfaceID)))
      fields.add(.neighborInterfaceID, .number(UInt64(link.neighborInterfaceID)))
      fields.add(.neighborRouterID, .identifier(link.neighborRouterID.rawValue))
    }
  }

  /// RFC 5340 section A.4.7.
  private mutating func append(_ lsa: OSPFv3ASExternalLSA, _ family: AddressFamily) {
    add(.flags, .bits(UInt64(lsa.flags.rawValue), names: lsa.flags.names))
    add(.metricType, .number(lsa.flags.contains(.type2) ? 2 : 1))
    add(metric: lsa.metric)
    append(lsa.prefix, family)
    if let address = lsa.forwardingAddress { add(.forwardingAddressV3, .address(family.address(address))) }
    if let tag = lsa.tag { add(.tag, .number(UInt64(tag))) }
    if let referenced = lsa.referencedLinkStateID {
      add(.referencedLSType, .number(UInt64(lsa.referencedLSType.rawValue)))
      add(.referencedLinkStateID, .identifier(referenced.rawValue))
    }
  }

  /// RFC 5340 section A.4.1. What cannot be a prefix of the family is shown as what it is.
  private mutating func append(_ prefix: OSPFv3Prefix, _ family: AddressFamily) {
    add(.prefix, .prefix(family.prefix(prefix) ?? .v6(prefix.ipv6)))
    add(.prefixOptions, .bits(UInt64(prefix.options.rawValue), names: prefix.options.names))
  }

  /// RFC 5250: the Link State ID of an opaque LSA is a type and an ID.
  private mutating func append(opaque octets: [UInt8], _ key: LSAKey) {
    if [LSType.opaqueLink, .opaqueArea, .opaqueAS].contains(key.lsType) {
      add(.opaqueType, .number(UInt64(key.linkStateID.rawValue >> 24)))
      add(.opaqueID, .number(UInt64(key.linkStateID.rawValue & 0xFF_FFFF)))
    }
    add(.octets, .octets(octets))
  }

  private mutating func add(_ options: Options, _ version: OSPFVersion) {
    add(.options, .bits(UInt64(options.rawValue), names: options.names(version)))
  }

  private mutating func add(metric: UInt32) { add(.metric, .number(UInt64(metric))) }

  private mutating func add(metric: UInt32, forTOS tos: UInt8) {
    add(.tos, .number(UInt64(tos)))
    add(metric: metric)
  }
}

extension Fields {
  /// What follows the header of the LSA with a key, in an instance for addresses of a family.
  public init(_ body: LSABody, of key: LSAKey, _ family: AddressFamily) {
    self.init()
    append(body, of: key, family)
  }
}
