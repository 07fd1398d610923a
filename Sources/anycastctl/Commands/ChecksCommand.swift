import ArgumentParser
import ControlAPI

struct ChecksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checks", abstract: "The checks, what they probe, and what the last probe found.")

  @OptionGroup var options: ShowOptions

  func run() async throws {
    try await options.show(options.client.checks(), render: Self.render(_:width:))
  }

  static func render(_ checks: [CheckReport], width: Int? = nil) -> String {
    guard !checks.isEmpty else { return "no checks are configured" }
    var table = Table(
      "Service", ">Check", "State", ">Passes", ">Failures", ">Rise/fall", ">Every", ">Last", ">Took",
      leastUseful: ["Took", "Every", "Rise/fall"])
    for check in checks {
      table.add(
        check.service, String(check.number), check.state.rawValue, String(check.consecutivePasses),
        String(check.consecutiveFailures),
        "\(check.rise)/\(check.fall)", Shown.interval(check.intervalSeconds), Shown.age(since: check.lastFinishedAt),
        Shown.countdown(check.lastDurationSeconds), notes: [check.summary, result(check)].compactMap(\.self))
    }
    return table.text(width: width)
  }

  private static func result(_ check: CheckReport) -> String? {
    check.lastVerdict.map { verdict in verdict.rawValue + (check.lastResult.map { ": \($0)" } ?? "") }
  }
}
