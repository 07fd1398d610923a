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
    let fields = body.map { Fields($0, of: header.key, kind.addressFamily) }
    self.init(
      protocol: ProtocolName(version), addressFamily: AddressFamilyName(kind.addressFamily), scope: .autonomousSystem, area: nil,
      interface: nil,
      lsType: Int(header.key.lsType.rawValue), lsTypeName: header.key.lsType.name(version),
      linkStateID: header.key.linkStateID.description, advertisingRouter: header.key.advertisingRouter.description,
      ageSeconds: Int(header.lsAge), options: Self.options(of: header, fields, version),
      sequenceNumber: header.sequenceNumber.description, checksum: Hexadecimal.text(UInt64(header.checksum), digits: 4),
      length: Int(header.length), selfOriginated: snapshot.isSelfOriginated,
      body: fields.flatMap { LSABodyReport($0, of: header.key) })
    octets = Hexadecimal.text(snapshot.bytes)
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

  /// The names of the options that are set. In OSPFv3 the header has none; those LSAs that have options carry them in their body.
  private static func options(of header: LSAHeader, _ fields: Fields?, _ version: OSPFVersion) -> String {
    switch version {
    case .v2: Options(rawValue: UInt32(header.options)).names(.v2).joined(separator: " ")
    case .v3: fields?.names(.options) ?? ""
    }
  }
}

extension LSABodyReport {
  /// What the fields say that the report has a place for; of lists of metrics and routes, the first, which is for TOS 0.
  /// Nil for bodies that are carried as bytes.
  init?(_ fields: Fields, of key: LSAKey) {
    guard fields[.octets] == nil else { return nil }
    self.init()
    let first = fields.groups(.routes).first ?? fields.groups(.metrics).first ?? fields
    bits = fields[.links] == nil ? nil : fields.names(.flags)
    links = fields[.links].map { _ in fields.groups(.links).map(RouterLink.init) }
    attachedRouters = fields[.attachedRouters].map { _ in fields.texts(.attachedRouters) }
    prefix = fields.text(.prefix) ?? Self.prefix(key, mask: fields[.networkMask])
    metric = first.number(.metric).map { UInt32(truncatingIfNeeded: $0) }
    metricType = first.number(.metricType).map(Int.init)
    forwardingAddress = first.text(.forwardingAddress)
    tag = first.number(.tag).map { UInt32(truncatingIfNeeded: $0) }
    destinationRouterID = fields.text(.destinationRouterID)
    linkLocalAddress = fields.text(.linkLocalAddress)
    prefixes = fields[.prefixes].map { _ in fields.groups(.prefixes).compactMap { $0.text(.prefix) } }
    referenced = Self.referenced(fields[.referenced])
  }

  /// The Link State ID may have host bits set (RFC 2328 appendix E): the mask clears them. A mask with holes is shown as it is. That of
  /// an AS boundary router's summary-LSA means nothing.
  private static func prefix(_ key: LSAKey, mask: Field.Value?) -> String? {
    guard case .address(.v4(let mask))? = mask, key.lsType != .summaryASBR else { return nil }
    let address = IPv4Address(rawValue: key.linkStateID.rawValue)
    guard let length = IPv4Prefix.length(ofMask: mask) else { return "\(address) mask \(mask)" }
    return IPv4Prefix(address, length: length).description
  }

  private static func referenced(_ value: Field.Value?) -> String? {
    guard case .group(let lsa)? = value, case .named(_, let type)? = lsa[.lsType], let id = lsa.text(.linkStateID),
      let router = lsa.text(.advertisingRouter)
    else { return nil }
    return "\(type) \(id) of \(router)"
  }
}

extension LSABodyReport.RouterLink {
  /// In OSPFv3 a link names the neighbor and both ends' interfaces; there are no addresses.
  fileprivate init(_ link: Fields) {
    let interfaces = "\(link.number(.interfaceID) ?? 0) -> \(link.number(.neighborInterfaceID) ?? 0)"
    self.init(
      type: link.text(.type) ?? "", linkID: link.text(.linkID) ?? link.text(.neighborRouterID) ?? "",
      linkData: link.text(.linkData) ?? interfaces, metric: Int(link.number(.metric) ?? 0))
  }
}

extension Fields {
  /// The names of the bits that are set.
  fileprivate func names(_ name: FieldName) -> String? {
    if case .bits(_, let names)? = self[name] { names.joined(separator: " ") } else { nil }
  }
}
