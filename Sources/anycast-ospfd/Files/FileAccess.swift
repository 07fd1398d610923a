import Glibc
import LinuxNetwork

/// Reading and replacing small files.
enum FileAccess {
  /// What the system refused, in the words of its manual.
  struct Failure: Error, Hashable, CustomStringConvertible {
    var path: String
    var problem: Problem

    /// What is wrong.
    enum Problem: Hashable {
      /// The system said so, by its error number.
      case system(Int32)
      /// A device, a socket or the like, from which there may be no end of octets, or none ever.
      case notRegular
      /// More octets than are taken.
      case tooLong(limit: Int)
      /// Whoever writes into a pipe has not ended within the time.
      case pipeWithoutEnd(Duration)
    }

    init(path: String, problem: Problem) {
      self.path = path
      self.problem = problem
    }

    init(path: String, code: Int32) { self.init(path: path, problem: .system(code)) }

    /// Whether there is no such file.
    var isMissingFile: Bool { problem == .system(ENOENT) }

    /// Whether there is a file that was to be a new one.
    var isExistingFile: Bool { problem == .system(EEXIST) }

    var description: String { "\(path): \(reason)" }

    private var reason: String {
      switch problem {
      case .system(ENOENT): "no such file"
      case .system(EEXIST): "there is such a file already"
      case .system(EACCES): "permission denied"
      case .system(EISDIR): "it is a directory"
      case .system(let code): SystemCallError.message(code)
      case .notRegular: "it is not a regular file"
      case .tooLong(let limit): "it is longer than the \(limit) octets that are read"
      case .pipeWithoutEnd(let timeout): "nothing has closed the other end of the pipe within \(timeout.components.seconds) s"
      }
    }
  }

  /// What is read beside regular files.
  enum Kinds {
    case regular
    /// Pipes too, as a shell makes them of `<(command)`, until the writer closes its end, for so long at most.
    case regularAndPipes(timeout: Duration)
  }

  /// The longest file that is read: a configuration of 10,000 services has about 2 MB.
  static let longest = 64 << 20

  /// The whole of a file, which must be a regular one: a device never ends, and a pipe that nobody writes into never begins.
  static func read(_ path: String, kinds: Kinds = .regular, limit: Int = longest) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Failure(path: path, code: errno) }
    switch (status.st_mode & S_IFMT, kinds) {
    case (S_IFREG, _): return try readAll(descriptor, path, limit, pipe: nil)
    case (S_IFIFO, .regularAndPipes(let timeout)): return try readAll(descriptor, path, limit, pipe: timeout)
    case (S_IFDIR, _): throw Failure(path: path, code: EISDIR)
    default: throw Failure(path: path, problem: .notRegular)
    }
  }

  private static func readAll(
    _ descriptor: Int32, _ path: String, _ limit: Int, pipe timeout: Duration?
  ) throws(Failure) -> [UInt8] {
    let end = timeout.map { ContinuousClock.now + $0 }
    var contents: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      if let timeout, let end { try awaitOctets(descriptor, path, until: end, timeout) }
      let count = Glibc.read(descriptor, &piece, piece.count)
      guard count >= 0 else {
        guard errno != EINTR, errno != EAGAIN else { continue }
        throw Failure(path: path, code: errno)
      }
      guard count > 0 else { return contents }
      contents += piece.prefix(count)
      guard contents.count <= limit else { throw Failure(path: path, problem: .tooLong(limit: limit)) }
    }
  }

  private static func awaitOctets(
    _ descriptor: Int32, _ path: String, until end: ContinuousClock.Instant, _ timeout: Duration
  ) throws(Failure) {
    let left = ContinuousClock.now.duration(to: end).components
    var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let milliseconds = max(left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000, 0)
    guard poll(&wanted, 1, Int32(clamping: milliseconds)) != 0 else {
      throw Failure(path: path, problem: .pipeWithoutEnd(timeout))
    }
  }

  /// Replaces a file, so that whoever reads it, even after a crash, finds the old contents or the new ones and nothing between.
  static func replace(_ path: String, with contents: [UInt8]) throws(Failure) {
    let temporary = path + ".new"
    try write(contents, toFile: temporary, flags: O_CREAT | O_TRUNC)
    guard rename(temporary, path) == 0 else { throw Failure(path: path, code: errno) }
    keepName(of: path)
  }

  /// After a power loss the new name is there too, where the file system can promise that.
  private static func keepName(of path: String) {
    guard let slash = path.lastIndex(of: "/") else { return }
    let descriptor = open(String(path[...slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Removes a file.
  static func remove(_ path: String) throws(Failure) {
    guard unlink(path) == 0 else { throw Failure(path: path, code: errno) }
  }

  /// Writes a few octets in the place of those before, without waiting for the disk: it is for a reader on this machine, in this boot.
  static func overwrite(_ path: String, with contents: [UInt8]) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_CREAT, 0o600)
    guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
    defer { close(descriptor) }
    guard pwrite(descriptor, contents, contents.count, 0) == contents.count, ftruncate(descriptor, off_t(contents.count)) == 0
    else { throw Failure(path: path, code: errno) }
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

  /// Appends whole lines to a file. Where the last one was torn, they begin a new one. A file that would become longer than `limit`
  /// takes the place of `formerPath` first.
  static func append(_ lines: [UInt8], to path: String, limit: Int, formerPath: String) throws(Failure) {
    var status = stat()
    if stat(path, &status) == 0, Int(status.st_size) + lines.count > limit {
      guard rename(path, formerPath) == 0 else { throw Failure(path: path, code: errno) }
    }
    let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
    defer { close(descriptor) }
    let length = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = UInt8(ascii: "\n")
    if length > 0 { guard pread(descriptor, &last, 1, length - 1) == 1 else { throw Failure(path: path, code: errno) } }
    try write((last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]) + lines, to: descriptor, path: path)
    guard fdatasync(descriptor) == 0 else { throw Failure(path: path, code: errno) }
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

  /// The names of what is in a directory, in no order.
  static func names(in path: String) throws(Failure) -> [String] {
    do throws(SystemCallError) {
      return try DirectoryListing.names(in: path)
    } catch {
      throw Failure(path: path, code: error.code)
    }
  }

  /// Also those above it, where they are missing.
  static func makeDirectory(_ path: String) throws(Failure) {
    var directory = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/", omittingEmptySubsequences: true) {
      directory += "/" + part
      guard mkdir(directory, 0o755) == 0 || errno == EEXIST else { throw Failure(path: directory, code: errno) }
    }
  }
}
