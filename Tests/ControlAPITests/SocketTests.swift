import Glibc
import LogTestSupport
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import ControlAPI

@Suite("The control socket in the file system", .timeLimit(.minutes(1)))
struct SocketTests {
  @Test("The directory is made with mode 0755, the socket with mode 0660, and the socket is removed at the end")
  func modes() async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { client in
        _ = try await client.status()
        #expect(mode(of: path) == S_IFSOCK | 0o660)
        #expect(mode(of: String(path.dropLast("/control.sock".count))) == S_IFDIR | 0o755)
      }
      #expect(mode(of: path) == nil)
    }
  }

  @Test("The socket of a daemon that died is replaced")
  func staleSocket() async throws {
    try await withSocketPath { path in
      mkdir(String(path.dropLast("/run/control.sock".count)), 0o755)
      mkdir(String(path.dropLast("/control.sock".count)), 0o755)
      let dead = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .bind(unixDomainSocketPath: path + ".other").get()
      // Closing removes the name under which it was bound; the second name stays, as after a crash.
      #expect(link(path + ".other", path) == 0)
      try await dead.close()
      #expect(mode(of: path) != nil)
      try await withServer(at: path) { client in
        let status = try await client.status()
        #expect(status == Samples.status)
      }
    }
  }

  @Test("The socket of a daemon that died is tried again while a child still has a copy of it, and then replaced")
  func copiedSocket() async throws {
    try await withSocketPath { path in
      try ControlSocket.makeDirectory(for: path)
      let group = MultiThreadedEventLoopGroup.singleton
      let copy = try await ServerBootstrap(group: group).bind(unixDomainSocketPath: path + ".other").get()
      #expect(link(path + ".other", path) == 0)
      await #expect(throws: ControlSocket.Failure.inUse(path: path)) {
        try await ControlSocket.hasStaleSocket(at: path, group: group, patience: 3) {}
      }
      let isStale = try await ControlSocket.hasStaleSocket(at: path, group: group, patience: 10_000) {
        try? await copy.close()
        try await Task.sleep(for: .milliseconds(5))
      }
      #expect(isStale)
    }
  }

  @Test("The socket of a living daemon is left alone, and the error says so")
  func livingDaemon() async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { client in
        await #expect(throws: ControlSocket.Failure.inUse(path: path)) { try await withServer(at: path) { _ in } }
        let status = try await client.status()
        #expect(status == Samples.status)
      }
    }
  }

  @Test(
    "A socket whose file was removed or replaced is noticed, and what is in its place is left alone", arguments: [false, true])
  func lostSocket(isReplaced: Bool) async throws {
    try await withSocketPath { path in
      await #expect(throws: ControlSocket.Failure.lost(path: path)) {
        let server = try await ControlServer.listen(
          path: path, handler: ScriptedHandler(), events: EventBroadcaster(), group: MultiThreadedEventLoopGroup.singleton,
          logger: .silent)
        unlink(path)
        if isReplaced { close(open(path, O_CREAT | O_WRONLY, 0o600)) }
        try await server.run()
      }
      #expect(mode(of: path) == (isReplaced ? S_IFREG | 0o600 : nil))
    }
  }

  @Test("A file that is no socket is left alone, and the error says so")
  func otherFile() async throws {
    try await withSocketPath { path in
      mkdir(String(path.dropLast("/run/control.sock".count)), 0o755)
      mkdir(String(path.dropLast("/control.sock".count)), 0o755)
      close(open(path, O_CREAT | O_WRONLY, 0o600))
      await #expect(throws: ControlSocket.Failure.notASocket(path: path)) { try await withServer(at: path) { _ in } }
      #expect(mode(of: path) == S_IFREG | 0o600)
    }
  }

  @Test("A directory that cannot be made is an error that names it")
  func impossibleDirectory() async throws {
    let path = "/proc/anycast-ospfd/control.sock"
    let error = await #expect(throws: ControlSocket.Failure.self) { try await withServer(at: path) { _ in } }
    #expect(error?.description.contains("making /proc/anycast-ospfd") == true)
  }

  @Test("A path longer than a socket address can hold is an error")
  func longPath() async throws {
    let path = "/tmp/" + String(repeating: "x", count: 200)
    await #expect(throws: ControlSocket.Failure.self) { try await withServer(at: path) { _ in } }
  }

  @Test("A client finds no daemon where there is no socket and where nobody listens")
  func noDaemon() async throws {
    try await withSocketPath { path in
      await #expect(throws: ControlClientError.notRunning(path: path)) { try await ControlClient(socketPath: path).status() }
      try await withServer(at: path) { _ in }
      await #expect(throws: ControlClientError.notRunning(path: path)) { try await ControlClient(socketPath: path).status() }
    }
  }

  private func mode(of path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode : nil
  }
}
