import ArgumentParser
import ControlAPI

/// What every command takes.
struct SocketOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The daemon's control socket.", valueName: "path"))
  var socket = ControlSocket.defaultPath

  var client: ControlClient { ControlClient(socketPath: socket) }
}

/// What every command takes that shows something of OSPF: of every instance, or of those for one address family.
struct FamilyOptions: ParsableArguments {
  @Flag(help: "Only of the instances for this address family.")
  var family: Family?

  /// A family as a flag.
  enum Family: String, EnumerableFlag {
    case ipv4
    case ipv6

    static func help(for value: Family) -> ArgumentHelp? {
      switch value {
      case .ipv4: "Only what is for IPv4: OSPFv2, and OSPFv3 for IPv4."
      case .ipv6: "Only what is for IPv6: OSPFv3."
      }
    }
  }

  /// Whether something of an instance for this family is shown.
  func shows(_ name: AddressFamilyName) -> Bool {
    switch (family, name) {
    case (nil, _), (.ipv4, .ipv4), (.ipv6, .ipv6): true
    case (.ipv4, .ipv6), (.ipv6, .ipv4): false
    }
  }
}

/// What every command that shows something takes.
struct ShowOptions: ParsableArguments {
  @Flag(name: .long, help: "JSON with stable keys instead of a table.")
  var json = false

  @Flag(name: .long, help: "Every column, however narrow the terminal is.")
  var wide = false

  @OptionGroup var socket: SocketOptions

  var client: ControlClient { socket.client }

  /// The columns that text may have; nil for as many as it needs.
  var width: Int? { wide ? nil : Terminal.standardOutput.width }

  /// Prints `value` as JSON when that was asked for, else what `render` makes of it for so many columns.
  func show<Value: Encodable>(_ value: Value, render: (Value, Int?) -> String) throws {
    print(json ? try JSONCoding.encodeIndented(value) : render(value, width))
  }
}
