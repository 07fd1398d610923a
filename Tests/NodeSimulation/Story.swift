/// What is told of whole nodes, each time differently from another seed.
public enum Story: CaseIterable, Sendable {
  case disturbedNodes, restartingNodes, failingServers, brokenNetwork, maintenance, disturbedMaintenance

  /// Tells it from a seed, and returns what was not as it must be. With `isTold` everything that happens is printed.
  public func violations(seed: UInt64, isTold: Bool = false) throws -> [String] {
    switch self {
    case .disturbedNodes: try Simulation(seed: seed, isTold: isTold).violations()
    case .restartingNodes: try RestartingNodes(seed: seed, isTold: isTold).violations()
    case .failingServers: try GuardedFleet(seed: seed, isTold: isTold).violationsWhileServersFail()
    case .brokenNetwork: try GuardedFleet(seed: seed, isTold: isTold).violationsWhileTheNetworkBreaks()
    case .maintenance: try MaintainedFleet(seed: seed, isTold: isTold).violations(isDisturbed: false)
    case .disturbedMaintenance: try MaintainedFleet(seed: seed, isTold: isTold).violations(isDisturbed: true)
    }
  }
}

extension Story: CustomStringConvertible {
  public var description: String {
    switch self {
    case .disturbedNodes:
      "Whatever happens: nothing is advertised that was not checked, no packet falls into a black hole, nothing is left behind"
    case .restartingNodes: "A graceful restart is noticed by nobody whose routers help, and changes no LSA"
    case .failingServers: "In whatever order servers fail and recover, each router sees a node at every instant"
    case .brokenNetwork:
      "Through crashes, partitions and loss: at rest nobody who is well is missing, and nobody who is not is there without need"
    case .maintenance: "Of all who ask at once for their turn to be drained one is at a time, and each has its turn"
    case .disturbedMaintenance:
      "Through crashes, partitions and loss never two are drained at a time, and each has its turn when that is over"
    }
  }
}
