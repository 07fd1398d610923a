import ControlAPI
import OSPFProtocol
import OSPFWire

/// The link state database as reports, with the fields of the bodies.
extension LSAReport {
  /// `deviceName` names a device by its index, for LSAs with link scope.
  init(_ snapshot: LSASnapshot, of kind: ProtocolInstance, deviceName: (UInt32) -> String) {
    let version = kind.version
    let header = snapshot.header
    let body = try? LSABody.decode(snapshot.bytes.span.bytes, version: version)
    self.init(
      protocol: ProtocolName(version), addressFamily: AddressFamilyName(kind.addressFamily), scope: .autonomousSystem, area: nil,
      interface: nil,
      lsType: Int(header.key.lsType.rawValue), lsTypeName: header.key.lsType.name(version),
      linkStateID: header.key.linkStateID.description, advertisingRouter: header.key.advertisingRouter.description,
      ageSeconds: Int(header.lsAge), options: Self.options(of: header, body, version),
      sequenceNumber: header.sequenceNumber.description, checksum: Self.hexadecimal(header.checksum),
      length: Int(header.length), selfOriginated: snapshot.isSelfOriginated,
      body: body.flatMap { LSABodyReport($0, header: header, family: kind.addressFamily) })
    octets = Self.hexadecimal(snapshot.bytes)
    switch snapshot.scope {
    case .autonomousSystem: break
    case .area(let id):
      scope = .area
      area = id.description
    case .link(let interfaceIndex, _):
      scope = .link
      interface = deviceName(interfaceIndex)
    }
  }

  private static func hexadecimal(_ octets: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func hexadecimal(_ checksum: UInt16) -> String {
    let digits = String(checksum, radix: 16)
    return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
  }

  /// The names of the options that are set. In OSPFv3 the header has none; those LSAs that have options carry them in their body.
  private static func options(of header: LSAHeader, _ body: LSABody?, _ version: OSPFVersion) -> String {
    let options: Options =
      switch (version, body) {
      case (.v3, .routerV3(let lsa)?): lsa.options
      case (.v3, .networkV3(let lsa)?): lsa.options
      case (.v3, .interAreaRouter(let lsa)?): lsa.options
      case (.v3, .link(let lsa)?): lsa.options
      case (.v3, _): []
      case (.v2, _): Options(rawValue: UInt32(header.options))
      }
    return options.names(version).joined(separator: " ")
  }
}

extension LSABodyReport {
  /// Nil for bodies that are carried as bytes.
  fileprivate init?(_ body: LSABody, header: LSAHeader, family: AddressFamily) {
    self.init()
    let id = header.key.linkStateID.rawValue
    switch body {
    case .router(let lsa):
      bits = lsa.flags.names.joined(separator: " ")
      links = lsa.links.map(RouterLink.init)
    case .network(let lsa):
      prefix = Self.prefix(id, mask: lsa.networkMask)
      attachedRouters = lsa.attachedRouters.map(\.description)
    case .summary(let lsa):
      if header.key.lsType == .summaryNetwork { prefix = Self.prefix(id, mask: lsa.networkMask) }
      metric = lsa.metrics.first?.metric
    case .asExternal(let lsa), .nssaExternal(let lsa):
      prefix = Self.prefix(id, mask: lsa.networkMask)
      metric = lsa.routes.first?.metric
      metricType = lsa.routes.first.map { $0.isType2 ? 2 : 1 }
      forwardingAddress = lsa.routes.first?.forwardingAddress.description
      tag = lsa.routes.first?.tag
    case .routerV3(let lsa):
      bits = lsa.flags.names.joined(separator: " ")
      links = lsa.links.map(RouterLink.init)
    case .networkV3(let lsa): attachedRouters = lsa.attachedRouters.map(\.description)
    case .interAreaPrefix(let lsa):
      prefix = lsa.prefix.text(family)
      metric = lsa.metric
    case .interAreaRouter(let lsa):
      destinationRouterID = lsa.destinationRouterID.description
      metric = lsa.metric
    case .asExternalV3(let lsa), .nssaV3(let lsa):
      prefix = lsa.prefix.text(family)
      metric = lsa.metric
      metricType = lsa.flags.contains(.type2) ? 2 : 1
      forwardingAddress = lsa.forwardingAddress?.description
      tag = lsa.tag
    case .link(let lsa):
      // RFC 5838 section 2.5: the IPv4 address is in the first 32 bits.
      linkLocalAddress =
        family == .ipv4
        ? IPv4Address(rawValue: UInt32(truncatingIfNeeded: lsa.linkLocalAddress.high >> 32)).description
        : lsa.linkLocalAddress.description
      prefixes = lsa.prefixes.map { $0.text(family) }
    case .intraAreaPrefix(let lsa):
      referenced = "\(lsa.referenced.lsType.name(.v3)) \(lsa.referenced.linkStateID) of \(lsa.referenced.advertisingRouter)"
      prefixes = lsa.prefixes.map { $0.prefix.text(family) }
    case .opaque: return nil
    }
  }

  /// The Link State ID may have host bits set (RFC 2328 appendix E): the mask clears them. A mask with holes is shown as it is.
  private static func prefix(_ linkStateID: UInt32, mask: IPv4Address) -> String {
    guard let length = IPv4Prefix.length(ofMask: mask) else { return "\(IPv4Address(rawValue: linkStateID)) mask \(mask)" }
    return IPv4Prefix(IPv4Address(rawValue: linkStateID), length: length).description
  }
}

extension OSPFv3Prefix {
  /// The prefix as one of the instance's family; as what it is when it cannot be one.
  fileprivate func text(_ family: AddressFamily) -> String {
    if family == .ipv4, let ipv4 { return ipv4.description }
    return ipv6.description
  }
}

extension LSABodyReport.RouterLink {
  fileprivate init(_ link: OSPFWire.RouterLink) {
    self.init(
      type: link.type.name, linkID: IPv4Address(rawValue: link.linkID).description,
      linkData: IPv4Address(rawValue: link.linkData).description, metric: Int(link.metric))
  }
}

extension LSABodyReport.RouterLink {
  /// In OSPFv3 a link names the neighbor and both ends' interfaces; there are no addresses.
  fileprivate init(_ link: OSPFv3RouterLink) {
    self.init(
      type: link.type.name, linkID: link.neighborRouterID.description,
      linkData: "\(link.interfaceID) -> \(link.neighborInterfaceID)", metric: Int(link.metric))
  }
}
