import ArgumentParser
import ControlAPI

/// `clear ip ospf neighbor` and what else people's hands type.
struct ClearCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clear", abstract: "Reset adjacencies, with the commands of vtysh.",
    discussion: """
      clear ip ospf neighbor [ROUTER-ID]      of OSPFv2, with one neighbor or with all
      clear ip ospf process                   of OSPFv2, with all
      clear ipv6 ospf6 neighbor [ROUTER-ID]   of OSPFv3
      clear ipv6 ospf6 process

      Routes through a neighbor are gone until its adjacency is back. Services are not touched.
      """)

  @Argument(help: ArgumentHelp("The command after clear.", valueName: "word"))
  var words: [String]

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    let request = try Self.request(words)
    for message in try await socket.client.clear(request).messages { Terminal.standardOutput.show(message) }
  }

  static func request(_ words: [String]) throws -> ClearRequest {
    let words = words.flatMap { $0.split(separator: " ").map(String.init) }
    guard words.count >= 3 else { throw ValidationError("clear: \(expected)") }
    let version: ProtocolName
    switch (words[0], words[1]) {
    case ("ip", "ospf"): version = .ospfV2
    case ("ipv6", "ospf6"): version = .ospfV3
    default: throw ValidationError("clear: \(expected)")
    }
    switch words[2] {
    case "process" where words.count == 3: return ClearRequest(protocol: version)
    case "neighbor" where words.count <= 4: return ClearRequest(protocol: version, routerID: words.count > 3 ? words[3] : nil)
    default: throw ValidationError("clear: \(expected)")
    }
  }

  private static let expected = "expected `ip ospf` or `ipv6 ospf6`, then `neighbor [ROUTER-ID]` or `process`"
}

/// Somebody knows of what stands in `status`.
struct AcknowledgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acknowledge", abstract: "Acknowledge standing problems, which ends their warning.",
    discussion: """
      Without a name, all of them. A loss, such as drains that could not be read, ends with that; what goes on, such as a full disk, \
      stays in `status` until it is resolved.
      """)

  @Argument(help: ArgumentHelp("Problems by the names that `status` shows.", valueName: "name"))
  var names: [String] = []

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    for message in try await socket.client.acknowledge(AcknowledgeRequest(names: names)).messages {
      Terminal.standardOutput.show(message)
    }
  }
}

/// Which messages the daemon logs.
struct LogLevelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-level", abstract: "The least severe level that the daemon logs; with a level, set it until the next start.")

  @Argument(help: ArgumentHelp("debug, info, notice, warning or error.", valueName: "level"))
  var level: String?

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    for message in try await socket.client.logLevel(LogLevelRequest(level: level)).messages {
      Terminal.standardOutput.show(message)
    }
  }
}
