import OSPFWire

/// Everything that an LSA says, as fields.
extension Fields {
  /// RFC 2328 section 12.1: what names an LSA.
  mutating func append(_ key: LSAKey, _ version: OSPFVersion) {
    named("LS type", "lsType", key.lsType.rawValue, key.lsType.name(version))
    text("Link State ID", "linkStateID", key.linkStateID)
    text("Advertising Router", "advertisingRouter", key.advertisingRouter)
  }

  /// RFC 2328 section A.4.1, RFC 5340 section A.4.2.
  mutating func append(_ header: LSAHeader, _ version: OSPFVersion) {
    append(header.key, version)
    number("LS age", "ageSeconds", header.lsAge & 0x7FFF, unit: "s")
    if header.lsAge & 0x8000 != 0 { text("DoNotAge", "doNotAge", "set") }
    if version == .v2 {
      bits("Options", "options", header.options, Options(rawValue: UInt32(header.options)).names(.v2))
    }
    text("LS sequence number", "sequenceNumber", header.sequenceNumber)
    hexadecimal("LS checksum", "checksum", header.checksum, digits: 4)
    number("length", "length", header.length)
  }

  mutating func append(_ lsa: InspectedLSA, _ version: OSPFVersion) {
    append(lsa.header, version)
    if let body = lsa.body { append(body, lsa.header) }
    if lsa.body == nil { octets("Octets", "octetsInHexadecimal", lsa.bytes.dropFirst(LSAHeader.size)) }
    if !lsa.problems.isEmpty { texts("Problems", "problems", lsa.problems) }
  }

  private mutating func append(_ body: LSABody, _ header: LSAHeader) {
    switch body {
    case .router(let lsa): append(lsa)
    case .network(let lsa):
      text("Network Mask", "networkMask", lsa.networkMask)
      texts("Attached Routers", "attachedRouters", lsa.attachedRouters.map(\.description))
    case .summary(let lsa): append(lsa)
    case .asExternal(let lsa), .nssaExternal(let lsa): append(lsa)
    case .routerV3(let lsa): append(lsa)
    case .networkV3(let lsa):
      bits("Options", "options", lsa.options.rawValue, lsa.options.names(.v3))
      texts("Attached Routers", "attachedRouters", lsa.attachedRouters.map(\.description))
    case .interAreaPrefix(let lsa):
      number("Metric", "metric", lsa.metric)
      append(lsa.prefix)
    case .interAreaRouter(let lsa):
      bits("Options", "options", lsa.options.rawValue, lsa.options.names(.v3))
      number("Metric", "metric", lsa.metric)
      text("Destination Router ID", "destinationRouterID", lsa.destinationRouterID)
    case .asExternalV3(let lsa), .nssaV3(let lsa): append(lsa)
    case .link(let lsa):
      number("Router Priority", "priority", lsa.priority)
      bits("Options", "options", lsa.options.rawValue, lsa.options.names(.v3))
      text("Link-local Interface Address", "linkLocalAddress", lsa.linkLocalAddress)
      groups("Prefixes", "prefixes", lsa.prefixes) { prefix, fields in fields.append(prefix) }
    case .intraAreaPrefix(let lsa):
      group("Referenced LSA", "referenced") { $0.append(lsa.referenced, .v3) }
      groups("Prefixes", "prefixes", lsa.prefixes) { entry, fields in
        fields.append(entry.prefix)
        fields.number("Metric", "metric", entry.metric)
      }
    case .opaque(let octets): append(opaque: octets, header)
    }
  }

