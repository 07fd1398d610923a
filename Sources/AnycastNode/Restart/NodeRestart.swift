import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire

/// How an instance has come from the run before to this one.
public enum InstanceRestart: Hashable, Sendable {
  /// It began with nothing.
  case none
  /// It goes on where the run before has ended, and its adjacencies are not all back yet.
  case restoring
  /// That is over, and how it ended.
  case ended(GracefulRestartEvent.Outcome, at: Instant)
}

/// Why a node does not restart gracefully.
public enum GracefulRestartRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// It is leaving, or restarting already.
  case notRunning
  /// Its last restart is not over.
  case restoring
  /// No instance that runs may.
  case notConfigured

  public var description: String {
    switch self {
    case .notRunning: "the daemon is leaving or restarting already"
    case .restoring: "the last graceful restart is not over yet"
    case .notConfigured: "no instance that runs may restart gracefully ('no graceful-restart', or no instance)"
    }
  }
}

/// RFC 3623, RFC 5187: a node that restarts without anybody noticing. Before the restart the neighbors are told, and nothing is withdrawn:
/// addresses, routes and LSAs stay where they are. The next run is told what this one knew.
extension AnycastNode {
  /// How long the neighbors' acknowledgments of grace-LSAs are waited for: more than one repetition, and less than anybody's dead interval.
  private static let timeout = Duration.seconds(3)

  /// Begins a graceful restart: `NodeEffect.restart` says when this run is to end. Instances that may not restart gracefully leave in
  /// order. Without a `gracePeriod` it is the configured one.
  public func restartGracefully(gracePeriod: Duration? = nil, at now: Instant) throws(GracefulRestartRefusal) {
    guard state == .running || state == .suspended else { throw .notRunning }
    guard !instances.contains(where: { $0.restart == .restoring }) else { throw .restoring }
    guard instances.contains(where: { !$0.isLeaving && configuration.mayRestartGracefully($0.kind) }) else {
      throw .notConfigured
    }
    departing = NodeMemory(services: [], isSuspended: state == .suspended, added: addedServices)
    state = .restarting
    for instance in instances where !instance.isLeaving {
      guard configuration.mayRestartGracefully(instance.kind) else {
        instance.shutDown(at: now)
        continue
      }
      let period = gracePeriod ?? configuration.gracePeriod(of: instance.kind)
      sink.append(.record(.restartAnnounced(instance.kind, gracePeriod: period)))
      let state = instance.prepareRestart(gracePeriod: period, timeout: Self.timeout, at: now)
      departing?.instances[instance.kind] = instance.memory(state, gracePeriod: period)
    }
    finishTurn(at: now)
  }

  /// Hands over to the next run when all neighbors know.
  func restartIfPrepared(at now: Instant) {
    guard state == .restarting, instances.isEmpty, var memory = departing else { return }
    departing = nil
    memory.services = policy.memory(at: now)
    state = .ended
    unfinishedTurn = nil
    sink.append(.restart(memory))
  }

  /// What an instance that begins is to be told of the run before; nil where it begins with nothing. Adjacencies over interfaces that are
  /// gone will not come back; nor, after a crash, those whose neighbors have lost patience.
  func takeRestart(
    of kind: ProtocolInstance, _ configured: RouterConfiguration, _ definitions: [InterfaceDefinition], at now: Instant
  ) -> (restart: GracefulRestart, memory: InstanceMemory)? {
    guard let restart, var memory = self.restart?.memory.instances.removeValue(forKey: kind),
      memory.routerID == configured.routerID, configuration.mayRestartGracefully(kind, isPlanned: restart.isPlanned)
    else { return nil }
    let age = restart.age + (now - begun)
    let period = restart.isPlanned ? (memory.gracePeriod ?? .zero) - age : configuration.gracePeriod(of: kind)
    memory.state.adjacencies = memory.state.adjacencies.filter { adjacency in
      definitions.contains {
        $0.index == adjacency.interfaceIndex && (restart.isPlanned || age < $0.settings.routerDeadInterval)
      }
    }
    guard period > .zero, !memory.state.adjacencies.isEmpty else { return nil }
    let reason: GraceLSA.Reason = restart.isPlanned ? .softwareRestart : .unknown
    let restored = GracefulRestart(
      state: memory.state, gracePeriod: period, reason: reason, announcedAge: restart.isPlanned ? age : nil)
    return (restored, memory)
  }

  /// What the services begin with. What was known before a crash counts only as long as the routers still send requests here.
  static func policyMemory(of restart: NodeRestart?, _ configuration: Configuration) -> PolicyMemory? {
    guard let restart else { return nil }
    let periods = restart.memory.instances.compactMap { kind, memory -> Duration? in
      guard configuration.mayRestartGracefully(kind, isPlanned: restart.isPlanned), !memory.state.adjacencies.isEmpty,
        restart.isPlanned || restart.age < memory.longestDeadInterval
      else { return nil }
      return restart.isPlanned ? (memory.gracePeriod ?? .zero) - restart.age : configuration.gracePeriod(of: kind)
    }
    guard let longest = periods.max(), longest > .zero else { return nil }
    return PolicyMemory(services: restart.memory.services, age: restart.age, presumption: longest)
  }
}

extension Configuration {
  /// Whether an instance may restart gracefully.
  ///
  /// After a crash only where the configuration asks for it: nobody could ask the neighbors before, and one that does not help is longer
  /// without a route than after an ordinary start.
  func mayRestartGracefully(_ kind: ProtocolInstance, isPlanned: Bool = true) -> Bool {
    guard let statements = self[kind.version]?.gracefulRestart, statements.isEnabled else { return false }
    return isPlanned || statements.gracePeriod != nil
  }

  /// The grace period of an instance.
  func gracePeriod(of kind: ProtocolInstance) -> Duration {
    self[kind.version]?.gracefulRestart.gracePeriod ?? GracefulRestartStatements.defaultGracePeriod
  }
}
