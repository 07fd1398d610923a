import CLinux
import Glibc
import Synchronization

/// Who may do what on the control socket. May change while the daemon runs; every server that has it follows within a second.
public final class ControlAccess: Sendable {
  /// What a configuration can say.
  public struct Rules: Hashable, Sendable {
    /// Whose members may do everything, beside root and the daemon's user; nil for the daemon's own group.
    public var groupID: UInt32?
    /// Whether everybody else may look.
    public var othersMayRead: Bool

    public init(groupID: UInt32? = nil, othersMayRead: Bool = false) {
      self.groupID = groupID
      self.othersMayRead = othersMayRead
    }

    var mode: mode_t { othersMayRead ? 0o666 : 0o660 }
  }

  private struct State {
    var rules: Rules
    /// Once others could connect, the mode of the file alone no longer says who a client is: some have connected before it changed.
    var othersCouldConnect: Bool
  }

  private let state: Mutex<State>

  public init(_ rules: Rules = Rules()) {
    state = Mutex(State(rules: rules, othersCouldConnect: rules.othersMayRead))
  }

  /// The rules from now on.
  public var rules: Rules {
    get { state.withLock { $0.rules } }
    set {
      state.withLock {
        $0.rules = newValue
        $0.othersCouldConnect = $0.othersCouldConnect || newValue.othersMayRead
      }
    }
  }

  /// Whether a peer may change something. Where only the file's mode decides who can connect, whoever has connected may.
  func mayChange(_ peer: PeerCredentials?) -> Bool {
    let (rules, asks) = state.withLock { ($0.rules, $0.othersCouldConnect) }
    guard asks else { return true }
    guard let peer else { return false }
    return peer.isPrivileged || peer.isMember(of: rules.groupID ?? getegid())
  }

  /// The ID of a group by its name; nil where there is none, or nobody knows.
  public static func groupID(named name: String) -> UInt32? {
    var group: gid_t = 0
    return group_lookup(name, &group) == 0 ? group : nil
  }
}
