/// `log file`, `log syslog` and `log facility` as Quagga and FRR have them.
enum LogCommands {
  static let all: [Command] = [file, syslog, facility]

  private static let file = Command("log file") { arguments, draft throws(ConfigurationError) in
    let path = try arguments.value("an absolute path") { $0.hasPrefix("/") && $0.utf8.count < 4096 ? $0 : nil }
    let level = arguments.isAtEnd ? LogSeverity.debugging : try arguments.choice(LogSeverity.self)
    if let former = draft.configuration.logging.file, former.path != path {
      draft.note(
        .changedMeaning, arguments,
        "it takes the place of \(former.path): each daemon of Quagga had a log of its own, and this one has one file")
    }
    draft.configuration.logging.file = LogConfiguration.File(path: path, level: level)
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.configuration.logging.file = nil
  }

  /// A facility may stand here too, as in other programs' files.
  private static let syslog = Command("log syslog") { arguments, draft throws(ConfigurationError) in
    var level = LogSeverity.informational
    while !arguments.isAtEnd {
      if let facility = arguments.peek.flatMap({ SyslogFacility(rawValue: $0.text) }) {
        _ = arguments.skip(facility.rawValue)
        draft.configuration.logging.facility = facility
      } else {
        level = try arguments.choice(LogSeverity.self)
      }
    }
    draft.configuration.logging.syslog = level
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.configuration.logging.syslog = nil
  }

  private static let facility = Command("log facility") { arguments, draft throws(ConfigurationError) in
    draft.configuration.logging.facility = try arguments.choice(SyslogFacility.self)
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.configuration.logging.facility = .daemon
  }
}
