import AnycastPolicy
import OSPFProtocol
import OSPFWire

/// Checks that only another node could answer: they ask an address of their service that is not on this host when they ask it. Such a
/// check never passes.
enum CheckTargetNotes {
  static func take(_ draft: inout Draft) {
    for (index, service) in draft.configuration.services.enumerated() {
      for check in service.checks {
        guard let reason = reason(check.kind, service) else { continue }
        draft.note(.caution, line: "check \(check.kind.summary)", at: .service(index), reason)
      }
    }
  }

  private static func reason(_ kind: CheckKind, _ service: ServiceConfiguration) -> String? {
    let own = service.addresses.map(\.address)
    let named = kind.target.address.flatMap { own.contains($0) ? $0 : nil }
    switch service.addressMode {
    case .always, .present: return nil
    case .healthy:
      return named.map {
        "in address-mode healthy \($0) is on this host only after the check has passed, so that it never passes; without an address the "
          + "check asks the loopback first and then the service's addresses"
      }
    case .none:
      let asksOwn = named != nil || kind.target == .serviceAddresses && kind.definition.asksOverNetwork
      return asksOwn
        ? "address-mode none puts the service's addresses on no device: where the host does not have them by other means only another "
          + "node could answer, and the check never passes; name an address of this node's server" : nil
    }
  }
}
