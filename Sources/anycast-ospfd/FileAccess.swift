import Glibc

/// Reading and replacing small files.
enum FileAccess {
  /// What the system refused, in the words of its manual.
  struct Failure: Error, Hashable, CustomStringConvertible {
    var path: String
    var code: Int32

    /// Whether there is no such file.
    var isMissingFile: Bool { code == ENOENT }

    /// Whether there is a file that was to be a new one.
    var isExistingFile: Bool { code == EEXIST }

    var description: String {
      switch code {
      case ENOENT: "\(path): no such file"
      case EEXIST: "\(path): there is such a file already"
      case EACCES: "\(path): permission denied"
      case EISDIR: "\(path): it is a directory"
      default: "\(path): \(String(cString: strerror(code)))"
      }
    }
  }

  /// The whole of a file.
  static func read(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
    defer { close(descriptor) }
    var contents: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      guard count >= 0 else {
        guard errno != EINTR else { continue }
        throw Failure(path: path, code: errno)
      }
      guard count > 0 else { return contents }
      contents += piece.prefix(count)
    }
  }

  /// Replaces a file, so that whoever reads it, even after a crash, finds the old contents or the new ones and nothing between.
  static func replace(_ path: String, with contents: [UInt8]) throws(Failure) {
    let temporary = path + ".new"
    try write(contents, toFile: temporary, flags: O_CREAT | O_TRUNC)
    guard rename(temporary, path) == 0 else { throw Failure(path: path, code: errno) }
  }

  /// Writes a file that must not be there yet, for its owner alone to read.
  static func create(_ path: String, with contents: [UInt8]) throws(Failure) {
    try write(contents, toFile: path, flags: O_CREAT | O_EXCL)
  }

  /// Writes what an operator asked for into a file that must not be there yet, unless it may be replaced.
  static func write(_ text: String, toNewFile path: String, replacing: Bool) throws(Failure) {
    if replacing {
      try replace(path, with: Array(text.utf8))
    } else {
      try create(path, with: Array(text.utf8))
    }
  }

  private static func write(_ contents: [UInt8], toFile path: String, flags: Int32) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC | flags, 0o600)
    guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
    do throws(Failure) {
      try write(contents, to: descriptor, path: path)
      guard fsync(descriptor) == 0 else { throw Failure(path: path, code: errno) }
    } catch {
      close(descriptor)
      unlink(path)
      throw error
    }
    guard close(descriptor) == 0 else { throw Failure(path: path, code: errno) }
  }

  private static func write(_ contents: [UInt8], to descriptor: Int32, path: String) throws(Failure) {
    var rest = contents[...]
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, Array(rest), rest.count)
      guard count >= 0 else {
        guard errno != EINTR else { continue }
        throw Failure(path: path, code: errno)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Makes a directory and those above it, where they are missing.
  static func makeDirectory(_ path: String) throws(Failure) {
    var directory = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/", omittingEmptySubsequences: true) {
      directory += "/" + part
      guard mkdir(directory, 0o755) == 0 || errno == EEXIST else { throw Failure(path: directory, code: errno) }
    }
  }
}
