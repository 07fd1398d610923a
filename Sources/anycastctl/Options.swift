import ArgumentParser
import ControlAPI

/// What every command takes.
struct SocketOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The daemon's control socket.", valueName: "path"))
  var socket = ControlSocket.defaultPath

  var client: ControlClient { ControlClient(socketPath: socket) }
}

/// What every command that shows something takes.
struct ShowOptions: ParsableArguments {
  @Flag(name: .long, help: "JSON with stable keys instead of a table.")
  var json = false

  @OptionGroup var socket: SocketOptions

  var client: ControlClient { socket.client }

  /// Prints `value` as JSON when that was asked for, else what `render` makes of it.
  func show<Value: Encodable>(_ value: Value, render: (Value) -> String) throws {
    print(json ? try JSONCoding.encodeIndented(value) : render(value))
  }
}