  /// RFC 2328 section A.4.2.
  private mutating func append(_ lsa: RouterLSA) {
    bits("Flags", "flags", lsa.flags.rawValue, lsa.flags.names)
    groups("Links", "links", lsa.links) { link, fields in
      fields.text("Type", "type", link.type.name)
      fields.text("Link ID", "linkID", IPv4Address(rawValue: link.linkID))
      fields.text("Link Data", "linkData", IPv4Address(rawValue: link.linkData))
      fields.number("Metric", "metric", link.metric)
      if !link.tosMetrics.isEmpty {
        fields.groups("TOS metrics", "tosMetrics", link.tosMetrics) { metric, fields in
          fields.number("TOS", "tos", metric.tos)
          fields.number("Metric", "metric", metric.metric)
        }
      }
    }
  }

  /// RFC 2328 section A.4.4.
  private mutating func append(_ lsa: SummaryLSA) {
    text("Network Mask", "networkMask", lsa.networkMask)
    groups("Metrics", "metrics", lsa.metrics) { metric, fields in
      fields.number("TOS", "tos", metric.tos)
      fields.number("Metric", "metric", metric.metric)
    }
  }

  /// RFC 2328 section A.4.5.
  private mutating func append(_ lsa: ASExternalLSA) {
    text("Network Mask", "networkMask", lsa.networkMask)
    groups("Routes", "routes", lsa.routes) { route, fields in
      fields.number("Metric type", "metricType", UInt8(route.isType2 ? 2 : 1))
      fields.number("TOS", "tos", route.tos)
      fields.number("Metric", "metric", route.metric)
      fields.text("Forwarding address", "forwardingAddress", route.forwardingAddress)
      fields.number("External Route Tag", "tag", route.tag)
    }
  }

  /// RFC 5340 section A.4.3.
  private mutating func append(_ lsa: OSPFv3RouterLSA) {
    bits("Flags", "flags", lsa.flags.rawValue, lsa.flags.names)
    bits("Options", "options", lsa.options.rawValue, lsa.options.names(.v3))
    groups("Links", "links", lsa.links) { link, fields in
      fields.text("Type", "type", link.type.name)
      fields.number("Metric", "metric", link.metric)
      fields.number("Interface ID", "interfaceID", link.interfaceID)
      fields.number("Neighbor Interface ID", "neighborInterfaceID", link.neighborInterfaceID)
      fields.text("Neighbor Router ID", "neighborRouterID", link.neighborRouterID)
    }
  }

  /// RFC 5340 section A.4.7.
  private mutating func append(_ lsa: OSPFv3ASExternalLSA) {
    bits("Flags", "flags", lsa.flags.rawValue, lsa.flags.names)
    number("Metric type", "metricType", UInt8(lsa.flags.contains(.type2) ? 2 : 1))
    number("Metric", "metric", lsa.metric)
    append(lsa.prefix)
    if let address = lsa.forwardingAddress { text("Forwarding Address", "forwardingAddress", address) }
    if let tag = lsa.tag { number("External Route Tag", "tag", tag) }
    if let referenced = lsa.referencedLinkStateID {
      number("Referenced LS Type", "referencedLSType", lsa.referencedLSType.rawValue)
      text("Referenced Link State ID", "referencedLinkStateID", referenced)
    }
  }

  /// RFC 5340 section A.4.1. In an instance for IPv4 (RFC 5838) nothing in the LSA says so; the prefix is shown as an IPv6 one.
  private mutating func append(_ prefix: OSPFv3Prefix) {
    text("Prefix", "prefix", prefix.ipv6)
    bits("PrefixOptions", "prefixOptions", prefix.options.rawValue, prefix.options.names)
  }

  /// RFC 5250: the Link State ID of an opaque LSA is a type and an ID.
  private mutating func append(opaque octets: [UInt8], _ header: LSAHeader) {
    if [LSType.opaqueLink, .opaqueArea, .opaqueAS].contains(header.key.lsType) {
      number("Opaque Type", "opaqueType", header.key.linkStateID.rawValue >> 24)
      number("Opaque ID", "opaqueID", header.key.linkStateID.rawValue & 0xFF_FFFF)
    }
    self.octets("Octets", "octetsInHexadecimal", octets)
  }
}
