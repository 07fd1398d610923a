import ControlAPI
import Glibc
import Logging

/// One message on its way to wherever the log goes.
struct LogRecord: Sendable {
  var time: Timestamp
  var level: Logger.Level
  /// One line, without control characters.
  var message: String
  /// What the message is about, by the name of a field of the journal.
  var fields: [(name: String, value: String)]

  /// The severity of syslog (RFC 3164 section 4.1.1).
  var severity: Int { Self.severity(of: level) }

  static func severity(of level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }

  /// The program's name in the logs of others.
  static let identifier = "anycast-ospfd"

  // MARK: - As others want it

  /// For a file, and for a terminal.
  var dated: String { "\(time) \(level.rawValue): \(message)" }

  /// The journal's native protocol: a field in each line (systemd's "Native Journal Protocol").
  var journalEntry: String {
    let own = [("MESSAGE", message), ("PRIORITY", "\(severity)"), ("SYSLOG_IDENTIFIER", Self.identifier)]
    return (own + fields).map { "\($0.0)=\(HarmlessText.line($0.1))\n" }.joined()
  }

  /// A message for /dev/log (RFC 3164 section 4.1).
  func syslogMessage(facility: Int, processID: Int32 = getpid()) -> String {
    "<\(facility * 8 + severity)>\(Self.syslogTime(time)) \(Self.identifier)[\(processID)]: \(message)"
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  private static func syslogTime(_ time: Timestamp) -> String {
    var second = time_t(time.millisecondsSince1970 / 1000)
    var local = tm()
    localtime_r(&second, &local)
    func padded(_ number: Int32, _ filler: String = "0") -> String { (number < 10 ? filler : "") + "\(number)" }
    let month = months.indices.contains(Int(local.tm_mon)) ? months[Int(local.tm_mon)] : "Jan"
    return "\(month) \(padded(local.tm_mday, " ")) \(padded(local.tm_hour)):\(padded(local.tm_min)):\(padded(local.tm_sec))"
  }
}

extension EventReport {
  /// What the event is about, in the names of fields by which `journalctl` finds it: `journalctl ANYCAST_SERVICE=dns`.
  var logMetadata: Logger.Metadata {
    let fields: [(String, String?)] = [
      ("ANYCAST_EVENT", kind.rawValue), ("ANYCAST_SERVICE", service), ("ANYCAST_PREFIX", prefix), ("ANYCAST_ADDRESS", address),
      ("ANYCAST_FROM", from), ("ANYCAST_TO", to), ("OSPF_NEIGHBOR", routerID), ("OSPF_INTERFACE", interface),
      ("OSPF_PROTOCOL", `protocol`?.rawValue),
    ]
    return Logger.Metadata(
      uniqueKeysWithValues: fields.compactMap { name, value in
        guard let value, !value.isEmpty else { return nil }
        return (name, .string(value))
      })
  }
}
