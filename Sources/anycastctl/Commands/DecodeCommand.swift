import ArgumentParser
import CaptureAnalysis
import PacketCapture

struct DecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "The OSPF packets of a capture file, one line for each.",
    discussion: """
      Reads pcap and pcapng files. Errors in a packet stand behind it in brackets, and decoding continues. In a recording of the \
      daemon its events stand between the packets. The exit status is 1 if the file cannot be read to its end.
      """)

  @Argument(help: ArgumentHelp("A capture file; - is standard input.", valueName: "file"), completion: Completions.captures)
  var file: String

  @OptionGroup var packets: PacketOptions

  func run() throws {
    var printer = packets.printer
    var output = BufferedOutput()
    defer { output.flush() }
    let reader = try CaptureReader(path: file)
    var events = RecordingBlocks(path: file).entries[...]
    while let record = try reader.next() {
      if case .datagram(let datagram, _) = record {
        printer.begin(at: datagram.timestamp)
        while let event = events.first, event.timestamp <= datagram.timestamp {
          printer.append(events.removeFirst(), to: &output.pending)
        }
      }
      try printer.append(record, to: &output.pending)
      output.flushIfLarge()
    }
    for event in events { printer.append(event, to: &output.pending) }
  }
}
