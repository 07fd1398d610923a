import ArgumentParser
import ControlAPI

struct DrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Withdraw a service or an address until it is undrained; adjacencies stay Full.")

  @Argument(help: "A service, or an address of one.")
  var name: String

  @Option(name: .customLong("for"), help: ArgumentHelp("End the drain by itself after this long: 90s, 5m, 2h.", valueName: "t"))
  var duration: SpokenDuration?

  @Option(name: .long, help: ArgumentHelp("Why; it is shown to whoever asks.", valueName: "text"))
  var reason: String?

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    let request = DrainRequest(name: name, durationSeconds: duration?.seconds, reason: reason)
    for message in try await socket.client.drain(request).messages { print(message) }
  }
}

struct UndrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undrain", abstract: "End a drain: the service is advertised again as soon as its checks pass.")

  @Argument(help: "What was drained: a service, or an address of one.")
  var name: String

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    for message in try await socket.client.undrain(UndrainRequest(name: name)).messages { print(message) }
  }
}
