import ArgumentParser
import ControlAPI

struct RestartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart",
    abstract: "Restart into the installed program, without losing traffic (RFC 3623, RFC 5187).",
    discussion: """
      The neighbors are told first, and keep forwarding to this node; nothing is withdrawn, and addresses stay. The exit status is 0 when \
      every adjacency is back, 3 when the restart ended early, and 1 when there was none or nothing came back. \
      `systemctl restart anycast-ospfd` withdraws first, and advertises again afterwards.
      """)

  @Flag(help: "Required: no other kind of restart is offered.")
  var graceful = false

  @Option(help: ArgumentHelp("How long the neighbors are asked to wait, instead of what is configured.", valueName: "t"))
  var gracePeriod: SpokenDuration?

  @Flag(help: "Do not wait until the restart is complete.")
  var noWait = false

  @OptionGroup var socket: SocketOptions

  func validate() throws {
    guard graceful else {
      throw ValidationError(
        "restart: say --graceful; `systemctl restart anycast-ospfd` withdraws before and advertises anew after")
    }
  }

  func run() async throws {
    let client = socket.client
    let before = try await client.status()
    do {
      let request = RestartRequest(gracePeriodSeconds: gracePeriod?.seconds)
      for message in try await client.restart(request).messages { Terminal.standardOutput.show(message) }
    } catch ControlClientError.cutOff {
      // It was faster than its answer.
      print("restarting gracefully")
    }
    guard !noWait else { return }
    let isComplete = try await awaitEnd(of: before, client)
    guard isComplete else { throw ExitCode(3) }
  }

  /// Waits until the next run has ended its restart, and says how. Returns whether that is what was wanted.
  private func awaitEnd(of before: StatusReport, _ client: ControlClient) async throws -> Bool {
    let begin = ContinuousClock.now
    while true {
      let passed = (ContinuousClock.now - begin).components.seconds
      do {
        let status = try await client.status()
        if status.startedAt != before.startedAt {
          if let isComplete = Self.outcome(of: status) { return isComplete }
          // Without a router there is nothing to wait for.
          if status.instances.isEmpty, passed > Self.longestStart { return true }
        } else if passed > Self.longestStart {
          print("the daemon has not restarted: `anycastctl status` and its log say why")
          throw ExitCode.failure
        }
      } catch let error as ControlClientError {
        // Between the two runs there is nobody to ask.
        if passed > Self.longestStart { throw error }
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Seconds within which the next run answers. After that it has a grace period, which ends.
  private static let longestStart = 30

  /// Prints how the restart has ended; nil while some instance is still about it.
  private static func outcome(of status: StatusReport) -> Bool? {
    let restarts = status.instances.map(\.gracefulRestart)
    guard !status.instances.isEmpty, !restarts.contains(where: { $0?.state == .restoring }) else { return nil }
    for instance in status.instances {
      let title = instance.protocol.title(instance.addressFamily)
      print("\(title): \(instance.gracefulRestart?.message ?? "began with nothing, because it had no adjacency before")")
    }
    return restarts.allSatisfy { $0 == nil || $0?.state == .completed }
  }
}
