import OSPFProtocol
import OSPFWire

/// The sockets that the instances need. The whole set is asked for whenever it changes, and again when one was lost or refused: a
/// socket that is opened anew becomes a member of its groups like the one before it.
struct SocketHoldings {
  /// Time until a socket that could not be opened is tried again...
  private static let retryInterval = Duration.seconds(5)
  /// ...and one that has failed.
  private static let reopeningInterval = Duration.seconds(1)

  private var asked: [SocketID: Set<IPAddress>]?
  private var lastRequest = 0
  private var mustAsk = false
  /// When the set is asked for again.
  private(set) var retry: Instant?

  /// What to ask for so that the sockets are as `wanted`; nil when that was asked for already.
  mutating func request(_ wanted: [SocketID: Set<IPAddress>]) -> (sockets: [SocketID: Set<IPAddress>], number: Int)? {
    guard mustAsk || wanted != asked ?? [:] else { return nil }
    mustAsk = false
    asked = wanted
    lastRequest += 1
    return (wanted, lastRequest)
  }

  /// What was last asked for.
  var current: [SocketID: Set<IPAddress>] { asked ?? [:] }

  mutating func complete(_ request: Int, failures: [SocketID: SocketFailure], at now: Instant) {
    if !failures.isEmpty { retry = now + Self.retryInterval }
  }

  /// A socket has failed.
  mutating func noteLoss(at now: Instant) { retry = min(retry ?? now + Self.reopeningInterval, now + Self.reopeningInterval) }

  /// Asks again when it is time to.
  mutating func repeatIfDue(at now: Instant) {
    guard let due = retry, due <= now else { return }
    retry = nil
    mustAsk = true
  }
}

extension SocketID: Comparable {
  /// By device, then by instance.
  public static func < (left: Self, right: Self) -> Bool {
    (left.interfaceIndex, left.order) < (right.interfaceIndex, right.order)
  }

  private var order: Int { ProtocolInstance.allCases.firstIndex(of: instance) ?? 0 }
}
