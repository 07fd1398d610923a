import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// What must be true of a network at rest, and every sentence about what is not.
struct Invariants {
  private let topology: Topology
  private var network: VirtualNetwork { topology.network }

  init(_ topology: Topology) { self.topology = topology }

  /// Everything that is wrong; empty when all is well.
  var violations: [String] {
    let adjacency = network.segments.indices.flatMap { AdjacencyInvariants(topology, segment: $0).violations }
    return events + adjacency + lists + DatabaseInvariants(topology).violations
  }

  /// Engines never send each other what they refuse as broken.
  private var events: [String] {
    network.events.compactMap { _, host, event in
      switch event {
      case .packetRefused(_, _, _, .malformed(let error)): "host \(host) received a malformed packet: \(error)"
      case .databaseCorrupted(let identity): "host \(host) found \(identity.key.summary) corrupted"
      case .duplicateRouterID(let routerID, _, _, _): "host \(host) saw router ID \(routerID) twice"
      case .limitReached(let limit, _): "host \(host) reached the limit of \(limit.rawValue)"
      default: nil
      }
    }
  }

  /// Nothing is left to be requested, described or acknowledged.
  private var lists: [String] {
    network.hosts.indices.flatMap { host in
      network.neighbors(host).filter { $0.retransmissionCount + $0.requestCount + $0.summaryCount > 0 }.map {
        "host \(host) still has \($0.retransmissionCount) LSAs to retransmit, \($0.requestCount) to request and "
          + "\($0.summaryCount) to describe to \($0.reference.routerID)"
      }
    }
  }
}
