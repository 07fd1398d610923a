import OSPFProtocol
import OSPFWire

/// Whole LSAs for hand-made packets, with length and checksum set, in the words of an instance.
public struct LSAs: Sendable {
  /// Whose words these are.
  public let instance: ProtocolInstance

  /// LSAs of an instance.
  public init(_ instance: ProtocolInstance) { self.instance = instance }

  /// LSAs of OSPFv2, for what only OSPFv2 has.
  public static let v2 = LSAs(.ospfv2)

  /// The same LSA with seven octets too many, which are no part of anything, and with the right length and checksum.
  public static func withExcess(_ lsa: [UInt8]) -> [UInt8] {
    var lsa = lsa + Array(repeating: 1, count: 7)
    lsa[18] = UInt8(lsa.count >> 8)
    lsa[19] = UInt8(truncatingIfNeeded: lsa.count)
    let checksum = FletcherChecksum.compute(lsa.rawSpan) ?? 0
    lsa[16] = UInt8(checksum >> 8)
    lsa[17] = UInt8(truncatingIfNeeded: checksum)
    return lsa
  }

  /// An LSA of any kind. It is a mistake in the test to ask for one that is longer than 65,535 octets.
  public func make(
    _ type: LSType, id: LinkStateID, from router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1,
    options: Options = .externalRouting, body: LSABody
  ) -> [UInt8] {
    let header = LSAHeader(
      lsAge: age, options: instance.version == .v2 ? UInt8(truncatingIfNeeded: options.rawValue) : 0,
      key: LSAKey(lsType: type, linkStateID: id, advertisingRouter: router), sequenceNumber: sequence, checksum: 0, length: 0)
    guard let bytes = LSAEncoder.encode(header: header, body: body, version: instance.version) else {
      preconditionFailure("the LSA is longer than its length field can say")
    }
    return bytes
  }

  /// A router-LSA without links.
  public func router(
    _ router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1, kind: AreaConfiguration = .normal
  ) -> [UInt8] {
    let options = instance.options(kind)
    let body: LSABody =
      switch instance.version {
      case .v2: .router(RouterLSA(flags: [], links: []))
      case .v3: .routerV3(OSPFv3RouterLSA(flags: [], options: options, links: []))
      }
    return make(.router(router, instance), sequence, age, options, body)
  }

  /// A network-LSA of the Designated Router with address `address`.
  public func network(
    _ address: IPv4Address, from router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1, mask: Int = 24,
    attached: [RouterID]
  ) -> [UInt8] {
    let body: LSABody =
      switch instance.version {
      case .v2: .network(NetworkLSA(networkMask: IPv4Prefix.mask(mask), attachedRouters: attached))
      case .v3: .networkV3(OSPFv3NetworkLSA(options: instance.options(.normal), attachedRouters: attached))
      }
    return make(.network(address, from: router, instance), sequence, age, .externalRouting, body)
  }

  /// An AS-external-LSA.
  public func external(
    _ prefix: IPv4Prefix, from router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1, metric: UInt32 = 20,
    tag: UInt32 = 0
  ) -> [UInt8] {
    let body: LSABody =
      switch instance.version {
      case .v2:
        .asExternal(ASExternalLSA(networkMask: prefix.mask, routes: [.init(isType2: true, metric: metric, tag: tag)]))
      case .v3:
        .asExternalV3(
          OSPFv3ASExternalLSA(
            isType2: true, metric: metric, prefix: OSPFv3Prefix(instance.prefix(prefix)), tag: tag == 0 ? nil : tag))
      }
    return make(.external(prefix, from: router, instance), sequence, age, .externalRouting, body)
  }

  /// A type 7 LSA that is to be translated.
  public func nssaExternal(
    _ prefix: IPv4Prefix, from router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1, metric: UInt32 = 20,
    forwardingAddress: IPv4Address
  ) -> [UInt8] {
    let body: LSABody =
      switch instance.version {
      case .v2:
        .nssaExternal(
          ASExternalLSA(
            networkMask: prefix.mask, routes: [.init(isType2: true, metric: metric, forwardingAddress: forwardingAddress)]))
      case .v3:
        .nssaV3(
          OSPFv3ASExternalLSA(
            isType2: true, metric: metric, prefix: OSPFv3Prefix(instance.prefix(prefix), options: .propagate),
            forwardingAddress: IPv6Address(field: instance.routedAddress(forwardingAddress))))
      }
    return make(.nssaExternal(prefix, from: router, instance), sequence, age, .nssa, body)
  }

