import ArgumentParser
import ControlAPI

struct InterfacesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interfaces", abstract: "The OSPF interfaces, their states and timers.")

  @OptionGroup var families: FamilyOptions
  @OptionGroup var options: ShowOptions

  func run() async throws {
    let all = try await options.client.interfaces()
    try options.show(all.filter { families.shows($0.addressFamily) }, render: Self.render(_:width:))
  }

  static func render(_ interfaces: [InterfaceReport], width: Int? = nil) -> String {
    guard !interfaces.isEmpty else { return "no OSPF interfaces" }
    var table = Table(
      "Interface", "Protocol", "State", "Area", "Address", "Type", ">Cost", ">Pri", ">MTU", ">Hello", ">Dead", ">Hello due",
      "DR", "BDR", ">Full/Nbrs", ">Refused", "Authentication",
      leastUseful: [
        "Hello due", "BDR", "MTU", "Pri", "Refused", "Dead", "Hello", "DR", "Area", "Cost", "Type", "Authentication",
      ])
    for interface in interfaces {
      table.add(
        interface.interface, interface.protocol.title(interface.addressFamily), state(interface), interface.area,
        interface.subnet ?? interface.address ?? "-", interface.networkType.rawValue, String(interface.cost),
        String(interface.priority), interface.mtu.map(String.init) ?? "-", Shown.interval(interface.helloIntervalSeconds),
        Shown.interval(interface.deadIntervalSeconds), Shown.countdown(interface.helloDueSeconds),
        interface.designatedRouter ?? "-", interface.backupDesignatedRouter ?? "-",
        "\(interface.adjacencyCount)/\(interface.neighborCount)", String(interface.packetsRefused), authentication(interface))
    }
    return table.text(width: width)
  }

  /// What packets are sent with: `hmac-sha-256 key 2`.
  private static func authentication(_ interface: InterfaceReport) -> String {
    guard interface.authentication.isCryptographic else {
      return interface.authentication == .none ? "-" : interface.authentication.rawValue
    }
    guard let key = interface.authenticationKeys.first(where: \.sending) else { return "no key in force" }
    return "\(key.algorithm) key \(key.id)"
  }

  private static func state(_ interface: InterfaceReport) -> String {
    if interface.databaseOverflow?.holdOffSeconds != nil { return "\(interface.state) (database full)" }
    return interface.passive ? "\(interface.state) (passive)" : interface.state.rawValue
  }
}
