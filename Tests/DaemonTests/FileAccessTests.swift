import Glibc
import Testing

@testable import anycast_ospfd

/// Files that never end, never begin, or belong to somebody else.
@Suite struct FileAccessTests {
  @Test("A device is no file to read, and neither is a directory")
  func notRegular() {
    #expect(throws: FileAccess.Failure(path: "/dev/zero", problem: .notRegular)) { try FileAccess.read("/dev/zero") }
    #expect(throws: FileAccess.Failure(path: "/tmp", code: EISDIR)) { try FileAccess.read("/tmp") }
  }

  @Test("A file is read as far as a limit, and one that is longer is refused with it")
  func limit() async throws {
    try await withDirectory { directory in
      try FileAccess.makeDirectory(directory)
      let path = directory + "/long"
      try FileAccess.create(path, with: Array(repeating: 1, count: 1000))
      #expect(try FileAccess.read(path, limit: 1000).count == 1000)
      #expect(throws: FileAccess.Failure(path: path, problem: .tooLong(limit: 999))) { try FileAccess.read(path, limit: 999) }
    }
  }

  @Test("A pipe is read at the start until its writer closes it, and given up when nobody writes; a running daemon reads none")
  func pipes() async throws {
    try await withDirectory { directory in
      try FileAccess.makeDirectory(directory)
      let path = directory + "/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      #expect(throws: FileAccess.Failure(path: path, problem: .notRegular)) { try FileAccess.read(path) }
      let timeout = Duration.milliseconds(10)
      #expect(throws: FileAccess.Failure(path: path, problem: .pipeWithoutEnd(timeout))) {
        try FileAccess.read(path, kinds: .regularAndPipes(timeout: timeout))
      }
      // Open for both directions, so that neither end waits for the other.
      let writer = open(path, O_RDWR)
      let text = Array("router ospf\n".utf8)
      #expect(write(writer, text, text.count) == text.count)
      async let contents = Self.readPipe(path)
      while try Self.unread(writer) { try await Task.sleep(for: .milliseconds(1)) }
      close(writer)
      #expect(try await contents == text)
    }
  }

  private static func readPipe(_ path: String) async throws -> [UInt8] {
    try FileAccess.read(path, kinds: .regularAndPipes(timeout: .seconds(60)))
  }

  /// Whether octets wait in the pipe.
  private static func unread(_ descriptor: Int32) throws -> Bool {
    var status = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&status, 1, 0) > 0 && status.revents & Int16(POLLIN) != 0
  }

  @Test("A reload from what is no regular file fails at once, and says so")
  func reload() async throws {
    await #expect(throws: ConfigurationFiles.Failure.self) {
      try await ConfigurationFiles(paths: ["/dev/zero"]).loadAnew()
    }
    do {
      _ = try await ConfigurationFiles(paths: ["/dev/zero"]).loadAnew()
    } catch {
      #expect(error.lines == ["/dev/zero: it is not a regular file"])
    }
  }

  @Test("A state directory has one daemon: a second one is told which process has it, and gets it when that has gone")
  func lock() async throws {
    try await withDirectory { directory in
      var first: StateDirectoryLock? = try StateDirectoryLock.take(directory).get()
      #expect(first != nil)
      do throws(StateDirectoryLock.Taken) {
        _ = try StateDirectoryLock.take(directory)
        Issue.record("two daemons have one state directory")
      } catch {
        #expect(error.processID == getpid())
        #expect(error.description.contains(directory))
      }
      first = nil
      _ = try StateDirectoryLock.take(directory).get()
    }
  }

  @Test("The lock is waited for while a child that was just forked still has a copy of it")
  func forkedCopy() async throws {
    try await withDirectory { directory in
      var first: StateDirectoryLock? = try StateDirectoryLock.take(directory).get()
      var pauses = 0
      let second = try StateDirectoryLock.take(directory) {
        pauses += 1
        if pauses == 3 { first = nil }
      }.get()
      #expect(pauses == 3)
      #expect(first == nil)
      withExtendedLifetime(second) {}
    }
  }

  @Test("A state directory that cannot be written to is not locked, and keeps nobody from starting")
  func unwritable() throws {
    #expect(throws: FileAccess.Failure.self) { try StateDirectoryLock.take("/proc/self").get() }
  }
}
