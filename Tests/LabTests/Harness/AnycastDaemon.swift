import ControlAPI
import FoundationEssentials
import LabHarness
import Subprocess

/// The daemon under test, on one machine of the lab.
final class AnycastDaemon: Sendable {
  let host: Host
  private let process: BackgroundProcess

  /// Where this test's build has put the programs.
  static let programs: String = {
    let testProgram = CommandLine.arguments.first ?? ""
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
    let beside = testProgram.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return FileManager.default.fileExists(atPath: beside + "/anycast-ospfd") ? beside : root + "/.build/debug"
  }()

  /// Starts the daemon with a configuration, and waits until it answers on its control socket.
  ///
  /// It keeps its state in the host's directory, so that one that is started again finds what the last one left.
  init(
    on host: Host, configuration: String, program: String = AnycastDaemon.programs + "/anycast-ospfd", launcher: [String] = []
  ) async throws {
    self.host = host
    let file = try host.write(configuration, to: "anycast-ospfd.conf")
    process = try await host.startDaemon(program, configurations: [file], launcher: launcher)
    let process = process
    try await eventually("the daemon on \(host.name) answers", state: { process.output }) {
      guard process.isRunning else { throw LabError("it has ended") }
      return try await control("status").status.isSuccess
    }
  }

  /// Everything that it, and those before it on this machine, have logged.
  var log: String { process.output }

  /// Whether it runs.
  var isRunning: Bool { process.isRunning }

  /// The private memory that it holds now, in octets.
  func privateMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(process.processID)/status", encoding: .utf8)
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") }),
      let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Int($0) })
    else { throw LabError("no RssAnon in \(status)") }
    return kilobytes << 10
  }

  /// What the kernel says of each of its threads: the value of each key of `/proc/PID/task/TID/status`.
  func threadStatus() throws -> [[String: String]] {
    let directory = "/proc/\(process.processID)/task"
    return try FileManager.default.contentsOfDirectory(atPath: directory).map { thread in
      let lines = try String(contentsOfFile: "\(directory)/\(thread)/status", encoding: .utf8).split(separator: "\n")
      return Dictionary(
        lines.map { line in (String(line.prefix { $0 != ":" }), line.drop { $0 != ":" }.dropFirst().filter { !$0.isWhitespace }) }
      ) { first, _ in first }
    }
  }

  /// The threads that neither block nor catch one of the signals, whose default is to end the process.
  func threads(openTo signals: [Int32]) throws -> [[String: String]] {
    let wanted = signals.reduce(into: UInt64(0)) { $0 |= 1 << UInt64($1 - 1) }
    return try threadStatus().filter { status in
      let safe = ["SigBlk", "SigCgt"].compactMap { status[$0].flatMap { UInt64($0, radix: 16) } }.reduce(0, |)
      return safe & wanted != wanted
    }
  }

  /// Runs `anycastctl` against it.
  func control(_ arguments: String...) async throws -> CommandResult {
    try await host.attempt(
      [Self.programs + "/anycastctl"] + arguments + ["--socket", host.directory + "/control.sock"])
  }

  private func report<Report: Decodable>(_ type: Report.Type, _ name: String) async throws -> Report {
    let result = try await control(name, "--json")
    guard result.status.isSuccess else { throw LabError("anycastctl \(name): \(result.errorOutput)") }
    return try decoded(type, from: result.output)
  }

  /// `anycastctl status --json`
  func status() async throws -> StatusReport { try await report(StatusReport.self, "status") }

  /// `anycastctl neighbors --json`
  func neighbors() async throws -> [NeighborReport] { try await report([NeighborReport].self, "neighbors") }

  /// `anycastctl bfd --json`
  func bfdSessions() async throws -> [BFDSessionReport] { try await report([BFDSessionReport].self, "bfd") }

  /// `anycastctl interfaces --json`
  func interfaces() async throws -> [InterfaceReport] { try await report([InterfaceReport].self, "interfaces") }

  /// `anycastctl services --json`
  func services() async throws -> [ServiceReport] { try await report([ServiceReport].self, "services") }

  /// `anycastctl fleet --json`
  func fleet() async throws -> [FleetReport] { try await report([FleetReport].self, "fleet") }

  /// `anycastctl database --json`
  func database() async throws -> [LSAReport] { try await report([LSAReport].self, "database") }

  /// Sends a signal.
  func signal(_ signal: Signal) { process.signal(signal) }

  /// Sends a signal and waits for the end.
  func end(_ signal: Signal) async throws -> TerminationStatus {
    process.signal(signal)
    try await eventually("the daemon on \(host.name) ends") { !process.isRunning }
    guard let status = await process.status else { throw LabError("the daemon's end was not seen") }
    return status
  }

  /// Waits until it has logged a line that contains every one of `words`.
  func awaitLog(_ words: String..., within limit: Duration = .seconds(60)) async throws {
    try await awaitLog(words, within: limit)
  }

  /// Waits until it has logged a line that contains every one of `words`.
  func awaitLog(_ words: [String], within limit: Duration = .seconds(60)) async throws {
    try await eventually("the daemon on \(host.name) logs \(words)", within: limit, state: { log }) {
      log.split(separator: "\n").contains { line in words.allSatisfy { line.contains($0) } }
    }
  }

  /// Waits for the adjacencies with a router.
  func awaitFull(with routerID: String, within limit: Duration = .seconds(90)) async throws {
    try await eventually("the daemon on \(host.name) is Full with \(routerID)", within: limit, state: { log }) {
      let full = try await neighbors().filter { $0.routerID == routerID && $0.state == .full }
      return Set(full.map(\.protocol)) == Set(ProtocolName.allCases)
    }
  }

  /// Waits until a service is in a state.
  func awaitService(_ name: String, _ state: ServiceStateName) async throws {
    try await eventually("service \(name) on \(host.name) is \(state)", state: { log }) {
      try await services().contains { $0.name == name && $0.state == state }
    }
  }
}

extension Host {
  /// The identity of the DNS server that answers at an address; nil when none does.
  func identity(ofServerAt address: String) async throws -> String? {
    let result = try await attempt([
      "dig", "+short", "+time=1", "+tries=1", "@\(address)", "CH", "TXT", "id.server",
    ])
    guard result.status.isSuccess else { return nil }
    let text = result.output.filter { $0 != "\"" && !$0.isNewline }
    return text.isEmpty || text.hasPrefix(";") ? nil : text
  }

  /// The identities of the DNS servers that answer at the addresses of the usual service.
  func serviceIdentities() async throws -> [String?] {
    [try await identity(ofServerAt: Uplink.serviceAddress), try await identity(ofServerAt: Uplink.serviceAddress6)]
  }
}
