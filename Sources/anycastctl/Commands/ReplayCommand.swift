import ArgumentParser
import CaptureAnalysis
import OSPFWire
import PacketCapture

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "An engine in the place of one router of a capture.",
    discussion: """
      The engine plays the router that --as names, in virtual time, and hears the packets of the others. Printed are, for each \
      neighbor, the states through which the engine took it beside those of the recorded router; why an adjacency is not Full; and \
      the database. The interface's parameters are taken from the router's own Hellos. The exit status is 0 if the engine and the \
      recorded router came equally far with every neighbor, 1 otherwise.
      """)

  @Argument(
    help: ArgumentHelp("A capture file of one link; - is standard input.", valueName: "file"), completion: Completions.captures)
  var file: String

  @Option(name: .customLong("as"), help: ArgumentHelp("The router that the engine plays.", valueName: "router-id"))
  var routerID: RouterID

  @Option(help: ArgumentHelp("Its address, where several routers have its router ID.", valueName: "address"))
  var address: IPAddress?

  @Flag(name: .long, help: "JSON with stable keys.")
  var json = false

  @Option(
    name: [.customShort("w"), .customLong("write")],
    help: ArgumentHelp("Write what the engine sent to a capture file.", valueName: "file"))
  var output: String?

  func run() throws {
    var replay = try Replay(Recording(path: file), playing: routerID, at: address)
    replay.run()
    let report = ReplayReport(replay)
    print(json ? try report.fields.json : report.lines.joined(separator: "\n"))
    if let output { try write(replay.transcript, to: output) }
    guard replay.verdicts.allSatisfy({ $0.state == $0.recordedState }) else { throw ExitCode(1) }
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
