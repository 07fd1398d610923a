/// How far a drain that is to be the only one of its services has come: the answer to `POST /v1/drain/exclusive`.
///
/// Whoever asks repeats the request every second until the drain has begun; 4 s after the last one the node no longer waits.
public struct ExclusiveDrainReport: Codable, Hashable, Sendable {
  /// Whether the drain is in force.
  public var isBegun: Bool
  /// What is in the way; empty when it has begun.
  public var waitsFor: [DrainObstacleReport]
  /// What was done, in sentences; empty while it waits.
  public var messages: [String]

  public init(isBegun: Bool, waitsFor: [DrainObstacleReport], messages: [String]) {
    self.isBegun = isBegun
    self.waitsFor = waitsFor
    self.messages = messages
  }
}

/// What a drain that is to be the only one waits for.
public struct DrainObstacleReport: Codable, Hashable, Sendable {
  /// The prefix that it is about.
  public var prefix: String
  /// The node, by its router ID or by the address that packets go to; nil where the cause is here.
  public var node: String?
  /// What the node calls itself, nil when it does not.
  public var hostname: String?
  /// What is in the way.
  public var cause: Cause

  /// What can be in the way.
  public enum Cause: String, Codable, Sendable {
    case draining
    case down
    case lastResort = "last-resort"
    case waiting
    case notYielding = "not-yielding"
    case yieldingToAnother = "yielding-to-another"
    case notSynchronized = "not-synchronized"
    case settling
  }

  public init(prefix: String, node: String?, hostname: String?, cause: Cause) {
    self.prefix = prefix
    self.node = node
    self.hostname = hostname
    self.cause = cause
  }

  /// `192.0.2.53/32: ns2 is draining`
  public var sentence: String {
    let name = hostname ?? node ?? "a node"
    let text =
      switch cause {
      case .draining: "\(name) is draining"
      case .down: "\(name) is expected, and does not advertise it or cannot be reached"
      case .lastResort: "\(name) is the last resort: its checks fail"
      case .waiting: "\(name) waits as well"
      case .notYielding: "\(name) has not yielded: it has not heard of this node yet, or knows of one that is out of service"
      case .yieldingToAnother: "\(name) lets another node go first"
      case .notSynchronized: "no neighbor is Full here: nothing is known of the other nodes"
      case .settling: "the other nodes are told, and for 5 s nothing may change"
      }
    return "\(prefix): \(text)"
  }
}
