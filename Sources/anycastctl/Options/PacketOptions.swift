import ArgumentParser
import CaptureAnalysis
import Glibc
import OSPFWire
import PacketCapture

/// What commands take that print packets.
struct PacketOptions: ParsableArguments {
  @Flag(name: [.customShort("v"), .long], help: "Every field of every packet.")
  var verbose = false

  @Flag(name: .long, help: "Every field as JSON, one object in each line.")
  var json = false

  @Option(name: .long, help: ArgumentHelp("Only packets of this router; repeatable.", valueName: "router-id"))
  var router: [RouterID] = []

  @Option(name: .long, help: ArgumentHelp("Only packets of this type; repeatable.", valueName: "type"))
  var type: [PacketTypeName] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Only packets with an LSA of this type (5, 0x4005, AS-external-LSA); repeatable.", valueName: "ls-type"))
  var lsa: [LSTypeName] = []

  @Option(name: .long, help: ArgumentHelp("Only packets with an LSA of this Link State ID.", valueName: "id"))
  var linkStateID: LinkStateID?

  @Option(name: .long, help: ArgumentHelp("Only packets with an LSA of this originator.", valueName: "router-id"))
  var advertisingRouter: RouterID?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Verify authentication with this password or key, for this Key ID (or Security Association ID) only if one is given; repeatable.",
      valueName: "[id:]key"))
  var key: [PacketKey] = []

  func validate() throws {
    if verbose, json { throw ValidationError("--verbose and --json exclude each other: --json has every field.") }
  }

  /// What prints the packets that are wanted.
  var printer: PacketPrinter {
    var filter = PacketSelection()
    filter.routerIDs = Set(router)
    filter.types = Set(type.map(\.packetType))
    filter.lsTypes = Set(lsa.flatMap(\.lsTypes))
    filter.linkStateID = linkStateID
    filter.advertisingRouter = advertisingRouter
    return PacketPrinter(style: json ? .json : verbose ? .fields : .summary, filter: filter, keys: key)
  }
}

/// The packet types as they are named on the command line.
enum PacketTypeName: String, CaseIterable, ExpressibleByArgument {
  case hello
  case description
  case request
  case update
  case acknowledgment

  var packetType: PacketType {
    switch self {
    case .hello: .hello
    case .description: .databaseDescription
    case .request: .linkStateRequest
    case .update: .linkStateUpdate
    case .acknowledgment: .linkStateAcknowledgment
    }
  }
}

/// An LS type as it is named on the command line: a number, or a name, which may stand for one type of each version.
struct LSTypeName: ExpressibleByArgument {
  var lsTypes: [LSType]

  init?(argument: String) {
    let number = argument.hasPrefix("0x") ? UInt16(argument.dropFirst(2), radix: 16) : UInt16(argument)
    if let number {
      lsTypes = [LSType(rawValue: number)]
    } else {
      lsTypes = LSType.named.filter { type, version in type.name(version).lowercased() == argument.lowercased() }.map(\.type)
      if lsTypes.isEmpty { return nil }
    }
  }

  static var allValueStrings: [String] {
    var names: [String] = []
    for (type, version) in LSType.named where !names.contains(type.name(version)) { names.append(type.name(version)) }
    return names
  }
}

extension LSType {
  /// The types that have a name.
  fileprivate static let named: [(type: LSType, version: OSPFVersion)] =
    [router, network, summaryNetwork, summaryASBR, asExternal, nssaExternal, opaqueLink, opaqueArea, opaqueAS].map { ($0, .v2) }
    + [routerV3, networkV3, interAreaPrefix, interAreaRouter, asExternalV3, nssaV3, link, intraAreaPrefix].map { ($0, .v3) }
}

extension RouterID: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension LinkStateID: ExpressibleByArgument {
  public init?(argument: String) {
    guard let address = IPv4Address(argument) else { return nil }
    self.init(rawValue: address.rawValue)
  }
}

extension PacketKey: ExpressibleByArgument {
  public init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, let id = UInt16(parts[0]) {
      self.init(id: id, secret: Secret(String(parts[1])))
    } else {
      self.init(secret: Secret(argument))
    }
  }
}
