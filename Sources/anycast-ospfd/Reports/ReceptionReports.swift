import ControlAPI
import OSPFProtocol
import OSPFWire

/// What interfaces have heard, as reports.
extension ReceptionReport {
  init(_ snapshot: ReceptionSnapshot) {
    self.init(
      lastHeardSeconds: snapshot.lastHeardAge?.inSeconds, refusals: snapshot.refusals.map(RefusalReport.init),
      duplicateRouterID: snapshot.duplicateRouterID.map {
        DuplicateRouterIDReport(
          routerID: $0.routerID.description, addresses: $0.addresses.map(\.description), ageSeconds: $0.age.inSeconds)
      },
      adjacencyLossCount: snapshot.lossCount,
      lastAdjacencyLoss: snapshot.lastLoss.map {
        AdjacencyLossReport(
          routerID: $0.neighbor.routerID.description, address: $0.neighbor.address.description, reason: $0.cause.rawValue,
          ageSeconds: $0.age.inSeconds)
      })
  }
}

extension RefusalReport {
  fileprivate init(_ snapshot: ReceptionSnapshot.RefusalSnapshot) {
    let values = snapshot.reason.values
    self.init(
      source: snapshot.source.description, kind: RefusalKind(snapshot.reason.kind), reason: snapshot.reason.sentence,
      theirs: values?.theirs, ours: values?.ours, count: snapshot.count, firstSeconds: snapshot.firstAge.inSeconds,
      lastSeconds: snapshot.lastAge.inSeconds)
  }
}

extension RefusalKind {
  init(_ kind: Refusal.Kind) { self.init(rawValue: kind.rawValue) }
}

extension Refusal {
  /// The value in the packet and the one here, where the refusal is about two values.
  fileprivate var values: (theirs: String, ours: String)? {
    switch self {
    case .areaMismatch(let received, let ours): ("\(received)", "\(ours)")
    case .authenticationTypeMismatch(let received, let ours): ("\(received)", "\(ours)")
    case .sourceNotOnSubnet(let source, let subnet): ("\(source)", "\(subnet)")
    case .instanceMismatch(let received, let ours): ("\(received)", "\(ours)")
    case .networkMaskMismatch(let received, let ours): ("\(received)", "\(ours)")
    case .helloIntervalMismatch(let received, let ours): ("\(received)", "\(ours)")
    case .routerDeadIntervalMismatch(let received, let ours): ("\(received)", "\(ours)")
    case .externalRoutingCapabilityMismatch(let received, let ours): ("\(received)", "\(ours)")
    case .nssaCapabilityMismatch(let received, let ours): ("\(received)", "\(ours)")
    case .mtuMismatch(let neighbor, let ours): ("\(neighbor)", "\(ours)")
    case .cryptographicSequenceNumberTooLow(let received, let last, _): ("\(received)", "\(last)")
    case .timeToLiveTooLow(let received): ("\(received ?? 0)", "255")
    case .authenticationFailed, .authenticationTrailerMismatch, .malformed, .destinationNotForUs, .sourceNotAHost,
      .reservedRouterID, .sourceNotLinkLocal,
      .interfaceNotActive, .noSuchInterface, .neighborNotAllowed,
      .unknownNeighbor,
      .ownRouterID, .addressFamilyMismatch, .neighborStateTooLow, .limit:
      nil
    }
  }
}
