import ArgumentParser
import CaptureAnalysis
import OSPFWire
import PacketCapture

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "An engine in the place of one router of a capture.",
    discussion: """
      The engine plays the router that --as names, in virtual time, and hears the packets of the others. Printed are, for each \
      neighbor, the states through which the engine took it beside those of the recorded router; why an adjacency was lost, or is \
      not Full; and the database. In a recording that the daemon has made, the node is played with all its interfaces, with the \
      parameters that it has noted, and services that went or came are told with the verdicts of their checks; in another capture \
      the parameters are those of the router's own Hellos. What is not known is said. The exit status is 0 if the engine and \
      the recorded router came equally far with every neighbor, 1 otherwise.
      """)

  @Argument(
    help: ArgumentHelp("A recording, or a capture file; - is standard input.", valueName: "file"),
    completion: Completions.captures)
  var file: String

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("The router that the engine plays; without it the node that made the recording.", valueName: "router-id"))
  var routerID: RouterID?

  @Option(help: ArgumentHelp("Its address, where several routers have its router ID.", valueName: "address"))
  var address: IPAddress?

  @Flag(name: .long, help: "JSON with stable keys, an object in a line for each version that the router speaks.")
  var json = false

  @Option(
    name: [.customShort("w"), .customLong("write")],
    help: ArgumentHelp("Write what the engine sent to a capture file.", valueName: "file"))
  var output: String?

  func run() throws {
    let recording = try Recording(path: file)
    guard let routerID = routerID ?? recording.notes.onlyRouterID else {
      throw ValidationError("the file does not say who made it: --as says which router is to be played")
    }
    var replays = try Replay.all(recording, playing: routerID, at: address)
    for position in replays.indices { replays[position].run() }
    let reports = replays.map { ReplayReport($0) }
    if json {
      for report in reports { print(try report.fields.json) }
    } else {
      print(
        (reports.map(\.lines) + [ReplayReport.lines(of: recording)]).filter { !$0.isEmpty }
          .map { $0.joined(separator: "\n") }.joined(separator: "\n\n"))
    }
    if let output { try write(replays.flatMap(\.transcript).sorted { $0.timestamp < $1.timestamp }, to: output) }
    guard replays.flatMap(\.verdicts).allSatisfy({ $0.state == $0.recordedState }) else { throw ExitCode(1) }
  }

  private func write(_ packets: [CapturedDatagram], to path: String) throws {
    let writer = try CaptureWriter(path: path)
    for packet in packets { try writer.write(packet) }
    try writer.close()
  }
}

extension IPAddress: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
