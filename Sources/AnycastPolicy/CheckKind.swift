import OSPFWire

/// What a check probes.
public enum CheckKind: Hashable, Sendable {
  /// Runs a program: exit status 0 passes.
  case exec(command: [String])
  /// Connects to every port of `address`, nil meaning every address of the service.
  case tcp(address: IPAddress?, ports: [UInt16])
  /// Asks a DNS server.
  case dns(DNSCheck)
}
