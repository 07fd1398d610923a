import OSPFWire

/// Whole LSAs for hand-made packets, with length and checksum set.
public enum LSAs {
  /// An LSA of any kind. It is a mistake in the test to ask for one that is longer than 65,535 octets.
  public static func make(
    _ type: LSType, id: LinkStateID, from router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1,
    options: Options = .externalRouting, body: LSABody
  ) -> [UInt8] {
    let header = LSAHeader(
      lsAge: age, options: UInt8(truncatingIfNeeded: options.rawValue),
      key: LSAKey(lsType: type, linkStateID: id, advertisingRouter: router), sequenceNumber: sequence, checksum: 0, length: 0)
    guard let bytes = LSAEncoder.encode(header: header, body: body, version: .v2) else {
      preconditionFailure("the LSA is longer than its length field can say")
    }
    return bytes
  }

  /// A router-LSA.
  public static func router(
    _ router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1, options: Options = .externalRouting,
    flags: RouterLSA.Flags = [], links: [RouterLink] = []
  ) -> [UInt8] {
    make(
      .router, id: LinkStateID(rawValue: router.rawValue), from: router, sequence: sequence, age: age, options: options,
      body: .router(RouterLSA(flags: flags, links: links)))
  }

  /// A network-LSA of the Designated Router with address `address`.
  public static func network(
    _ address: IPv4Address, from router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1, mask: Int = 24,
    attached: [RouterID]
  ) -> [UInt8] {
    make(
      .network, id: LinkStateID(rawValue: address.rawValue), from: router, sequence: sequence, age: age,
      body: .network(NetworkLSA(networkMask: IPv4Prefix.mask(mask), attachedRouters: attached)))
  }

  /// An AS-external-LSA.
  public static func external(
    _ prefix: IPv4Prefix, from router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1, metric: UInt32 = 20,
    tag: UInt32 = 0
  ) -> [UInt8] {
    make(
      .asExternal, id: LinkStateID(rawValue: prefix.address.rawValue), from: router, sequence: sequence, age: age,
      body: .asExternal(
        ASExternalLSA(networkMask: prefix.mask, routes: [.init(isType2: true, metric: metric, tag: tag)])))
  }

  /// A type 7 LSA with the P-bit set.
  public static func nssaExternal(
    _ prefix: IPv4Prefix, from router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1, metric: UInt32 = 20,
    forwardingAddress: IPv4Address
  ) -> [UInt8] {
    make(
      .nssaExternal, id: LinkStateID(rawValue: prefix.address.rawValue), from: router, sequence: sequence, age: age,
      options: .nssa,
      body: .nssaExternal(
        ASExternalLSA(
          networkMask: prefix.mask,
          routes: [.init(isType2: true, metric: metric, forwardingAddress: forwardingAddress)])))
  }

  /// A summary-LSA of type 3.
  public static func summary(
    _ prefix: IPv4Prefix, from router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1, metric: UInt32 = 10
  ) -> [UInt8] {
    make(
      .summaryNetwork, id: LinkStateID(rawValue: prefix.address.rawValue), from: router, sequence: sequence, age: age,
      body: .summary(SummaryLSA(networkMask: prefix.mask, metrics: [.init(metric: metric)])))
  }

  /// The same LSA at another LS age, which the checksum does not cover.
  public static func aged(_ lsa: [UInt8], to age: UInt16) -> [UInt8] {
    var lsa = lsa
    lsa[0] = UInt8(age >> 8)
    lsa[1] = UInt8(age & 0xFF)
    return lsa
  }

  /// The LSA's header.
  public static func header(_ lsa: [UInt8]) -> LSAHeader {
    guard let header = try? LSAHeader.decode(lsa.rawSpan, version: .v2) else { preconditionFailure("not an LSA") }
    return header
  }

  /// The LSA's key.
  public static func key(_ lsa: [UInt8]) -> LSAKey { header(lsa).key }
}

extension SequenceNumber {
  /// `offset` instances later.
  public func advanced(by offset: Int32) -> SequenceNumber { SequenceNumber(rawValue: rawValue + offset) }
}

extension LSAKey {
  /// The key of a router's router-LSA.
  public static func router(_ router: RouterID) -> LSAKey {
    LSAKey(lsType: .router, linkStateID: LinkStateID(rawValue: router.rawValue), advertisingRouter: router)
  }

  /// The key of the network-LSA of a Designated Router.
  public static func network(_ address: IPv4Address, from router: RouterID) -> LSAKey {
    LSAKey(lsType: .network, linkStateID: LinkStateID(rawValue: address.rawValue), advertisingRouter: router)
  }

  /// The key of an AS-external-LSA whose Link State ID is the prefix's address.
  public static func external(_ prefix: IPv4Prefix, from router: RouterID) -> LSAKey {
    LSAKey(
      lsType: .asExternal, linkStateID: LinkStateID(rawValue: prefix.address.rawValue), advertisingRouter: router)
  }

  /// The key of a type 7 LSA whose Link State ID is the prefix's address.
  public static func nssaExternal(_ prefix: IPv4Prefix, from router: RouterID) -> LSAKey {
    LSAKey(
      lsType: .nssaExternal, linkStateID: LinkStateID(rawValue: prefix.address.rawValue), advertisingRouter: router)
  }
}
