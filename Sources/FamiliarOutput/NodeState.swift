import ControlAPI
import OSPFWire

/// What the daemon says of itself: everything that is shown is made of it.
public struct NodeState: Sendable {
  /// `GET /v1/status`
  public var status: StatusReport
  /// `GET /v1/interfaces`
  public var interfaces: [InterfaceReport]
  /// `GET /v1/neighbors`
  public var neighbors: [NeighborReport]
  /// `GET /v1/database`; empty where no command needs it.
  public var database: [LSAReport]
  /// `GET /v1/bfd`; empty where no command needs it.
  public var bfd: [BFDSessionReport] = []

  /// Puts the reports together.
  public init(
    status: StatusReport, interfaces: [InterfaceReport], neighbors: [NeighborReport], database: [LSAReport] = []
  ) {
    self.status = status
    self.interfaces = interfaces
    self.neighbors = neighbors
    self.database = database
  }

  /// What concerns the instance that a vtysh command is about: OSPFv2; or OSPFv3 for IPv6 and, where it does not run, OSPFv3 for IPv4,
  /// which FRR does not know. Nil when no such instance runs.
  func instance(_ protocolName: ProtocolName) -> InstanceState? {
    let candidates = status.instances.filter { $0.protocol == protocolName }
    guard let report = candidates.first(where: { $0.addressFamily == .ipv6 }) ?? candidates.first else { return nil }
    return InstanceState(
      report: report, uptimeSeconds: status.uptimeSeconds,
      interfaces: interfaces.filter {
        $0.protocol == protocolName && $0.addressFamily == report.addressFamily && $0.state != .absent
      },
      neighbors: neighbors.filter { $0.protocol == protocolName && $0.addressFamily == report.addressFamily },
      lsas: database.filter { $0.protocol == protocolName && $0.addressFamily == report.addressFamily }
        .compactMap(ShownLSA.init))
  }
}

/// One OSPF instance and what belongs to it.
struct InstanceState {
  var report: InstanceReport
  var uptimeSeconds: Double
  var interfaces: [InterfaceReport]
  var neighbors: [NeighborReport]
  var lsas: [ShownLSA]

  /// The areas with an interface, in their order.
  var areas: [String] { report.areas }

  /// An area as ospfd names it: `0.0.0.5 [NSSA]`.
  func areaName(_ area: String) -> String {
    switch report.areaKinds[area] {
    case .stub: "\(area) [Stub]"
    case .nssa: "\(area) [NSSA]"
    default: area
    }
  }

  /// The neighbors on one interface.
  func neighbors(on interface: InterfaceReport) -> [NeighborReport] {
    neighbors.filter { $0.interface == interface.interface && $0.interfaceAddress == interface.address }
  }

  /// The interface on which a neighbor is.
  func interface(of neighbor: NeighborReport) -> InterfaceReport? {
    interfaces.first { $0.interface == neighbor.interface && $0.address == neighbor.interfaceAddress }
  }

  /// The LSAs of an area, or of the autonomous system where there is none, with one LS type, or with any.
  func lsas(area: String?, type: LSType? = nil) -> [ShownLSA] {
    let scope = area == nil ? LSAReport.Scope.autonomousSystem : .area
    return lsas.filter { $0.report.scope == scope && $0.report.area == area && (type == nil || $0.header.key.lsType == type) }
  }
}

/// An LSA of the database with its octets decoded.
struct ShownLSA {
  var report: LSAReport
  var header: LSAHeader
  /// What it says after its header.
  var fields: Fields

  init?(_ report: LSAReport) {
    let version: OSPFVersion = report.protocol == .ospfV2 ? .v2 : .v3
    let digits = Array(report.octets.utf8)
    let octets = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
    }
    guard let header = try? LSAHeader.decode(octets.span.bytes, version: version),
      let body = try? LSABody.decode(octets.span.bytes, version: version)
    else { return nil }
    self.report = report
    self.header = header
    fields = Fields(body, of: header.key, report.addressFamily == .ipv4 ? .ipv4 : .ipv6)
  }

  var linkStateID: String { report.linkStateID }
  var advertisingRouter: String { report.advertisingRouter }
  var sequenceNumber: UInt32 { UInt32(bitPattern: header.sequenceNumber.rawValue) }
}