  /// A summary-LSA of type 3, or an inter-area-prefix-LSA.
  public func summary(
    _ prefix: IPv4Prefix, from router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1, metric: UInt32 = 10
  ) -> [UInt8] {
    let id = LinkStateID(rawValue: prefix.address.rawValue)
    let body: LSABody =
      switch instance.version {
      case .v2: .summary(SummaryLSA(networkMask: prefix.mask, metrics: [.init(metric: metric)]))
      case .v3: .interAreaPrefix(InterAreaPrefixLSA(metric: metric, prefix: OSPFv3Prefix(instance.prefix(prefix))))
      }
    let type: LSType = instance.version == .v2 ? .summaryNetwork : .interAreaPrefix
    return make(type, id: id, from: router, sequence: sequence, age: age, body: body)
  }

  /// A summary-LSA of type 4, or an inter-area-router-LSA: what an area border router says of an AS boundary router.
  public func routerSummary(
    of destination: RouterID, from router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1, metric: UInt32 = 10
  ) -> [UInt8] {
    let body: LSABody =
      switch instance.version {
      case .v2: .summary(SummaryLSA(networkMask: .unspecified, metrics: [.init(metric: metric)]))
      case .v3:
        .interAreaRouter(
          InterAreaRouterLSA(options: instance.options(.normal), metric: metric, destinationRouterID: destination))
      }
    return make(
      instance.version == .v2 ? .summaryASBR : .interAreaRouter, id: LinkStateID(rawValue: destination.rawValue), from: router,
      sequence: sequence, age: age, body: body)
  }

  private func make(
    _ key: LSAKey, _ sequence: SequenceNumber, _ age: UInt16, _ options: Options, _ body: LSABody
  ) -> [UInt8] {
    make(
      key.lsType, id: key.linkStateID, from: key.advertisingRouter, sequence: sequence, age: age, options: options, body: body)
  }

  /// The same LSA at another LS age, which the checksum does not cover.
  public static func aged(_ lsa: [UInt8], to age: UInt16) -> [UInt8] {
    var lsa = lsa
    lsa[0] = UInt8(age >> 8)
    lsa[1] = UInt8(age & 0xFF)
    return lsa
  }

  /// The LSA's header.
  public func header(_ lsa: [UInt8]) -> LSAHeader {
    guard let header = try? LSAHeader.decode(lsa.rawSpan, version: instance.version) else { preconditionFailure("not an LSA") }
    return header
  }

  /// The LSA's key.
  public func key(_ lsa: [UInt8]) -> LSAKey { header(lsa).key }
}

extension SequenceNumber {
  /// `offset` instances later.
  public func advanced(by offset: Int32) -> SequenceNumber { SequenceNumber(rawValue: rawValue + offset) }
}

extension LSAKey {
  /// The key of a router's router-LSA; of its first one in OSPFv3.
  public static func router(_ router: RouterID, _ instance: ProtocolInstance) -> LSAKey {
    switch instance.version {
    case .v2: LSAKey(lsType: .router, linkStateID: LinkStateID(rawValue: router.rawValue), advertisingRouter: router)
    case .v3: LSAKey(lsType: .routerV3, linkStateID: LinkStateID(rawValue: 0), advertisingRouter: router)
    }
  }

  /// The key of the network-LSA of a Designated Router. In OSPFv3 it is known by the Interface ID, which here is the last octet of
  /// the address.
  public static func network(_ address: IPv4Address, from router: RouterID, _ instance: ProtocolInstance) -> LSAKey {
    switch instance.version {
    case .v2: LSAKey(lsType: .network, linkStateID: LinkStateID(rawValue: address.rawValue), advertisingRouter: router)
    case .v3:
      LSAKey(lsType: .networkV3, linkStateID: LinkStateID(rawValue: address.rawValue & 0xFF), advertisingRouter: router)
    }
  }

  /// The key of an AS-external-LSA.
  public static func external(_ prefix: IPv4Prefix, from router: RouterID, _ instance: ProtocolInstance) -> LSAKey {
    LSAKey(
      lsType: instance.version == .v2 ? .asExternal : .asExternalV3, linkStateID: number(of: instance.prefix(prefix)),
      advertisingRouter: router)
  }

  /// The key of a type 7 LSA.
  public static func nssaExternal(_ prefix: IPv4Prefix, from router: RouterID, _ instance: ProtocolInstance) -> LSAKey {
    LSAKey(
      lsType: instance.version == .v2 ? .nssaExternal : .nssaV3, linkStateID: number(of: instance.prefix(prefix)),
      advertisingRouter: router)
  }

  /// The Link State ID by which a prefix is known, which must be the same after a restart: an IPv4 address as it is; of an IPv6
  /// prefix, where the number means nothing, FNV-1a over its address and length.
  private static func number(of prefix: IPPrefix) -> LinkStateID {
    switch prefix {
    case .v4(let prefix): return LinkStateID(rawValue: prefix.address.rawValue)
    case .v6(let prefix):
      var number: UInt32 = 2_166_136_261
      for octet in prefix.address.octets + [UInt8(prefix.length)] { number = (number ^ UInt32(octet)) &* 16_777_619 }
      return LinkStateID(rawValue: number)
    }
  }
}
