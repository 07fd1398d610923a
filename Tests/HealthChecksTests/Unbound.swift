import Subprocess
import Testing

@testable import HealthChecks

/// A real server that knows the zone `example.net` and nothing else.
struct Unbound: Sendable {
  let port: UInt16
  private let signal: @Sendable (Signal) throws -> Void

  /// Sends it a signal.
  func send(_ signal: Signal) throws { try self.signal(signal) }

  /// Runs `unbound` on 127.0.0.1 for the length of `body`.
  static func run(_ body: @escaping @Sendable (Unbound) async throws -> Void) async throws {
    // Another process may take the port between our choice and unbound's start.
    for _ in 0..<5 where try await attempt(port: try await withListener { $0 }, body) { return }
    Issue.record("unbound does not start")
  }

  private static func attempt(port: UInt16, _ body: @escaping @Sendable (Unbound) async throws -> Void) async throws -> Bool {
    var options = PlatformOptions()
    options.teardownSequence = [.send(signal: .kill, allowedDurationToNextStep: .zero)]
    let result = try await Subprocess.run(
      .path("/bin/sh"),
      arguments: ["-c", "exec setpriv --pdeathsig KILL unbound -d -p -c /dev/stdin <<'END'\n\(configuration(port: port))\nEND"],
      platformOptions: options, input: .none, output: .discarded, error: .sequence
    ) { execution in
      for try await line in execution.standardError.strings() where line.contains("start of service") {
        defer { try? execution.send(signal: .kill) }
        try await body(Unbound(port: port) { try execution.send(signal: $0) })
        return true
      }
      return false
    }
    return result.closureResult
  }

  private static func configuration(port: UInt16) -> String {
    let text = String(repeating: "x", count: 250)
    return """
      server:
        interface: 127.0.0.1@\(port)
        verbosity: 1
        use-syslog: no
        logfile: ""
        chroot: ""
        username: ""
        directory: "/"
        module-config: "iterator"
        local-zone: "example.net." static
        local-data: "www.example.net. A 192.0.2.80"
        local-data: "www.example.net. A 192.0.2.81"
        local-data: "www.example.net. AAAA 2001:db8::80"
        local-data: 'long.example.net. TXT "\(text)1"'
        local-data: 'long.example.net. TXT "\(text)2"'
        local-data: 'long.example.net. TXT "\(text)3"'
        local-zone: "." refuse
      remote-control:
        control-enable: no
      """
  }
}
