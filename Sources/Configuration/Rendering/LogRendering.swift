extension LogConfiguration {
  /// A line for everything that is configured.
  var lines: [String] {
    (file.map { ["log file \($0.path) \($0.level.rawValue)"] } ?? [])
      + (syslog.map { ["log syslog \($0.rawValue)"] } ?? [])
      + (facility == .daemon ? [] : ["log facility \(facility.rawValue)"])
  }
}
