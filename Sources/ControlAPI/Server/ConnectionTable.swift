import NIOCore
import Synchronization

/// The connections of a server: so many at a time, and when there are as many, the one that has been idle longest gives way. Where none is
/// idle, root finds a place all the same.
final class ConnectionTable: Sendable {
  private struct Connection {
    let channel: any Channel
    let isPrivileged: Bool
    /// Since when it has been waiting for a request, counted; nil while it is answered.
    var idleSince: UInt64?
  }

  private struct State {
    var connections: [UInt64: Connection] = [:]
    /// Connections that are only told that there is no place.
    var refusals = 0
    /// Counts what happens, for the order of it.
    var clock: UInt64 = 0

    /// Root's gives way only to root's own, when nobody else's is idle.
    var oldestIdle: UInt64? {
      func oldest(_ isPrivileged: Bool) -> UInt64? {
        connections.filter { $0.value.isPrivileged == isPrivileged && $0.value.idleSince != nil }
          .min { ($0.value.idleSince ?? 0) < ($1.value.idleSince ?? 0) }?.key
      }
      return oldest(false) ?? oldest(true)
    }
  }

  /// What becomes of a new connection.
  enum Admission {
    case admitted(UInt64)
    /// It is to be told that there is no place.
    case refused
    /// There are too many already that are told so.
    case dropped
  }

  private let limit: Int
  private let reserve: Int
  private let state = Mutex(State())

  /// With room for `limit` connections, and `reserve` more of root.
  init(limit: Int, reserve: Int) {
    self.limit = limit
    self.reserve = reserve
  }

  /// So many connections at a time are told that there is no place.
  private static let refusalLimit = 16

  /// A new connection. Whoever is admitted leaves later with the number, and who is refused with `leaveRefused`.
  func enter(_ channel: any Channel, isPrivileged: Bool) -> Admission {
    let (admission, displaced) = state.withLock { state -> (Admission, (any Channel)?) in
      state.clock += 1
      var displaced: (any Channel)?
      if state.connections.count >= limit {
        if let id = state.oldestIdle {
          displaced = state.connections.removeValue(forKey: id)?.channel
        } else if !isPrivileged || state.connections.count >= limit + reserve {
          guard state.refusals < Self.refusalLimit else { return (.dropped, nil) }
          state.refusals += 1
          return (.refused, nil)
        }
      }
      state.connections[state.clock] = Connection(channel: channel, isPrivileged: isPrivileged, idleSince: state.clock)
      return (.admitted(state.clock), displaced)
    }
    displaced?.close(promise: nil)
    return admission
  }

  /// A request has come whole, and is answered.
  func setBusy(_ id: UInt64) { state.withLock { $0.connections[id]?.idleSince = nil } }

  /// The next request is waited for.
  func setIdle(_ id: UInt64) {
    state.withLock { state in
      state.clock += 1
      state.connections[id]?.idleSince = state.clock
    }
  }

  func leave(_ id: UInt64) { state.withLock { $0.connections[id] = nil } }

  func leaveRefused() { state.withLock { $0.refusals -= 1 } }
}
