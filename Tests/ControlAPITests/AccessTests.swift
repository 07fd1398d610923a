import ControlAPI
import Glibc
import LogTestSupport
import Logging
import NIOPosix
import Subprocess
import Testing

/// Processes of other users, which only root can start.
@Suite("Who may use the control socket", .enabled(if: geteuid() == 0), .timeLimit(.minutes(1)))
struct AccessTests {
  /// A group that nobody else is in.
  private static let group: UInt32 = 54_321

  /// What curl is answered when it asks as another user: the status code, 000 when it cannot connect.
  private func answer(
    _ path: String, method: String = "GET", at socket: String, groupID: UInt32 = 65_534, groups: String = "--clear-groups"
  ) async throws -> String {
    let result = try await run(
      .name("setpriv"),
      arguments: [
        "--reuid=65534", "--regid=\(groupID)", groups, "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", method,
        "--unix-socket", socket, "http://localhost\(path)",
      ], output: .string(limit: 4096), error: .discarded)
    return result.standardOutput
  }

  private func expect(
    _ status: String, _ path: String, method: String = "GET", at socket: String, groupID: UInt32 = 65_534,
    groups: String = "--clear-groups", _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let answer = try await answer(path, method: method, at: socket, groupID: groupID, groups: groups)
    #expect(answer == status, "\(method) \(path)", sourceLocation: location)
  }

  private func mode(of path: String) -> (mode: mode_t, group: UInt32) {
    var status = stat()
    return lstat(path, &status) == 0 ? (status.st_mode & 0o777, status.st_gid) : (0, 0)
  }

  @Test("Without a word others cannot connect, whatever they ask")
  func closed() async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { _ in
        try await expect("000", "/v1/status", at: path)
        try await expect("000", "/v1/reload", method: "POST", at: path)
      }
    }
  }

  @Test("Members of the group may do everything, by primary and by supplementary group; others cannot connect")
  func group() async throws {
    try await withSocketPath { path in
      try await withServer(at: path, access: ControlAccess(.init(groupID: Self.group))) { _ in
        #expect(mode(of: path) == (0o660, Self.group))
        try await expect("200", "/v1/record", method: "POST", at: path, groupID: Self.group)
        try await expect("200", "/v1/record", method: "POST", at: path, groups: "--groups=\(Self.group)")
        try await expect("000", "/v1/status", at: path)
      }
    }
  }

  @Test("Where others may look they are refused everything that changes something; members are not, nor is the daemon's user")
  func othersRead() async throws {
    try await withSocketPath { path in
      try await withServer(at: path, access: ControlAccess(.init(groupID: Self.group, othersMayRead: true))) { client in
        #expect(mode(of: path) == (0o666, Self.group))
        try await expect("200", "/v1/status", at: path)
        try await expect("200", "/metrics", at: path)
        for request in ["/v1/reload", "/v1/drain", "/v1/restart", "/v1/clear", "/v1/record", "/v1/acknowledge", "/v1/log-level"] {
          try await expect("403", request, method: "POST", at: path)
        }
        try await expect("403", "/v1/services/web", method: "DELETE", at: path)
        try await expect("403", "/v1/services/web", method: "PUT", at: path)
        try await expect("200", "/v1/record", method: "POST", at: path, groupID: Self.group)
        try await expect("200", "/v1/record", method: "POST", at: path, groups: "--groups=\(Self.group)")
        _ = try await client.record()
      }
    }
  }

  @Test("A change of the rules is taken up by the running server, and whoever could connect before gains nothing by it")
  func changed() async throws {
    try await withSocketPath { path in
      let access = ControlAccess(.init(groupID: Self.group, othersMayRead: true))
      try await withServer(at: path, access: access) { _ in
        access.rules = .init(groupID: Self.group)
        let refused = try await answer("/v1/reload", method: "POST", at: path)
        #expect(refused != "200")
        while mode(of: path).mode != 0o660 { try await Task.sleep(for: .milliseconds(50)) }
        try await expect("000", "/v1/status", at: path)
        try await expect("200", "/v1/record", method: "POST", at: path, groupID: Self.group)
      }
    }
  }

  @Test("What another user was refused is logged with that user")
  func refusalIsLogged() async throws {
    try await withSocketPath { path in
      let log = CollectedLog()
      let server = try await ControlServer.listen(
        path: path, handler: ScriptedHandler(), events: EventBroadcaster(), access: ControlAccess(.init(othersMayRead: true)),
        group: MultiThreadedEventLoopGroup.singleton,
        logger: log.logger(.notice))
      try await withThrowingTaskGroup { group in
        group.addTask { try await server.run() }
        defer { group.cancelAll() }
        try await expect("403", "/v1/reload", method: "POST", at: path)
      }
      let said = log.lines
      #expect(
        said.count == 1
          && said.allSatisfy { $0.hasPrefix("notice: control socket: user 65534, process ") && $0.contains("refused") })
    }
  }
}
