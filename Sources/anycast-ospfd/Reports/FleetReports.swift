import AnycastNode
import AnycastPolicy
import ControlAPI
import OSPFProtocol
import OSPFWire

/// Who advertises the services' prefixes, as reports.
extension FleetReport {
  /// Without members nobody is called a stranger.
  init(_ snapshot: AnycastNode.FleetSnapshot, members: Set<RouterID>) {
    let externals: Visibility =
      switch snapshot.visibility {
      case .all: .all
      case .ownNSSA: .ownNSSA
      case .none: .none
      }
    self.init(
      protocol: ProtocolName(snapshot.kind.version), addressFamily: AddressFamilyName(snapshot.kind.addressFamily),
      service: snapshot.service, prefix: snapshot.prefix.description, externals: externals,
      advertisers: snapshot.advertisers.map { Advertiser($0, in: snapshot, members: members) })
  }
}

extension FleetOutlook {
  /// What comes of advertising a prefix as `next`.
  init(_ snapshot: AnycastNode.FleetSnapshot, next: OSPFProtocol.Advertisement.Kind?) {
    let advertisement: Advertisement? =
      switch next {
      case nil: nil
      case .stub(let metric): Advertisement(kind: .stub, metric: UInt32(metric), metricType: nil)
      case .external(let metric, let type, _): Advertisement(kind: .external, metric: metric, metricType: Int(type.rawValue))
      }
    self.init(FleetReport(snapshot, members: []), next: advertisement)
  }
}

extension FleetReport.Advertiser {
  fileprivate init(_ advertiser: PrefixAdvertiser, in snapshot: AnycastNode.FleetSnapshot, members: Set<RouterID>) {
    let (kind, metric, route) = Self.terms(advertiser.kind)
    let (cost, links, border): (UInt32?, Int?, RouterID?) =
      switch advertiser.reachability {
      case .intraArea(let cost, let links): (cost, links, nil)
      case .interArea(let areaBorder, let cost): (cost, nil, areaBorder)
      case .unreachable: (nil, nil, nil)
      }
    self.init(
      routerID: advertiser.routerID.description, isThisNode: advertiser.routerID == snapshot.routerID,
      isMember: members.isEmpty ? nil : members.contains(advertiser.routerID), kind: kind, metric: metric,
      metricType: route.map { Int($0.type.rawValue) }, tag: route?.tag,
      forwardingAddress: route?.forwardingAddress?.description, area: advertiser.area?.description,
      ageSeconds: Int(advertiser.lsAge), isReachable: cost != nil, cost: cost, links: links,
      areaBorderRouter: border?.description, isPreferred: advertiser.isPreferred)
    hostname = snapshot.hostnames[advertiser.routerID]
    isLastResort = snapshot.lastResort.map(advertiser.isLastResort)
    state = advertiser.tag.flatMap { snapshot.stateTag?.state(in: $0) }.map(State.init)
  }

  private static func terms(
    _ kind: PrefixAdvertiser.Kind
  ) -> (kind: Kind, metric: UInt32, route: PrefixAdvertiser.ExternalRoute?) {
    switch kind {
    case .stub(let metric): (.stub, UInt32(metric), nil)
    case .external(let route): (.external, route.metric, route)
    case .nssaExternal(let route): (.nssaExternal, route.metric, route)
    }
  }
}

extension FleetReport.Advertiser.State {
  fileprivate init(_ state: FleetState) {
    self =
      switch state {
      case .up: .up
      case .degraded: .degraded
      case .draining: .draining
      case .lastResort: .lastResort
      case .waiting: .waiting
      case .yielding: .yielding
      }
  }
}

extension DrainObstacleReport {
  init(_ obstacle: DrainObstacle, hostnames: [RouterID: String]) {
    let cause: Cause =
      switch obstacle.cause {
      case .draining: .draining
      case .down: .down
      case .lastResort: .lastResort
      case .waiting: .waiting
      case .notYielding: .notYielding
      case .yieldingToAnother: .yieldingToAnother
      case .notSynchronized: .notSynchronized
      case .settling: .settling
      }
    let hostname: String? = if case .router(let routerID)? = obstacle.node { hostnames[routerID] } else { nil }
    self.init(
      prefix: obstacle.prefix.description, node: obstacle.node?.description, hostname: hostname, cause: cause)
  }
}
