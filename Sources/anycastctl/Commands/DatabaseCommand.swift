import ArgumentParser
import ControlAPI

struct DatabaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "database", abstract: "The link state database, by scope and LS type.",
    discussion: "Those LSAs that the daemon originated are marked with *.")

  @OptionGroup var families: FamilyOptions
  @OptionGroup var options: ShowOptions

  func run() async throws {
    let all = try await options.client.database()
    try options.show(all.filter { families.shows($0.addressFamily) }, render: Self.render(_:width:))
  }

  static func render(_ database: [LSAReport], width: Int? = nil) -> String {
    guard !database.isEmpty else { return "the link state database is empty" }
    var sections: [(title: String, table: Table)] = []
    for lsa in database {
      let title = "\(lsa.protocol.title(lsa.addressFamily)) \(lsa.lsTypeName) (type \(type(lsa))), \(scope(lsa))"
      if sections.last?.title != title {
        sections.append(
          (
            title,
            Table(
              "  Link State ID", "Advertising Router", ">Age", "Sequence number", "Checksum", "Content",
              leastUseful: ["Checksum", "Sequence number"])
          ))
      }
      sections[sections.count - 1].table.add(
        (lsa.selfOriginated ? "* " : "  ") + lsa.linkStateID, lsa.advertisingRouter, String(lsa.ageSeconds),
        lsa.sequenceNumber, lsa.checksum, content(lsa))
    }
    return sections.map { "\($0.title)\n\n\($0.table.text(width: width))" }.joined(separator: "\n\n")
  }

  /// OSPFv3 types are read as hexadecimal, because their first digit is the scope.
  private static func type(_ lsa: LSAReport) -> String {
    lsa.protocol == .ospfV3 ? "0x" + String(lsa.lsType, radix: 16) : String(lsa.lsType)
  }

  private static func scope(_ lsa: LSAReport) -> String {
    switch lsa.scope {
    case .link: "link \(lsa.interface ?? "?")"
    case .area: "area \(lsa.area ?? "?")"
    case .autonomousSystem: "autonomous system"
    }
  }

  private static func content(_ lsa: LSAReport) -> String {
    guard let body = lsa.body else { return "\(lsa.length) octets" }
    var parts: [String] = []
    if let bits = body.bits, !bits.isEmpty { parts.append("bits \(bits)") }
    if let links = body.links { parts.append("\(links.count) link\(links.count == 1 ? "" : "s")") }
    if let prefix = body.prefix { parts.append(prefix) }
    if let router = body.destinationRouterID { parts.append("router \(router)") }
    if let address = body.linkLocalAddress { parts.append(address) }
    if let prefixes = body.prefixes { parts += prefixes }
    if let referenced = body.referenced { parts.append("of \(referenced)") }
    if let routers = body.attachedRouters { parts.append("attached \(routers.joined(separator: " "))") }
    if let metric = body.metric { parts.append((body.metricType.map { "E\($0) " } ?? "") + "metric \(metric)") }
    if let address = body.forwardingAddress, address != "0.0.0.0" { parts.append("forwarding \(address)") }
    if let tag = body.tag, tag != 0 { parts.append("tag \(tag)") }
    return parts.joined(separator: ", ")
  }
}
