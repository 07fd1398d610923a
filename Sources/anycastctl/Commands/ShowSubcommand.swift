import ArgumentParser
import ControlAPI
import FamiliarOutput

/// `show` in the words of vtysh.
struct ShowSubcommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "What vtysh shows, with its commands and columns: show ip ospf neighbor json.",
    discussion: """
      show ip ospf [neighbor [IF|ROUTER-ID] [detail] | interface [traffic] [IF] | database [TYPE] [LINK-STATE-ID] [self-originate]]
      show ipv6 ospf6 [neighbor [detail] | interface [traffic] [IF] | database [TYPE] [detail]]
      show bfd peers [brief|counters] | show bfd peer ADDRESS
      show running-config

      Words may be abbreviated, and with json as the last one the keys are those of FRR.
      """,
    aliases: ["sh"])

  @Argument(help: ArgumentHelp("The command after show.", valueName: "word"))
  var words: [String]

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    let command: ShowCommand
    do {
      command = try ShowCommand(words)
    } catch {
      throw ValidationError("show: \(error)")
    }
    print(try await answer(to: command), terminator: "")
  }

  private func answer(to command: ShowCommand) async throws -> String {
    let client = socket.client
    if case .runningConfiguration = command.subject {
      return (command.answer(configuration: try await client.configuration().text) ?? "") + "\n"
    }
    var node = NodeState(
      status: try await client.status(), interfaces: try await client.interfaces(), neighbors: try await client.neighbors(),
      database: command.needsDatabase ? try await client.database() : [])
    if case .bfdPeers = command.subject { node.bfd = try await client.bfd() }
    do {
      return try command.answer(node) + "\n"
    } catch {
      throw ValidationError("show: \(error)")
    }
  }
}
