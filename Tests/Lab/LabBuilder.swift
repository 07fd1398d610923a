import LabHarness

/// Does what the commands say.
struct LabBuilder {
  let lab: Lab
  /// Where anycast-ospfd is.
  let programs: String?
  private var hosts: [String: Host] = [:]

  init(lab: Lab, programs: String?) {
    self.lab = lab
    self.programs = programs
  }

  /// Gives back the processes that were started.
  mutating func run(_ command: LabCommand) async throws -> [Int32] {
    switch command {
    case .hosts(let names, let forward):
      for name in names { try await add(name) { try await $0.host(name, forwards: forward) } }
    case .link(let ends):
      try await lab.connect(host(ends[0].host), ends[0].device, host(ends[1].host), ends[1].device)
      for end in ends { try await address(end) }
    case .lan(let name, let ends):
      let networkSwitch = try await add(name) { try await $0.networkSwitch(name) }
      for end in ends {
        try await lab.connect(host(end.host), end.device, to: networkSwitch)
        try await address(end)
      }
    case .ip(let name, let arguments): try await host(name).ip(arguments)
    case .frr(let name, let daemons, let programs):
      return try await FRRPrograms(on: host(name), from: programs).start(daemons)
    case .bird(let name, let arguments, let programs):
      return [try await BIRDPrograms(on: host(name), from: programs).start(arguments)]
    case .daemon(let name, let files, let programs):
      guard let programs = programs ?? self.programs else { throw LabError("where is anycast-ospfd? expected 'from DIRECTORY'") }
      let host = try host(name)
      let process = try await host.startDaemon(
        programs + "/anycast-ospfd", configurations: files.map { "\(host.directory)/\($0)" })
      return [process.processID]
    case .dns(let name): return [try await DNSServer(on: host(name)).process.processID]
    case .stop(let name): try await host(name).stop()
    case .remove:
      try await lab.clear()
      hosts = [:]
    // What reads the commands does not hand on the end.
    case .end, .nothing: break
    }
    return []
  }

  @discardableResult
  private mutating func add(_ name: String, _ make: (Lab) async throws -> Host) async throws -> Host {
    guard hosts[name] == nil else { throw LabError("there is a host \(name) already") }
    let host = try await make(lab)
    hosts[name] = host
    return host
  }

  private func host(_ name: String) throws(LabError) -> Host {
    guard let host = hosts[name] else { throw LabError("there is no host '\(name)'") }
    return host
  }

  private func address(_ end: LabCommand.End) async throws {
    for address in end.addresses { try await host(end.host).ip("address", "add", address, "dev", end.device) }
  }
}
