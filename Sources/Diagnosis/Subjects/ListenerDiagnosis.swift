import ControlAPI
import OSPFWire

/// Whether anything listens on a service's addresses.
extension ServiceDiagnosis {
  /// A port that a check asks on the service's own addresses.
  private struct Target: Hashable {
    var transport: HostFacts.Transport
    var port: UInt16

    init(_ report: CheckedPortReport) {
      transport =
        switch report.transport {
        case .tcp: .tcp
        case .udp: .udp
        }
      port = report.port
    }
  }

  /// What is missing behind an address while a check does not pass. A check that passes is proof enough, whoever answers: a
  /// container, say, whose sockets are not seen from here.
  func deaf(_ address: ServiceAddressReport) -> [Finding] {
    // While the service is down with `address-mode healthy` its address is absent, and the loopback is asked in its place, unless the server
    // listens on the absent address by name.
    let isAwaited = !address.present && service.addressMode == .healthy
    guard let listeners = host.listeners, let own = IPAddress(address.address), address.present || isAwaited else { return [] }
    let wanted: IPAddress = address.present ? own : own.loopbackOfFamily
    func isServed(_ target: Target) -> Bool {
      listeners.contains {
        $0.transport == target.transport && $0.port == target.port && ($0.takes(wanted) || isAwaited && $0.address == own)
      }
    }
    let targets = Set(checks.filter { $0.state != .passing }.flatMap(\.ports).map(Target.init))
    let silent = targets.filter { !isServed($0) }.sorted { ($0.port, $0.transport.rawValue) < ($1.port, $1.transport.rawValue) }
    return silent.map { target in
      Finding(
        .error, .nothingListens, subject: "service \(service.name)",
        message: "No process of this host listens on \(target.transport.rawValue) port \(target.port) of \(wanted), "
          + "neither on that address nor on all\(isAwaited ? ", and until the service is up that is where it is asked" : "")."
          + elsewhere(target, listeners),
        advice: isAwaited
          ? "Start the server, or make it listen on all addresses, or on \(address.address) before that is there: with `address-mode "
            + "healthy` it comes only when the service is up."
          : "Start the server, or make it listen on \(address.address): a server that binds to the addresses of its start does "
            + "not know one that came later.")
    }
  }

  /// A server that listens on other addresses only is the usual case.
  private func elsewhere(_ target: Target, _ listeners: [HostFacts.Listener]) -> String {
    let others = listeners.filter { $0.transport == target.transport && $0.port == target.port }.map(\.address)
    guard !others.isEmpty else { return "" }
    return " Somebody listens on that port of \(Set(others).sorted().map(\.description).joined(separator: ", "))."
  }
}
