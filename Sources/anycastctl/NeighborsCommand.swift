import ArgumentParser
import ControlAPI

struct NeighborsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "neighbors", abstract: "The neighbors, their states and the lengths of their lists.")

  @OptionGroup var options: ShowOptions

  func run() async throws {
    try await options.show(options.client.neighbors(), render: Self.render)
  }

  static func render(_ neighbors: [NeighborReport]) -> String {
    guard !neighbors.isEmpty else { return "no neighbors: no Hello has been accepted on any interface" }
    var table = Table(
      "Neighbor ID", ">Pri", "State", ">In state", ">Dead time", "Address", "Interface", ">RXmtL", ">RqstL", ">DBsmL")
    for neighbor in neighbors {
      table.add(
        neighbor.routerID, String(neighbor.priority), "\(neighbor.state)/\(neighbor.role)",
        Shown.age(neighbor.stateAgeSeconds), Shown.countdown(neighbor.deadSeconds), neighbor.address,
        "\(neighbor.interface):\(neighbor.interfaceAddress)", String(neighbor.retransmissionCount),
        String(neighbor.requestCount), String(neighbor.summaryCount))
    }
    return table.text
  }
}
