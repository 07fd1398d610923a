import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// What only OSPFv3 has.
extension LSAs {
  /// A link-LSA of a router about a link, on which it has this Interface ID.
  func link(
    _ interfaceID: UInt32, from router: RouterID, sequence: SequenceNumber = .initial, age: UInt16 = 1, options: Options? = nil,
    prefixes: [OSPFv3Prefix] = []
  ) -> [UInt8] {
    make(
      .link, id: LinkStateID(rawValue: interfaceID), from: router, sequence: sequence, age: age,
      body: .link(
        LinkLSA(
          priority: 1, options: options ?? instance.options(.normal), linkLocalAddress: "fe80::99", prefixes: prefixes)))
  }

  /// An LSA of a type that nobody knows.
  func unknown(_ type: UInt16, from router: RouterID = "9.9.9.9") -> [UInt8] {
    make(LSType(rawValue: type), id: "1.1.1.1", from: router, body: .opaque([1, 2, 3, 4]))
  }
}

extension LSAKey {
  /// The engine's link-LSA about a link.
  static func ownLink(_ interfaceID: UInt32 = 2) -> LSAKey {
    LSAKey(lsType: .link, linkStateID: LinkStateID(rawValue: interfaceID), advertisingRouter: "2.2.2.2")
  }

  /// The engine's intra-area-prefix-LSA that references its router-LSA and has the prefixes of its interfaces.
  static let ownPrefixes = LSAKey(lsType: .intraAreaPrefix, linkStateID: "0.0.0.0", advertisingRouter: "2.2.2.2")

  /// The engine's intra-area-prefix-LSA that references its network-LSA.
  static let networkPrefixes = LSAKey(lsType: .intraAreaPrefix, linkStateID: "128.0.0.2", advertisingRouter: "2.2.2.2")
}

extension OSPFv3Prefix: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(IPPrefix(stringLiteral: value)) }

  /// The same prefix with options.
  func with(_ options: PrefixOptions) -> OSPFv3Prefix { OSPFv3Prefix(length: length, options: options, words: words) }
}

extension Bench {
  /// Our OSPFv3 router-LSA of an area; throws when there is none.
  func routerLSAv3(area: AreaID = .backbone) throws -> OSPFv3RouterLSA {
    let copies = router.databaseSnapshot(at: now).filter {
      $0.scope == .area(area) && $0.header.key == .router("2.2.2.2", instance)
    }
    guard case .routerV3(let lsa) = try body(try only(copies, "router-LSAs")) else { throw TestFailure("no router-LSA") }
    return lsa
  }

  /// A link-LSA in the database.
  func linkLSA(_ key: LSAKey = .ownLink()) throws -> LinkLSA {
    guard case .link(let lsa) = try body(key) else { throw TestFailure("\(key.summary) is no link-LSA") }
    return lsa
  }

  /// An intra-area-prefix-LSA in the database.
  func prefixLSA(_ key: LSAKey) throws -> IntraAreaPrefixLSA {
    guard case .intraAreaPrefix(let lsa) = try body(key) else { throw TestFailure("\(key.summary) is no intra-area-prefix-LSA") }
    return lsa
  }

  /// The prefixes of an intra-area-prefix-LSA with their costs and options, as text; empty when it is not there.
  func prefixes(_ key: LSAKey) throws -> Set<String> {
    guard databaseCopy(key) != nil else { return [] }
    return Set(
      try prefixLSA(key).prefixes.map {
        let prefix =
          instance.addressFamily == .ipv4 ? $0.prefix.ipv4.map(IPPrefix.v4) ?? .v6($0.prefix.ipv6) : .v6($0.prefix.ipv6)
        return "\(prefix) cost \($0.metric) options \($0.prefix.options.rawValue)"
      })
  }

  /// What the IPv4 prefix of a test looks like in ``prefixes(_:)``.
  func entry(_ prefix: IPv4Prefix, cost: UInt16, options: OSPFv3Prefix.PrefixOptions = []) -> String {
    "\(instance.prefix(prefix)) cost \(cost) options \(options.rawValue)"
  }
}
