import ArgumentParser
import ControlAPI

struct RedistributionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redistribution",
    abstract: "The routes that are advertised beside the services, and those that a rule keeps back.")

  @OptionGroup var options: ShowOptions

  func run() async throws {
    try await options.show(options.client.redistribution()) { $0.isEmpty ? "nothing is redistributed" : Self.table($0) }
  }

  /// A line for each route; nothing without any.
  static func table(_ routes: [RedistributionReport]) -> String {
    guard !routes.isEmpty else { return "" }
    var table = Table("Redistributed", "From", "Protocol", "Advertised")
    for route in routes {
      let source = [route.source ?? "default-information", route.interface].compactMap { $0 }.joined(separator: " ")
      table.add(route.prefix, source, route.protocol.title(route.addressFamily), advertised(route))
    }
    return table.text
  }

  private static func advertised(_ route: RedistributionReport) -> String {
    guard route.advertised else { return "no" + (route.withheldReason.map { ": \($0)" } ?? "") }
    let metric = route.metric.map { ", metric \($0)" } ?? ""
    let type = route.metricType.map { " type \($0)" } ?? ""
    return (route.acknowledged ? "yes" : "not acknowledged") + metric + type
  }
}
