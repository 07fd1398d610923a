import ArgumentParser
import ControlAPI

/// What has happened, over restarts, and how available the services were.
struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract:
      "What happened to services, adjacencies and the configuration, and why, over restarts; how available services were.",
    discussion: """
      The daemon keeps the last few thousand changes in its state directory. Below them: for each service the part of the known time that \
      it was up or degraded on this node, how often it was withdrawn, and how long on the average a withdrawal and the return took.
      """)

  @Argument(help: "Only this service, or the neighbor with this router ID.")
  var name: String?

  @Option(name: .long, help: ArgumentHelp("Only what happened in this time: 90s, 5m, 2h, 30d.", valueName: "t"))
  var since = SpokenDuration(seconds: 30 * 86400)

  @OptionGroup var options: ShowOptions

  /// What is printed as JSON.
  struct Answer: Codable {
    var records: [EventReport]
    var availability: [ServiceAvailability]
    var unreadableLines: Int
  }

  func run() async throws {
    let history = try await options.client.history()
    let answer = Self.answer(history, name: name, since: since.seconds, now: .now)
    if let name, answer.records.isEmpty, !history.records.contains(where: { Self.concerns($0, name) }) {
      throw ValidationError("nothing is known of a service or a neighbor '\(name)'")
    }
    try options.show(answer) { answer, width in Self.text(answer, width: width) }
  }

  static func answer(_ history: HistoryReport, name: String?, since seconds: Double, now: Timestamp) -> Answer {
    let from = now.advanced(bySeconds: -seconds)
    let services = history.services.filter { name == nil || $0 == name }
    return Answer(
      records: history.records.filter { record in
        record.time >= from && record.time <= now && (name.map { concerns(record, $0) } ?? true)
      },
      availability: services.map { ServiceAvailability(of: $0, in: history.records, from: from, to: now) },
      unreadableLines: history.unreadableLines)
  }

  private static func concerns(_ record: EventReport, _ name: String) -> Bool {
    record.service == name || record.routerID == name || record.address == name
  }

  static func text(_ answer: Answer, width: Int?) -> String {
    var sections: [String] = []
    let lines = answer.records.map { Table.fitted("\($0.time)  \($0.message)", width: width) }
    sections.append(lines.isEmpty ? "nothing has happened in this time" : lines.joined(separator: "\n"))
    if answer.unreadableLines > 0 {
      sections.append(
        "\(answer.unreadableLines) \(answer.unreadableLines == 1 ? "line" : "lines") of the history cannot be read.")
    }
    if !answer.availability.isEmpty {
      var table = Table("Service", ">Available", ">Of", ">Last resort", ">Withdrawals", ">To withdraw", ">To return")
      for service in answer.availability {
        table.add(
          service.service, service.availabilityPercent.map(percent) ?? "-", Shown.age(service.observedSeconds),
          service.lastResortSeconds > 0 ? Shown.age(service.lastResortSeconds) : "-", String(service.withdrawals),
          service.meanTimeToWithdrawSeconds.map(Shown.countdown) ?? "-",
          service.meanTimeToReturnSeconds.map { Shown.age($0) } ?? "-")
      }
      sections.append(table.text(width: width))
    }
    return sections.joined(separator: "\n\n")
  }

  /// `99.987 %`, cut off and not rounded: what was not always there is never shown as 100.
  private static func percent(_ value: Double) -> String {
    let thousandths = Int(max(value, 0) * 1000)
    let fraction = String(thousandths % 1000)
    return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) %"
  }
}
