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
    try options.show(services) { services in
      [Self.render(services), RedistributionCommand.table(routes)].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
  }

  static func render(_ services: [ServiceReport]) -> String {
    guard !services.isEmpty else { return "no services are configured" }
    var table = Table("Service", "State", ">Since", ">Checks", "Reason", "Prefix", "On device", "Advertised")
    for service in services {
      let passing = "\(service.passingChecks)/\(service.checkCount)"
      let first = service.addresses.first
      table.add(
        service.name, service.state, Shown.age(since: service.since), passing, reason(service), first?.prefix ?? "-",
        first.map { onDevice($0, service) } ?? "-", first.map(advertised) ?? "-")
      for address in service.addresses.dropFirst() {
        table.add("", "", "", "", "", address.prefix, onDevice(address, service), advertised(address))
      }
    }
    return table.text
  }

  private static func advertised(_ address: ServiceAddressReport) -> String {
    guard address.advertised else { return "no" + (address.withheldReason.map { ": \($0)" } ?? "") }
    let metric = address.metric.map { ", metric \($0)" } ?? ""
    return (address.acknowledged ? "yes" : "not acknowledged") + metric
  }

  private static func onDevice(_ address: ServiceAddressReport, _ service: ServiceReport) -> String {
    address.present ? service.device : "not on \(service.device)"
  }

  private static func reason(_ service: ServiceReport) -> String {
    let end = service.drain == nil ? service.heldDownUntil : service.drain?.until
    return service.reason + (end.map { " until \($0)" } ?? "")
  }
}
