import ArgumentParser
import ControlAPI

struct RecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Save the last five minutes to a file: every OSPF and BFD packet, and every event.",
    discussion: """
      The daemon writes a pcapng file into its state directory and says where, as it does by itself when an adjacency is lost or a \
      service flaps. decode and replay read it, and so does Wireshark. The newest 20 are kept.
      """)

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    for message in try await socket.client.record().messages { print(message) }
  }
}
