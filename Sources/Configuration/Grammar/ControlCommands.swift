/// `control ...`: who may use the control socket.
enum ControlCommands {
  static let all: [Command] = [
    Command("control group") { arguments, draft throws(ConfigurationError) in
      draft.configuration.controlGroup = try arguments.value("the name of a group") {
        $0.utf8.count <= 32 && !$0.hasPrefix("-") ? $0 : nil
      }
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.configuration.controlGroup = nil
    },
    Command("control others read-only") { _, draft throws(ConfigurationError) in
      draft.configuration.othersMayRead = true
    } undo: { _, draft throws(ConfigurationError) in
      draft.configuration.othersMayRead = false
    },
  ]
}
