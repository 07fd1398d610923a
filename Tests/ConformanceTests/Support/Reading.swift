import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// What LSAs of either version have in common.
extension LSABody {
  /// The routers that a network-LSA names; nil for others.
  var attachedRouters: [RouterID]? {
    switch self {
    case .network(let lsa): lsa.attachedRouters
    case .networkV3(let lsa): lsa.attachedRouters
    default: nil
    }
  }

  /// The metric of an external LSA; nil for others.
  var externalMetric: UInt32? {
    switch self {
    case .asExternal(let lsa), .nssaExternal(let lsa): lsa.routes.first?.metric
    case .asExternalV3(let lsa), .nssaV3(let lsa): lsa.metric
    default: nil
    }
  }

  /// The types of a router-LSA's links; nil for others.
  var linkTypes: [RouterLink.LinkType]? {
    switch self {
    case .router(let lsa): lsa.links.map(\.type)
    case .routerV3(let lsa): lsa.links.map(\.type)
    default: nil
    }
  }
}

extension ProtocolInstance {
  /// The LS type of AS-external-LSAs.
  var externalType: LSType { version == .v2 ? .asExternal : .asExternalV3 }

  /// What an LSA carries.
  func body(_ lsa: [UInt8]) throws -> LSABody { try LSABody.decode(lsa.rawSpan, version: version) }
}

extension LSAKey {
  /// The key of the LSA that carries a router's stub prefixes, those of its interfaces apart.
  static func stub(from router: RouterID, _ instance: ProtocolInstance) -> LSAKey {
    switch instance.version {
    case .v2: .router(router, instance)
    case .v3: LSAKey(lsType: .intraAreaPrefix, linkStateID: "0.0.16.0", advertisingRouter: router)
    }
  }
}

extension LSAs {
  /// The LSA with something else at its end, and the same checksum: what is added in one place and taken away beside it changes neither
  /// of its sums.
  static func disguised(_ lsa: [UInt8]) -> [UInt8] {
    var forged = lsa
    for (position, difference) in [(lsa.count - 3, 1), (lsa.count - 2, 253), (lsa.count - 1, 1)] {
      forged[position] = UInt8((Int(forged[position]) + difference) % 255)
    }
    return forged
  }
}
