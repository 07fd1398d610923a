import ArgumentParser
import ControlAPI

struct ServicesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "services", abstract: "The services, why they are up or down, and what is advertised for them.")

  @OptionGroup var options: ShowOptions

  func run() async throws {
    try await options.show(options.client.services(), render: Self.render)
  }

  static func render(_ services: [ServiceReport]) -> String {
    guard !services.isEmpty else { return "no services are configured" }
    var table = Table("Service", "State", ">Since", ">Checks", "Prefix", "Advertised", "On device", "Reason")
    for service in services {
      let passing = "\(service.passingChecks)/\(service.checkCount)"
      let first = service.addresses.first
      table.add(
        service.name, service.state, Shown.age(since: service.since), passing, first?.prefix ?? "-",
        first.map(advertised) ?? "-", first.map { onDevice($0, service) } ?? "-", reason(service))
      for address in service.addresses.dropFirst() {
        table.add("", "", "", "", address.prefix, advertised(address), onDevice(address, service), "")
      }
    }
    return table.text
  }

  private static func advertised(_ address: ServiceAddressReport) -> String {
    guard address.advertised else { return "no" }
    let metric = address.metric.map { ", metric \($0)" } ?? ""
    return (address.acknowledged ? "yes" : "not acknowledged") + metric
  }

  private static func onDevice(_ address: ServiceAddressReport, _ service: ServiceReport) -> String {
    guard let present = address.present else { return "-" }
    return present ? service.device : "not on \(service.device)"
  }

  private static func reason(_ service: ServiceReport) -> String {
    let drains = service.drains.map { drain in
      "drain of \(drain.name)" + (drain.reason.map { " (\($0))" } ?? "") + (drain.until.map { " until \($0)" } ?? "")
    }
    return ([service.reason] + drains).joined(separator: "; ")
  }
}
