/// The programs of FRR on a machine, with their files in the host's directory.
public struct FRRPrograms: Sendable {
  public let host: Host
  /// Where they are; nil for those that the system has installed.
  public let directory: String?

  public init(on host: Host, from directory: String? = nil) {
    self.host = host
    self.directory = directory
  }

  /// Runs commands of its shell, and gives back what that printed. With `daemon`, they go to that one only.
  @discardableResult
  public func ask(_ commands: [String], daemon: String? = nil) async throws -> String {
    try await Shell.run(
      directory.map { $0 + "/vtysh" } ?? "vtysh",
      ["--vty_socket", host.directory] + (daemon.map { ["-d", $0] } ?? []) + commands.flatMap { ["-c", $0] })
  }

  /// What the daemons keep from one run to the next they keep below fixed paths, which are of this machine alone.
  private static let withOwnState = """
    directory=$1; shift
    for path in /var/lib/frr /run/frr; do [ ! -d "$path" ] || mount --bind "$directory" "$path"; done
    exec "$@"
    """

  /// Starts daemons, each with `DAEMON.conf` of the host's directory; zebra may do without one. Gives back their processes.
  @discardableResult
  public func start(_ daemons: [String]) async throws -> [Int32] {
    let state = host.directory + "/frr-state"
    try await Shell.run("mkdir", ["-p", state])
    try await Shell.run("touch", [host.directory + "/zebra.conf"])
    // They change to a user of their own before they read their files.
    try await Shell.run("chown", ["-R", "frr:frr", host.directory])
    var processes: [Int32] = []
    for daemon in daemons {
      let path = host.directory + "/" + daemon
      try await host.execute(
        "unshare", "--mount", "sh", "-c", Self.withOwnState, "sh", state, (directory ?? "/usr/lib/frr") + "/" + daemon,
        "-d", "-u", "frr", "-g", "frr", "-A", "127.0.0.1", "-P", "0", "-f", path + ".conf", "-i", path + ".pid",
        "-z", host.directory + "/zserv.api", "--vty_socket", host.directory, "--log", "file:\(path).log")
      processes.append(try await host.processID(of: daemon))
    }
    return processes
  }
}
