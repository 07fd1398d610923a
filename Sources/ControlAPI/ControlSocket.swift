import Glibc
import NIOCore
import NIOPosix

/// The Unix socket in the file system: where it is, who may open it, and whose it is.
public enum ControlSocket {
  /// Where the daemon listens unless it is told otherwise.
  public static let defaultPath = "/run/anycast-ospfd/control.sock"

  /// Why the daemon cannot listen.
  public enum Failure: Error, Hashable, CustomStringConvertible {
    /// A living process listens there.
    case inUse(path: String)
    /// Something that is no socket is there.
    case notASocket(path: String)
    /// The file of the socket is gone, or another one is in its place.
    case lost(path: String)
    /// The system refused.
    case system(path: String, reason: String)

    /// A sentence that says what to do.
    public var description: String {
      switch self {
      case .inUse(let path):
        "another process listens on the control socket \(path): stop it, or give this one another path with --socket"
      case .notASocket(let path):
        "\(path) exists and is no socket: move it away, or give another path with --socket"
      case .lost(let path): "the control socket \(path) was removed, or something else is in its place"
      case .system(let path, let reason):
        "cannot listen on the control socket \(path): \(reason)"
      }
    }
  }

  /// Which file it is, whatever its name.
  struct FileIdentity: Hashable, Sendable {
    private let device: UInt
    private let inode: UInt

    /// The file that is at `path` now; nil when there is none.
    init?(of path: String) {
      var status = stat()
      guard lstat(path, &status) == 0 else { return nil }
      (device, inode) = (UInt(status.st_dev), UInt(status.st_ino))
    }

    func isAt(_ path: String) -> Bool { FileIdentity(of: path) == self }
  }

  /// Makes the directory of the socket with mode 0755, where it is missing.
  static func makeDirectory(for path: String) throws(Failure) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true).dropLast()
    var directory = path.hasPrefix("/") ? "" : "."
    for part in parts {
      directory += "/" + part
      if mkdir(directory, 0o755) == 0, chmod(directory, 0o755) == 0 { continue }
      guard errno != EEXIST else { continue }
      throw .system(path: path, reason: IOError(errnoCode: errno, reason: "making \(directory)").description)
    }
  }

  /// Whether a stale socket is in the way and may be replaced. Throws when what is there belongs to somebody.
  ///
  /// A child that a daemon forked just before it died has a copy of the socket, and lets go of it within some milliseconds; a daemon that is
  /// alive does not. So a socket on which somebody listens is tried `patience` times more, with a `pause` before each.
  static func hasStaleSocket(
    at path: String, group: any EventLoopGroup, patience: Int = 20,
    pause: () async throws -> Void = { try await Task.sleep(for: .milliseconds(5)) }
  ) async throws -> Bool {
    for _ in 0..<patience {
      do {
        return try await isStale(path, group)
      } catch Failure.inUse {
        try await pause()
      }
    }
    return try await isStale(path, group)
  }

  private static func isStale(_ path: String, _ group: any EventLoopGroup) async throws -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      guard errno != ENOENT else { return false }
      throw Failure.system(path: path, reason: IOError(errnoCode: errno, reason: "looking at it").description)
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw Failure.notASocket(path: path) }
    do {
      let connection = try await ClientBootstrap(group: group).connect(unixDomainSocketPath: path).get()
      // Fails where the other end has just gone, and the connection with it.
      try? await connection.close()
    } catch let error as IOError where error.errnoCode == ECONNREFUSED {
      return true
    } catch let error as IOError where error.errnoCode == ENOENT {
      return false
    } catch let error as IOError where error.errnoCode != EAGAIN {
      throw Failure.system(path: path, reason: error.description)
    }
    throw Failure.inUse(path: path)
  }

  /// Gives the socket its group and its mode. Until then it has what the process's file mode mask leaves, which under the usual 022
  /// lets nobody but the owner connect. The mask itself belongs to the whole process and is not touched.
  static func setAccess(_ rules: ControlAccess.Rules, of path: String) throws(Failure) {
    // Nobody may connect who could only because of the old group.
    let mayStay = rules.groupID.map { lchown(path, uid_t.max, $0) == 0 } ?? true
    if !mayStay {
      throw .system(path: path, reason: IOError(errnoCode: errno, reason: "giving it to group \(rules.groupID ?? 0)").description)
    }
    guard chmod(path, rules.mode) != 0 else { return }
    throw .system(path: path, reason: IOError(errnoCode: errno, reason: "setting its mode").description)
  }
}
