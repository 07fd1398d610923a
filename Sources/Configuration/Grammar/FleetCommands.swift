import OSPFWire

/// What concerns the other nodes of the services here: which are expected, and what happens when none is left.
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
    },
    Command("fleet hostname") { arguments, draft throws(ConfigurationError) in
      draft.configuration.hostname = try arguments.value("a name of 1 to 255 printable characters of ASCII") {
        RouterInformation.isHostname(Array($0.utf8)) ? $0 : nil
      }
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.configuration.hostname = nil
    },
    Command("on-last-drain") { arguments, draft throws(ConfigurationError) in
      draft.configuration.lastDrain = try arguments.choice(LastDrain.self)
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.configuration.lastDrain = .warn
    },
  ]
}
