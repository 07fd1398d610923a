import CLinux
import Glibc
import NIOCore
import NIOPosix

/// Who is at the other end of a Unix socket, as the kernel says (SO_PEERCRED).
struct PeerCredentials: Sendable, CustomStringConvertible {
  var userID: UInt32
  var groupID: UInt32
  var processID: Int32
  private var groups: clinux_peer_groups?

  /// Asks the kernel; nil where the socket is none of Unix, or is gone.
  static func of(_ channel: any Channel) async -> PeerCredentials? {
    guard let options = channel as? any SocketOptionProvider else { return nil }
    let answer =
      options.unsafeGetSocketOption(level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
      as EventLoopFuture<clinux_peer_credentials>
    guard let credentials = try? await answer.get() else { return nil }
    let groups =
      options.unsafeGetSocketOption(level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERGROUPS))
      as EventLoopFuture<clinux_peer_groups>
    return PeerCredentials(
      userID: credentials.user_id, groupID: credentials.group_id, processID: credentials.process_id,
      groups: try? await groups.get())
  }

  /// Whether the group is one of its groups, as they were when it connected.
  func isMember(of group: UInt32) -> Bool {
    if groupID == group { return true }
    guard var groups else { return false }
    return clinux_peer_groups_contain(&groups, group)
  }

  /// Whether it may do everything on this host, or is the daemon's own user.
  var isPrivileged: Bool { userID == 0 || userID == geteuid() }

  var description: String { "user \(userID), process \(processID)" }
}
