import ArgumentParser
import ControlAPI
import FoundationEssentials
import Glibc

/// Services that come and go while the daemon runs.
struct ServiceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "service", abstract: "Add, change and remove services while the daemon runs, without a file.",
    subcommands: [ServiceAddCommand.self, ServiceRemoveCommand.self, ServiceListCommand.self])
}

struct ServiceAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a service, or replace one that was added before.",
    discussion: """
      The lines are those inside of an `anycast service` block: anycastctl service add web 'address 192.0.2.80' 'check tcp port 80'. \
      Without lines they are read from --file, or from standard input.
      """)

  @Argument(help: ArgumentHelp("The service's name.", valueName: "name"))
  var name: String

  @Argument(help: ArgumentHelp("A line of the block, in quotes.", valueName: "line"))
  var lines: [String] = []

  @Option(name: .long, help: ArgumentHelp("Read the lines from this file.", valueName: "path"))
  var file: String?

  @Flag(name: .long, help: "Keep the service over restarts of the daemon.")
  var persist = false

  @OptionGroup var socket: SocketOptions

  func validate() throws {
    if file != nil, !lines.isEmpty { throw ValidationError("give either lines or --file, not both") }
    if file == nil, lines.isEmpty, isatty(STDIN_FILENO) == 1 {
      throw ValidationError("give the lines of the service, each in quotes, or --file")
    }
  }

  func run() async throws {
    let request = PutServiceRequest(name: name, text: try text, isPersistent: persist)
    for message in try await socket.client.putService(request).messages { Terminal.standardOutput.show(message) }
  }

  private var text: String {
    get throws {
      guard lines.isEmpty else { return lines.map { $0 + "\n" }.joined() }
      do {
        return try String(contentsOfFile: file ?? "/dev/stdin", encoding: .utf8)
      } catch {
        throw ValidationError("\(file ?? "standard input") cannot be read as text")
      }
    }
  }
}

struct ServiceRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Withdraw and forget services that were added at run time.")

  @Argument(help: ArgumentHelp("Their names.", valueName: "name"), completion: Completions.services)
  var names: [String]

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    let client = socket.client
    for name in names {
      for message in try await client.removeService(named: name).messages { Terminal.standardOutput.show(message) }
    }
  }
}

struct ServiceListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The services that were added at run time, and whether they are kept over restarts.")

  @OptionGroup var options: ShowOptions

  func run() async throws {
    try options.show(try await options.client.services().filter { $0.origin != .configuration }) { Self.render($0, width: $1) }
  }

  static func render(_ services: [ServiceReport], width: Int? = nil) -> String {
    guard !services.isEmpty else { return "no services were added at run time" }
    var table = Table("Service", "Kept", "State", ">Since", "Prefixes", leastUseful: ["Since"])
    for service in services {
      table.add(
        service.name, service.origin == .persistent ? "over restarts" : "until the next start", service.state.rawValue,
        Shown.age(since: service.since), service.addresses.map(\.prefix).joined(separator: " "))
    }
    return table.text(width: width)
  }
}
