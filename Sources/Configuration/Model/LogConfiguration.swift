/// Where the log goes beside standard error: `log file`, `log syslog`, `log facility`.
public struct LogConfiguration: Hashable, Sendable {
  /// `log file PATH [LEVEL]`
  public var file: File?
  /// `log syslog [LEVEL]`: the least severe level that syslog gets; nil means none.
  public var syslog: LogSeverity?
  /// `log facility`
  public var facility = SyslogFacility.daemon

  /// A file that lines are appended to.
  public struct File: Hashable, Sendable {
    /// Its absolute path.
    public var path: String
    /// The least severe level that is written.
    public var level: LogSeverity

    /// Names a file.
    public init(path: String, level: LogSeverity = .debugging) {
      self.path = path
      self.level = level
    }
  }

  /// Nothing beside standard error.
  public init() {}
}

/// The severities of syslog in the words of Quagga and FRR, the most severe first.
public enum LogSeverity: String, Hashable, Sendable, CaseIterable {
  case emergencies
  case alerts
  case critical
  case errors
  case warnings
  case notifications
  case informational
  case debugging
}

/// The facilities of syslog (RFC 3164 section 4.1.1), by their names.
public enum SyslogFacility: String, Hashable, Sendable, CaseIterable {
  case kern
  case user
  case mail
  case daemon
  case auth
  case syslog
  case lpr
  case news
  case uucp
  case cron
  case local0
  case local1
  case local2
  case local3
  case local4
  case local5
  case local6
  case local7

  /// Its number in a message's priority.
  public var number: Int {
    switch self {
    case .kern: 0
    case .user: 1
    case .mail: 2
    case .daemon: 3
    case .auth: 4
    case .syslog: 5
    case .lpr: 6
    case .news: 7
    case .uucp: 8
    case .cron: 9
    case .local0: 16
    case .local1: 17
    case .local2: 18
    case .local3: 19
    case .local4: 20
    case .local5: 21
    case .local6: 22
    case .local7: 23
    }
  }
}
