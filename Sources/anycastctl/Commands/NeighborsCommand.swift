import ArgumentParser
import ControlAPI

struct NeighborsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "neighbors", abstract: "The neighbors, their states and the lengths of their lists.")

  @OptionGroup var families: FamilyOptions
  @OptionGroup var options: ShowOptions

  func run() async throws {
    let all = try await options.client.neighbors()
    try options.show(all.filter { families.shows($0.addressFamily) }, render: Self.render(_:width:))
  }

  static func render(_ neighbors: [NeighborReport], width: Int? = nil) -> String {
    guard !neighbors.isEmpty else { return "no neighbors: no Hello has been accepted on any interface" }
    var table = Table(
      "Neighbor ID", ">Pri", "State", ">In state", ">Dead time", "Address", "Interface", "Our address", ">RXmtL", ">RqstL",
      ">DBsmL",
      "Protocol", leastUseful: ["DBsmL", "Our address", "RqstL", "RXmtL", "Pri", "Protocol", "In state", "Dead time"])
    for neighbor in neighbors {
      table.add(
        neighbor.routerID + (neighbor.hostname.map { " (\($0))" } ?? ""), String(neighbor.priority),
        "\(neighbor.state)/\(neighbor.role)",
        Shown.age(neighbor.stateAgeSeconds), Shown.countdown(neighbor.deadSeconds), neighbor.address,
        neighbor.interface, neighbor.interfaceAddress, String(neighbor.retransmissionCount),
        String(neighbor.requestCount), String(neighbor.summaryCount),
        neighbor.protocol.title(neighbor.addressFamily), notes: notes(neighbor))
    }
    return table.text(width: width)
  }

  /// A state that looks well and is not says so.
  private static func notes(_ neighbor: NeighborReport) -> [String] {
    guard let theirs = neighbor.linkBackMissing else { return [] }
    return [
      "no route leads over it: it describes \(theirs == .nothing ? "no link to us" : "a \(theirs)"); see `anycastctl doctor`"
    ]
  }
}
