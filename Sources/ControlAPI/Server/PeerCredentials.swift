import CLinux
import Glibc
import NIOCore
import NIOPosix

/// Who is at the other end of a Unix socket, as the kernel says (SO_PEERCRED).
struct PeerCredentials: Hashable, Sendable, CustomStringConvertible {
  var userID: UInt32
  var processID: Int32

  /// Asks the kernel; nil where the socket is none of Unix, or is gone.
  static func of(_ channel: any Channel) async -> PeerCredentials? {
    guard let options = channel as? any SocketOptionProvider else { return nil }
    let answer =
      options.unsafeGetSocketOption(level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
      as EventLoopFuture<clinux_peer_credentials>
    guard let credentials = try? await answer.get() else { return nil }
    return PeerCredentials(userID: credentials.user_id, processID: credentials.process_id)
  }

  /// Whether it may do everything on this host, or is the daemon's own user.
  var isPrivileged: Bool { userID == 0 || userID == geteuid() }

  var description: String { "user \(userID), process \(processID)" }
}
