import ArgumentParser
import ControlAPI

struct ChecksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checks", abstract: "The checks, what they probe, and what the last probe found.")

  @OptionGroup var options: ShowOptions

  func run() async throws {
    try await options.show(options.client.checks(), render: Self.render)
  }

  static func render(_ checks: [CheckReport]) -> String {
    guard !checks.isEmpty else { return "no checks are configured" }
    var table = Table(
      "Service", ">#", "Check", "State", ">Since", ">In a row", ">Rise/fall", ">Every", ">Took", "Last result")
    for check in checks {
      table.add(
        check.service, String(check.number), "\(check.kind) \(check.target)", check.state, Shown.age(since: check.since),
        String(check.streak), "\(check.rise)/\(check.fall)", Shown.interval(check.intervalSeconds),
        Shown.countdown(check.lastDurationSeconds), check.lastResult ?? "-")
    }
    return table.text
  }
}
