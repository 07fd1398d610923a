import ArgumentParser
import ControlAPI

struct ServicesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "services",
    abstract: "The services, why they are up or down, and what is advertised for them, and what is redistributed.")

  @OptionGroup var options: ShowOptions

  func run() async throws {
    let services = try await options.client.services()
    let routes = options.json ? [] : try await options.client.redistribution()
    try options.show(services) { services, width in
      [Self.render(services, width: width), RedistributionCommand.table(routes, width: width)].filter { !$0.isEmpty }
        .joined(separator: "\n\n")
    }
  }

  static func render(_ services: [ServiceReport], width: Int? = nil) -> String {
    guard !services.isEmpty else { return "no services are configured" }
    var table = Table(
      "Service", "State", ">Since", ">Checks", "Prefix", "On device", ">Metric", "Advertised",
      leastUseful: ["On device", "Metric", "Checks", "Since"])
    for service in services {
      let passing = "\(service.passingChecks)/\(service.checkCount)"
      let first = service.addresses.first
      let isAlone = service.addresses.count < 2
      table.add(
        service.name, service.state.rawValue, Shown.age(since: service.since), passing, first?.prefix ?? "-",
        first.map { onDevice($0, service) } ?? "-", first?.metric.map(String.init) ?? "-", first.map(advertised) ?? "-",
        notes: isAlone ? notes(service) : [])
      for (position, address) in service.addresses.enumerated().dropFirst() {
        table.add(
          "", "", "", "", address.prefix, onDevice(address, service), address.metric.map(String.init) ?? "-", advertised(address),
          notes: position == service.addresses.count - 1 ? notes(service) : [])
      }
    }
    return table.text(width: width)
  }

  private static func advertised(_ address: ServiceAddressReport) -> String {
    guard address.advertised else { return "no" }
    return address.acknowledged ? "yes" : "not acknowledged"
  }

  private static func onDevice(_ address: ServiceAddressReport, _ service: ServiceReport) -> String {
    address.present ? service.device : "not on \(service.device)"
  }

  /// Why the service is in its state, and what keeps one of its addresses back beyond that.
  private static func notes(_ service: ServiceReport) -> [String] {
    let end = service.drain == nil ? service.heldDownUntil : service.drain?.until
    let reason = service.reason + (end.map { " until \($0)" } ?? "")
    // What is withheld because of the service's state says so in the same words, or names the state alone.
    let own = service.addresses.filter { address in
      guard let withheld = address.withheldReason, !address.advertised else { return false }
      return !service.reason.contains(withheld) && !withheld.contains(service.reason) && isServing(service)
    }
    let traffic = service.addresses.compactMap { address in
      address.traffic.map {
        "\(address.prefix): \($0.packets) packets received, \($0.connections) \($0.connections == 1 ? "connection" : "connections")"
      }
    }
    let origin: [String] =
      switch service.origin {
      case .configuration: []
      case .runtime: ["added at run time, until the next start"]
      case .persistent: ["added at run time, and kept over restarts"]
      }
    return [reason] + origin + traffic + own.map { "\($0.prefix): \($0.withheldReason ?? "")" }
  }

  private static func isServing(_ service: ServiceReport) -> Bool { service.state.isServing }
}
