import ArgumentParser
import ControlAPI

struct RedistributionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redistribution",
    abstract: "The routes that are advertised beside the services, and those that a rule denies.")

  @OptionGroup var options: ShowOptions

  func run() async throws {
    try await options.show(options.client.redistribution()) { routes, width in
      routes.isEmpty ? "nothing is redistributed" : Self.table(routes, width: width)
    }
  }

  /// A line for each route, and one for the reason where it is not redistributed; nothing without any.
  static func table(_ routes: [RedistributionReport], width: Int? = nil) -> String {
    guard !routes.isEmpty else { return "" }
    var table = Table("Redistributed", "From", "Protocol", "Advertised", leastUseful: ["Protocol"])
    for route in routes {
      let source = [route.source ?? "default-information", route.interface].compactMap { $0 }.joined(separator: " ")
      table.add(
        route.prefix, source, route.protocol.title(route.addressFamily), advertised(route),
        notes: [route.withheldReason].compactMap(\.self))
    }
    return table.text(width: width)
  }

  private static func advertised(_ route: RedistributionReport) -> String {
    guard route.advertised else { return route.advertisedAnyway == true ? "yes, not as redistributed" : "no" }
    let metric = route.metric.map { ", metric \($0)" } ?? ""
    let type = route.metricType.map { " type \($0)" } ?? ""
    return (route.acknowledged ? "yes" : "not acknowledged") + metric + type
  }
}
