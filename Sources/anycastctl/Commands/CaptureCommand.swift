import ArgumentParser
import CaptureAnalysis
import PacketCapture

struct CaptureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture", abstract: "The OSPF packets of an interface, as they come.",
    discussion: """
      Needs root or CAP_NET_RAW. Ends with INT or TERM. With -w, the frames are written to a file as they are, for decode, replay \
      and other tools, and nothing is printed unless --verbose or --json asks for it.
      """)

  @Argument(help: ArgumentHelp("An interface.", valueName: "interface"), completion: Completions.interfaces)
  var interface: String

  @Option(
    name: [.customShort("w"), .customLong("write")], help: ArgumentHelp("Write the frames to this file.", valueName: "file"))
  var file: String?

  @OptionGroup var packets: PacketOptions

  func run() throws {
    let reader = try CaptureReader(interface: interface, until: StopSignals(), writing: file)
    let isPrinting = file == nil || packets.verbose || packets.json
    var printer = packets.printer
    var output = BufferedOutput()
    while let record = try reader.next() {
      guard isPrinting else { continue }
      try printer.append(record, to: &output.pending)
      output.flush()
    }
  }
}
