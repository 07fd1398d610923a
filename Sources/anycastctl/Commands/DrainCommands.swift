import ArgumentParser
import ControlAPI
import OSPFWire

/// What `drain` and `undrain` are about.
struct DrainTarget: ParsableArguments {
  @Argument(
    help: "A service, an address of one, or a DNS name, whose A and AAAA addresses are taken together.",
    completion: Completions.services)
  var name: String?

  @Flag(name: .long, help: "Every service.")
  var all = false

  func validate() throws {
    if (name == nil) != all {
      throw ValidationError(all ? "either a name or --all, not both" : "name a service, an address or a DNS name, or say --all")
    }
  }

  /// Calls the daemon with the names of services and addresses; none means all. A name that the daemon does not know, and that can
  /// be a DNS name, is looked up here, so that a slow resolver keeps nobody waiting but the operator.
  func apply(_ client: ControlClient, _ call: ([String]) async throws -> CommandReport) async throws {
    guard let name else { return try await report(call([])) }
    do {
      try await report(call([name]))
    } catch ControlClientError.refused(let refusal)
      where refusal.code == .notFound && name.contains(".") && IPAddress(name) == nil
    {
      let found = try await addresses(of: name, client)
      // What the daemon said is the better answer when the name is unknown to the DNS too.
      guard let found else { throw ControlClientError.refused(refusal) }
      try await report(call(found))
    }
  }

  private func report(_ report: CommandReport) throws {
    for message in report.messages { Terminal.standardOutput.show(message) }
  }

  /// The addresses of a DNS name that are addresses of services here; nil when the name does not exist.
  private func addresses(of name: String, _ client: ControlClient) async throws -> [String]? {
    let resolved = NameLookup.lookUp(name)
    guard !resolved.isEmpty else { return nil }
    let (ours, notes) = try Self.ours(among: resolved, of: name, try await client.services())
    for note in notes { Terminal.standardOutput.show(note) }
    return ours
  }

  /// Which addresses of a DNS name are addresses of services, and what is to be said of the others. It is an error when none is.
  static func ours(
    among resolved: [String], of name: String, _ services: [ServiceReport]
  ) throws -> (addresses: [String], notes: [String]) {
    let known = Set(services.flatMap { $0.addresses.map(\.address) })
    let ours = resolved.filter(known.contains)
    guard !ours.isEmpty else {
      throw ControlClientError.refused(
        ControlError(
          .notFound,
          "\(name) stands for \(resolved.joined(separator: ", ")): \(resolved.count == 1 ? "that is no" : "none of them is an") address of a service here"
        ))
    }
    let others = resolved.filter { !known.contains($0) }
    return (ours, others.map { "\(name) is also \($0), which is no address of a service here" })
  }
}

struct DrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain",
    abstract: "Withdraw a service, an address or everything until it is undrained; adjacencies stay Full.")

  @OptionGroup var target: DrainTarget

  @Option(name: .customLong("for"), help: ArgumentHelp("End the drain by itself after this long: 90s, 5m, 2h.", valueName: "t"))
  var duration: SpokenDuration?

  @Option(
    name: .customLong("at"),
    help: ArgumentHelp(
      "Begin the drain then, and not now: 03:00, 2026-11-30T03:00 in local time, or +2h. status lists it, undrain drops it.",
      valueName: "time"))
  var begins: SpokenTime?

  @Option(name: .long, help: ArgumentHelp("The reason, which is shown with the drain.", valueName: "text"))
  var reason: String?

  @Flag(name: .long, help: "Only say where the traffic to each address would go.")
  var dryRun = false

  @Flag(name: .long, help: "Drain even what no other node serves, where on-last-drain refuses that.")
  var force = false

  @Flag(
    name: .long, help: "Wait until no other node of the service is draining or out of service; the lowest router ID goes first.")
  var exclusive = false

  @Flag(name: .long, help: "Wait until no more traffic arrives at the addresses, where the services have 'count traffic'.")
  var wait = false

  @Option(
    name: .long, help: ArgumentHelp("Fewer packets than this in a second are no traffic: 20/s.", valueName: "rate"))
  var below: PacketRate?

  @Option(name: .long, help: ArgumentHelp("Give up waiting after this long: 90s, 5m, 2h.", valueName: "t"))
  var timeout: SpokenDuration?

  @OptionGroup var socket: SocketOptions

  func validate() throws {
    if exclusive, begins != nil { throw ValidationError("--exclusive begins when it can: not together with --at") }
    if wait, begins != nil { throw ValidationError("--wait waits for a drain of now: not together with --at") }
    if below != nil, !wait { throw ValidationError("--below is for --wait") }
    if timeout != nil, !exclusive, !wait { throw ValidationError("--timeout is for --exclusive and --wait") }
  }

  func run() async throws {
    let client = socket.client
    let patience = Patience(timeout)
    try await target.apply(client) { names in
      guard !dryRun else { return try Self.outlook(on: names, try await client.fleet()) }
      let request = DrainRequest(
        names: names, durationSeconds: duration?.seconds, beginsAt: begins?.timestamp(after: .now), reason: reason, force: force)
      let silence = wait ? try TrafficSilence(of: names, try await client.services(), below: below) : nil
      let report =
        exclusive ? try await DrainWaiting.drainExclusively(client, request, patience) : try await client.drain(request)
      guard let silence else { return report }
      for message in report.messages { Terminal.standardOutput.show(message) }
      return try await DrainWaiting.untilSilent(client, silence, patience)
    }
  }
}

extension DrainCommand {
  /// What would become of the traffic, as the link state database tells it.
  static func outlook(on names: [String], _ fleet: [FleetReport]) throws -> CommandReport {
    let affected = fleet.filter { report in names.isEmpty || names.contains { FleetCommand.matches(report, $0) } }
    guard !affected.isEmpty else {
      throw ControlClientError.refused(
        ControlError(
          .notFound,
          names.isEmpty
            ? "no service is configured" : "'\(names.joined(separator: ", "))' is neither a service nor an address of one"))
    }
    return CommandReport(messages: affected.map { FleetOutlook($0, next: nil).sentence })
  }
}

struct UndrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undrain", abstract: "End a drain: the service is advertised again as soon as its checks pass.")

  @OptionGroup var target: DrainTarget

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    let client = socket.client
    try await target.apply(client) { names in try await client.undrain(UndrainRequest(names: names)) }
  }
}
