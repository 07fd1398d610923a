import AnycastNode
import ControlAPI
import OSPFProtocol
import OSPFWire
import Redistribution

/// What has become of routes that redistribution is about, as reports.
extension RedistributionReport {
  init(_ route: AnycastNode.RedistributedRoute) {
    let (candidate, kind) = (route.candidate, route.kind)
    switch route.outcome {
    case .advertised(let advertisement, let isAcknowledged):
      self.init(
        protocol: ProtocolName(kind.version), addressFamily: AddressFamilyName(kind.addressFamily),
        prefix: advertisement.prefix.description, source: candidate?.source.rawValue, interface: candidate?.interface,
        advertised: true, acknowledged: isAcknowledged)
      guard case .external(let metric, let type, let tag) = advertisement.kind else { return }
      self.metric = metric
      metricType = Int(type.rawValue)
      self.tag = tag
    case .withheld(let reason, let isAdvertisedOtherwise):
      self.init(
        protocol: ProtocolName(kind.version), addressFamily: AddressFamilyName(kind.addressFamily),
        prefix: candidate?.prefix.description ?? "", source: candidate?.source.rawValue, interface: candidate?.interface,
        advertised: false, withheldReason: reason)
      advertisedAnyway = isAdvertisedOtherwise
    }
  }
}
