import ArgumentParser
import ControlAPI

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "The daemon, its OSPF instances, what it advertises, and how its services are.")

  @OptionGroup var options: ShowOptions

  func run() async throws {
    try await options.show(options.client.status(), render: Self.render)
  }

  static func render(_ status: StatusReport) -> String {
    var lines = [
      "anycast-ospfd \(status.version), \(status.state.rawValue), process \(status.processID), "
        + "up \(Shown.age(status.uptimeSeconds)) since \(status.startedAt)",
      "configuration \(status.configurationFiles.joined(separator: ", ")), read \(status.configurationLoadedAt)",
    ]
    for instance in status.instances {
      lines.append("")
      lines.append(
        "\(instance.protocol.title(instance.addressFamily)) router ID \(instance.routerID), "
          + "area \(instance.areas.isEmpty ? "-" : instance.areas.joined(separator: ", ")): "
          + "\(count(instance.interfaceCount, "interface")), \(count(instance.neighborCount, "neighbor")) "
          + "(\(instance.adjacencyCount) Full), \(count(instance.lsaCount, "LSA"))")
      guard !instance.advertisements.isEmpty else { continue }
      lines.append(advertisements(instance.advertisements))
    }
    let services = status.services.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    lines.append("")
    lines.append("services: \(services.isEmpty ? "none" : services.joined(separator: ", "))")
    return lines.joined(separator: "\n")
  }

  private static func advertisements(_ advertisements: [AdvertisementReport]) -> String {
    var table = Table("  Advertised", "Kind", ">Metric", "Acknowledged")
    for advertisement in advertisements {
      let type = advertisement.metricType.map { " type \($0)" } ?? ""
      table.add(
        "  " + advertisement.prefix, advertisement.kind.rawValue + type, String(advertisement.metric),
        advertisement.acknowledged ? "yes" : "no")
    }
    return table.text
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
