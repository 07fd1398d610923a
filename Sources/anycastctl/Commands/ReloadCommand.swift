import ArgumentParser
import ControlAPI

struct ReloadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Read the configuration again and apply what is different; a file with an error changes nothing.")

  @Flag(help: "Change nothing: print the difference and its consequences.")
  var dryRun = false

  @Flag(help: "Apply it even if it leaves no router or no service where there were some.")
  var force = false

  @Flag(help: "JSON with stable keys.")
  var json = false

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    let report = try await socket.client.reload(ReloadRequest(dryRun: dryRun, force: force))
    if json {
      print(try JSONCoding.encodeIndented(report))
    } else {
      Terminal.standardOutput.show(Self.render(report, dryRun: dryRun))
    }
  }

  static func render(_ report: ReloadReport, dryRun: Bool) -> String {
    let difference = dryRun && !report.difference.isEmpty ? report.difference + [""] : []
    return (difference + report.messages).joined(separator: "\n")
  }
}
