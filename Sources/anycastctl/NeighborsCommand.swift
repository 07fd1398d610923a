import ArgumentParser
import ControlAPI

struct NeighborsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "neighbors", abstract: "The neighbors, their states and the lengths of their lists.")

  @OptionGroup var families: FamilyOptions
  @OptionGroup var options: ShowOptions

  func run() async throws {
    let all = try await options.client.neighbors()
    try options.show(all.filter { families.shows($0.addressFamily) }, render: Self.render)
  }

  static func render(_ neighbors: [NeighborReport]) -> String {
    guard !neighbors.isEmpty else { return "no neighbors: no Hello has been accepted on any interface" }
    var table = Table(
      "Neighbor ID", ">Pri", "State", ">In state", ">Dead time", "Address", "Interface", ">RXmtL", ">RqstL", ">DBsmL",
      "Protocol")
    for neighbor in neighbors {
      table.add(
        neighbor.routerID, String(neighbor.priority), "\(neighbor.state)/\(neighbor.role)",
        Shown.age(neighbor.stateAgeSeconds), Shown.countdown(neighbor.deadSeconds), neighbor.address,
        "\(neighbor.interface):\(neighbor.interfaceAddress)", String(neighbor.retransmissionCount),
        String(neighbor.requestCount), String(neighbor.summaryCount),
        neighbor.protocol.title(neighbor.addressFamily))
    }
    return table.text
  }
}
