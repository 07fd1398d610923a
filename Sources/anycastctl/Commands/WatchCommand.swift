import ArgumentParser
import ControlAPI
import Glibc
import NIOCore

struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "watch", abstract: "Events as they happen.")

  @OptionGroup var options: ShowOptions

  func run() async throws {
    let json = options.json
    try await options.client.watch { event in
      if json {
        print(String(buffer: try JSONCoding.encode(event)))
      } else {
        Terminal.standardOutput.show(Self.render(event))
      }
      fflush(nil)
    }
  }

  static func render(_ event: EventReport) -> String { "\(event.time) \(event.level): \(event.message)" }
}
