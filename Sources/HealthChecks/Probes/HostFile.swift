import Glibc
import NIOPosix

/// Looks at files on threads that may block: a file system can hang.
enum HostFile {
  /// What the kernel said.
  struct Failure: Error, Hashable, CustomStringConvertible {
    let path: String
    let code: CInt

    var description: String { "\(path): \(errorText(code))" }
  }

  /// Whether something is at the path.
  static func exists(_ path: String) async throws -> Bool {
    try await NIOThreadPool.singleton.runIfActive {
      guard access(path, F_OK) != 0 else { return true }
      let code = errno
      // No file is there when a directory of its path is none.
      guard code == ENOENT || code == ENOTDIR else { throw Failure(path: path, code: code) }
      return false
    }
  }

  /// The contents of a file, at most `limit` octets of it.
  static func contents(of path: String, limit: Int) async throws -> [UInt8] {
    try await NIOThreadPool.singleton.runIfActive {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
      defer { close(descriptor) }
      var contents: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: 64 << 10)
      while contents.count < limit {
        let count = read(descriptor, &piece, piece.count)
        if count < 0 {
          guard errno == EINTR else { throw Failure(path: path, code: errno) }
          continue
        }
        guard count > 0 else { break }
        contents += piece.prefix(count)
      }
      return contents
    }
  }
}
