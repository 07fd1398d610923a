import OSPFWire

/// What a check probes. Where an address is optional, nil means every address of the service.
public enum CheckKind: Hashable, Sendable {
  /// Asks a DNS server.
  case dns(DNSCheck)
  /// Runs a program: exit status 0 passes.
  case exec(command: [String])
  /// Looks for a file, as that by which people take a server out of service.
  case file(path: String, FileCondition)
  /// Asks an HTTP server for a page, over TLS or not.
  case http(HTTPCheck)
  /// Sends an echo request.
  case icmp(address: IPAddress)
  /// Counts the real servers of a virtual one.
  case ipvs(IPVSCheck)
  /// Asks an NTP server for the time.
  case ntp(NTPCheck)
  /// Asks a RADIUS server whether it is alive.
  case radius(RADIUSCheck)
  /// Sends a message to a log server, which must hand it on.
  case syslog(SyslogCheck)
  /// Asks systemd whether a unit is active.
  case systemd(unit: String)
  /// Connects to every port.
  case tcp(address: IPAddress?, ports: [UInt16])
}

/// What is wanted of a file.
public enum FileCondition: String, Hashable, Sendable, CaseIterable {
  case exists, absent
}
