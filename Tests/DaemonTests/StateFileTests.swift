import AnycastPolicy
import Glibc
import Logging
import Testing

@testable import anycast_ospfd

@Suite("What the daemon keeps in files")
struct StateFileTests {
  private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let directory = "/tmp/anycast-ospfd-state-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    defer {
      unlink(directory + "/drains.json")
      unlink(directory + "/drains.json.new")
      rmdir(directory)
    }
    return try await body(directory)
  }

  @Test("Drains come back after a restart, in a directory that is made when it is missing")
  func drains() async throws {
    try await withDirectory { directory in
      let stored = [StoredDrain(service: "dns", reason: "kernel update"), StoredDrain(address: "192.0.2.1")]
      let store = DrainStore(stateDirectory: directory, logger: Self.logger)
      store.store([])
      store.store(stored)
      store.finish()
      await store.run()
      #expect(DrainStore(stateDirectory: directory, logger: Self.logger).load() == stored)
    }
  }

  @Test("The time that has passed is taken off a drain, and a drain whose time is over is gone")
  func passedTime() async throws {
    try await withDirectory { directory in
      try FileAccess.makeDirectory(directory)
      let text = """
        {"savedAt":"2020-01-01T00:00:00.000Z","drains":[{"service":"dns","remainingSeconds":60},{"service":"web"}]}
        """
      try FileAccess.replace(directory + "/drains.json", with: Array(text.utf8))
      #expect(DrainStore(stateDirectory: directory, logger: Self.logger).load() == [StoredDrain(service: "web")])
    }
  }

  @Test("A file that is missing, or is no JSON, means that there are no drains")
  func unreadable() async throws {
    try await withDirectory { directory in
      #expect(DrainStore(stateDirectory: directory, logger: Self.logger).load() == [])
      try FileAccess.makeDirectory(directory)
      try FileAccess.replace(directory + "/drains.json", with: Array("{\"savedAt\":".utf8))
      #expect(DrainStore(stateDirectory: directory, logger: Self.logger).load() == [])
    }
  }

  @Test("A file is replaced as a whole, and read whole")
  func replacing() async throws {
    try await withDirectory { directory in
      let path = directory + "/drains.json"
      try FileAccess.makeDirectory(directory)
      let contents = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
      try FileAccess.replace(path, with: [1, 2, 3])
      try FileAccess.replace(path, with: contents)
      #expect(try FileAccess.read(path) == contents)
    }
  }

  @Test(
    "A file that cannot be read is named, with the reason",
    arguments: [("/nonexistent/file", "no such file"), ("/", "it is a directory")])
  func failures(path: String, reason: String) {
    let error = #expect(throws: FileAccess.Failure.self) { try FileAccess.read(path) }
    #expect(error?.description == "\(path): \(reason)")
  }
}
