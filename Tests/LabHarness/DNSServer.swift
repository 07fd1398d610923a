import Subprocess

/// A DNS server that answers for www.example.net, and says by its identity which node it is.
public struct DNSServer: Sendable {
  public let process: BackgroundProcess

  /// Starts unbound on every address of a machine, those that come later included. `answer` is what it says www.example.net is.
  public init(on host: Host, answer: String = "203.0.113.80") async throws {
    let configuration = try host.write(
      """
      server:
        interface: 0.0.0.0
        interface: ::0
        interface-automatic: yes
        do-daemonize: no
        use-syslog: no
        chroot: ""
        username: ""
        directory: "\(host.directory)"
        pidfile: "\(host.directory)/unbound.pid"
        access-control: 0.0.0.0/0 allow
        access-control: ::0/0 allow
        identity: "\(host.name)"
        module-config: "iterator"
        local-zone: "example.net." static
        local-data: "www.example.net. 60 IN A \(answer)"
      remote-control:
        control-enable: no
      """, to: "unbound.conf")
    process = try await host.start("unbound", ["unbound", "-d", "-c", configuration])
  }

  /// Ends it as a crash does.
  public func kill() async throws {
    process.signal(.kill)
    try await eventually("unbound ends") { !process.isRunning }
  }
}
