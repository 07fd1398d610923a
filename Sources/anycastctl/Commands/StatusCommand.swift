import ArgumentParser
import ControlAPI

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Whether this node is healthy, in the first line; then uplinks, services, and what happened last.",
    discussion: """
      The first line begins with OK, WARNING or PROBLEM and names what is wrong. With --exit-code the exit status is that of \
      monitoring plugins: 0 for OK, 1 for WARNING, 2 for PROBLEM, 3 when the daemon does not answer.
      """)

  @OptionGroup var options: ShowOptions

  @Flag(help: "Exit with 0 (OK), 1 (WARNING), 2 (PROBLEM) or 3 (UNKNOWN).")
  var exitCode = false

  func run() async throws {
    let client = options.client
    let status: StatusReport
    do {
      status = try await client.status()
      guard !options.json else {
        try options.show(status) { _, _ in "" }
        return try leave(with: status.health?.state)
      }
      let screen = StatusScreen(
        status: status, interfaces: try await client.interfaces(), neighbors: try await client.neighbors(),
        services: try await client.services())
      print(screen.text(Terminal.standardOutput, width: options.width))
    } catch let error as ControlClientError where exitCode {
      print("UNKNOWN: \(error)")
      throw ExitCode(3)
    }
    try leave(with: status.health?.state)
  }

  private func leave(with state: HealthReport.State?) throws {
    guard exitCode else { return }
    switch state {
    case .ok: return
    case .warning: throw ExitCode(1)
    case .problem: throw ExitCode(2)
    case nil: throw ExitCode(3)
    }
  }
}

/// `status` again and again.
struct TopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top", abstract: "What status shows, refreshed every two seconds until Control-C.")

  @Option(help: ArgumentHelp("How often it is refreshed.", valueName: "t"))
  var interval = SpokenDuration(seconds: 2)

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    let client = socket.client
    while true {
      let terminal = Terminal.standardOutput
      let text: String
      do {
        text = StatusScreen(
          status: try await client.status(), interfaces: try await client.interfaces(), neighbors: try await client.neighbors(),
          services: try await client.services()
        ).text(terminal, width: terminal.width)
      } catch let error as ControlClientError {
        // A daemon that is restarted comes back.
        text = "UNKNOWN: \(error)"
      }
      print(terminal.isTerminal ? "\u{1B}[H\u{1B}[2J\(text)" : text)
      terminal.flush()
      try await Task.sleep(for: .milliseconds(Int64(interval.seconds * 1000)))
    }
  }
}
