import ArgumentParser
import ControlAPI

struct BFDCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bfd", abstract: "The BFD sessions, their timers, and why they last went down.")

  @OptionGroup var options: ShowOptions

  func run() async throws { try await options.show(options.client.bfd(), render: Self.render(_:width:)) }

  static func render(_ sessions: [BFDSessionReport], width: Int? = nil) -> String {
    guard !sessions.isEmpty else { return "no BFD sessions: no interface with 'bfd' has a neighbor in 2-Way or higher" }
    var table = Table(
      "Neighbor", "Interface", "State", ">In state", ">Transmit", ">Detection", ">Ups", ">Downs", "Remote", "Diagnostic",
      leastUseful: ["Ups", "Downs", "Remote", "In state", "Transmit"])
    for session in sessions {
      table.add(
        session.address, "\(session.interface):\(session.localAddress)", session.state.rawValue,
        Shown.age(session.stateAgeSeconds),
        milliseconds(session.transmitIntervalSeconds), milliseconds(session.detectionTimeSeconds), String(session.upCount),
        String(session.downCount), session.remoteState?.rawValue ?? "-", session.diagnostic.rawValue)
    }
    return table.text(width: width)
  }

  private static func milliseconds(_ seconds: Double?) -> String {
    seconds.map { "\(Int(($0 * 1000).rounded()))ms" } ?? "-"
  }
}
