import ControlAPI

/// Everything that a diagnosis is made from, as it was at one moment.
public struct Observation: Sendable {
  /// What the daemon says of itself, or why it says nothing.
  public var daemon: Result<DaemonReports, DaemonSilence>
  /// What the host says.
  public var host: HostFacts

  /// Puts together what was observed.
  public init(daemon: Result<DaemonReports, DaemonSilence>, host: HostFacts) {
    self.daemon = daemon
    self.host = host
  }
}

/// What a daemon says of itself.
public struct DaemonReports: Sendable {
  /// The daemon and its instances.
  public var status: StatusReport
  /// The OSPF interfaces.
  public var interfaces: [InterfaceReport]
  public var neighbors: [NeighborReport]
  public var services: [ServiceReport]
  /// Their checks.
  public var checks: [CheckReport]
  /// The routes that `redistribute` is about.
  public var redistribution: [RedistributionReport]

  /// Puts together what the daemon said.
  public init(
    status: StatusReport, interfaces: [InterfaceReport], neighbors: [NeighborReport], services: [ServiceReport],
    checks: [CheckReport], redistribution: [RedistributionReport] = []
  ) {
    self.status = status
    self.interfaces = interfaces
    self.neighbors = neighbors
    self.services = services
    self.checks = checks
    self.redistribution = redistribution
  }

  /// The neighbors on an interface.
  func neighbors(on interface: InterfaceReport) -> [NeighborReport] {
    neighbors.filter {
      $0.interface == interface.interface && $0.protocol == interface.protocol && $0.addressFamily == interface.addressFamily
        && (interface.address == nil || $0.interfaceAddress == interface.address)
    }
  }

  /// Every address of the devices that OSPF runs on, with the device's name.
  var ownAddresses: [String: String] {
    let pairs = interfaces.flatMap { interface in
      (interface.deviceAddresses.map { String($0.prefix { $0 != "/" }) } + [interface.address].compactMap(\.self)).map {
        ($0, interface.interface)
      }
    }
    return Dictionary(pairs) { first, _ in first }
  }

  /// The instance that an interface belongs to.
  func instance(of interface: InterfaceReport) -> InstanceReport? {
    status.instances.first { $0.protocol == interface.protocol && $0.addressFamily == interface.addressFamily }
  }
}

/// Why a daemon could not be asked.
public struct DaemonSilence: Error, Hashable, Sendable {
  /// A sentence that says what to do.
  public var reason: String

  public init(reason: String) { self.reason = reason }
}
