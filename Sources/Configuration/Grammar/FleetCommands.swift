import OSPFWire

/// `fleet members`: which other nodes are expected to advertise the addresses of the services here.
enum FleetCommands {
  static let all: [Command] = [
    Command("fleet members") { arguments, draft throws(ConfigurationError) in
      repeat { draft.configuration.fleetMembers.insert(try arguments.routerID()) } while !arguments.isAtEnd
    } undo: { arguments, draft throws(ConfigurationError) in
      guard !arguments.isAtEnd else {
        draft.configuration.fleetMembers = []
        return
      }
      repeat { draft.configuration.fleetMembers.remove(try arguments.routerID()) } while !arguments.isAtEnd
    }
  ]
}
