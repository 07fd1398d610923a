import Configuration
import ControlAPI
import LinuxNetwork

/// Who may have how many of the descriptors: the protocol comes first, then the checks, and connections to the control socket get what is
/// left.
struct DescriptorBudget: Hashable {
  /// Fewer than what the protocol and a check at a time need.
  struct TooFew: Error, Hashable, CustomStringConvertible {
    var limit: Int
    var needed: Int

    var description: String {
      "\(limit) open files are too few: this configuration needs \(needed) (LimitNOFILE= of the unit, `ulimit -n` of a shell)"
    }
  }

  /// Connections to the control socket.
  let controlConnections: Int
  /// Connections to each `metrics listen`.
  let webConnections: Int
  /// Whether every check can run at the same time as the others.
  let isEnoughForChecks: Bool

  /// Event loops, netlink, the journal, the log, files that are being written.
  private static let base = 44
  /// Each OSPF interface of each version reads and writes its socket, and looks at the link layer.
  private static let perSocket = 3
  /// Where `network` lines decide there may be interfaces that the configuration does not name.
  private static let leastInterfaces = 2
  /// A command of a check has three pipes; a probe has a socket.
  private static let perCheck = 6
  private static let leastConnections = 4

  /// Divides `limit` descriptors. Throws when they are too few for the protocol.
  init(limit: Int, for configuration: Configuration) throws(TooFew) {
    let instances = [configuration.ospf, configuration.ospf6].count { $0 != nil }
    let interfaces = max(configuration.interfaces.count, Self.leastInterfaces)
    let protocols = Self.base + instances * interfaces * (Self.perSocket + 1)
    let checks = configuration.services.reduce(0) { $0 + $1.checks.count }
    let needed = protocols + Self.perCheck + Self.leastConnections
    guard limit >= needed else { throw TooFew(limit: limit, needed: needed) }
    let free = limit - protocols
    isEnoughForChecks = free >= checks * Self.perCheck + ControlServer.Limits().connections
    let connections = max(free - max(min(checks * Self.perCheck, free / 2), Self.perCheck), Self.leastConnections)
    let listeners = configuration.metricsListeners.count
    controlConnections = min(ControlServer.Limits().connections, connections / (listeners > 0 ? 2 : 1))
    webConnections = max(min(ControlServer.Limits.web.connections, connections / 2 / max(listeners, 1)), 1)
  }
}

extension DescriptorBudget {
  /// As many as are ever of use.
  private static let most = 65536

  /// Takes what the system gives.
  static func claimed(for configuration: Configuration) throws(TooFew) -> (budget: DescriptorBudget, limit: Int) {
    let limit = DescriptorLimit.raise(to: most)
    return (try DescriptorBudget(limit: limit, for: configuration), limit)
  }
}
