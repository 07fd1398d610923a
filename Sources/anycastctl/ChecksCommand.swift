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
      "Service", "Check", "State", ">Passes", ">Failures", ">Rise/fall", ">Every", ">Last", ">Took", "Last result")
    for check in checks {
      table.add(
        check.service, check.summary, check.state, String(check.consecutivePasses), String(check.consecutiveFailures),
        "\(check.rise)/\(check.fall)", Shown.interval(check.intervalSeconds), Shown.age(since: check.lastFinishedAt),
        Shown.countdown(check.lastDurationSeconds), result(check))
    }
    return table.text
  }

  private static func result(_ check: CheckReport) -> String {
    guard let verdict = check.lastVerdict else { return "-" }
    return verdict + (check.lastResult.map { ": \($0)" } ?? "")
  }
}
