import FoundationEssentials
import LabHarness
import Subprocess

/// A client that pings an address, ten times a second where nothing else is said, and knows which pings were not answered.
struct PingClient: Sendable {
  /// Time between two pings, in seconds.
  static let interval = 0.1

  let address: String
  private let process: BackgroundProcess
  private let log: String

  /// Begins to ping.
  init(from host: Host, to address: String, name: String, interval: Double = Self.interval) async throws {
    self.address = address
    log = "\(host.directory)/ping-\(name).log"
    process = try await host.start(
      "ping-\(name)", ["ping", "-n", "-i", String(interval), address])
  }

  /// The sequence numbers of the pings that were answered: `64 bytes from 192.0.2.53: icmp_seq=7 ttl=63 time=0.06 ms`
  private func answered() throws -> [Int] {
    try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").compactMap { line in
      guard line.contains(" bytes from "), let field = line.split(separator: " ").first(where: { $0.hasPrefix("icmp_seq=") })
      else { return nil }
      return Int(field.dropFirst("icmp_seq=".count))
    }
  }

  /// Waits until `count` pings more have been answered.
  func awaitAnswers(_ count: Int) async throws {
    let before = try answered().count
    try await eventually("\(count) answers of \(address)", within: .seconds(120)) { try answered().count >= before + count }
  }

  /// Ends it. Returns how many pings were not answered of those before the last that was.
  func finish() async throws -> Int {
    process.signal(.interrupt)
    try await eventually("ping ends") { !process.isRunning }
    let answered = Set(try answered())
    guard let last = answered.max() else { throw LabError("\(address) has not answered at all") }
    return last - answered.count
  }
}
