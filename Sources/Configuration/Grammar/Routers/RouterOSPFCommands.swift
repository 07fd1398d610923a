import OSPFProtocol
import OSPFWire
import Redistribution

/// The commands of `router ospf`.
enum RouterOSPFCommands {
  static let all =
    RouterCommands.all + CommandsWithoutEffect.routerOSPF
    + [
      RouterCommands.routerID("ospf router-id"), RouterCommands.routerID("router-id"), RouterCommands.referenceBandwidth,
      network, passiveInterface, passiveByDefault, neighbor, increasingSequenceNumbers, RedistributionCommands.distributeList,
    ]

  private static let passiveByDefault = Command("passive-interface default") { _, draft throws(ConfigurationError) in
    draft.editRouter { $0.isPassiveByDefault = true }
  } undo: { _, draft throws(ConfigurationError) in
    draft.editRouter { $0.isPassiveByDefault = false }
  }

  /// Without it the number of the last packet is accepted once more, as RFC 2328 has it. FRR does the same after `no`.
  private static let increasingSequenceNumbers = Command("compatible rfc7474") { _, draft throws(ConfigurationError) in
    draft.editRouter { $0.demandsIncreasingSequenceNumbers = true }
  } undo: { arguments, draft throws(ConfigurationError) in
    draft.noteIfNothing(was: draft.configuration.ospf?.demandsIncreasingSequenceNumbers ?? false, arguments)
    draft.editRouter { $0.demandsIncreasingSequenceNumbers = false }
  }

  private static let network = Command("network") { arguments, draft throws(ConfigurationError) in
    let word = arguments.peek
    let statement = try networkStatement(&arguments)
    let statements = draft.configuration.ospf?.networks ?? []
    if let other = statements.first(where: { $0.prefix == statement.prefix }), let place = draft.places[.network(other.prefix)] {
      guard other == statement else {
        throw arguments.conflict("the network is in area \(other.area) already, at \(place)", at: word)
      }
      return draft.note(.withoutEffect, arguments, "the same as at \(place)")
    }
    draft.places[.network(statement.prefix)] = word.map { arguments.line.location(of: $0) }
    draft.editRouter { $0.networks.append(statement) }
  } undo: { arguments, draft throws(ConfigurationError) in
    let statement = try networkStatement(&arguments)
    guard draft.configuration.ospf?.networks.contains(statement) ?? false else {
      return draft.note(.withoutEffect, arguments, "there is no such statement above")
    }
    draft.editRouter { $0.networks.removeAll { $0 == statement } }
  }

  private static func networkStatement(_ arguments: inout Arguments) throws(ConfigurationError) -> NetworkStatement {
    try refuseWildcard(arguments)
    let prefix = try arguments.ipv4Prefix()
    _ = try arguments.keyword(["area"])
    return NetworkStatement(prefix: prefix, area: try arguments.areaID())
  }

  /// IOS's `network ADDRESS WILDCARD`: says how the same is written here.
  private static func refuseWildcard(_ arguments: Arguments) throws(ConfigurationError) {
    var arguments = arguments
    guard let word = arguments.peek, let address = arguments.ipv4AddressIfPresent(),
      let mask = arguments.ipv4AddressIfPresent()
    else { return }
    let length =
      IPv4Prefix.length(ofMask: IPv4Address(rawValue: ~mask.rawValue)) ?? IPv4Prefix.length(ofMask: mask)
    let meant = length.map { "'\(IPv4Prefix(address, length: $0))', which is how it is written here" }
    throw ConfigurationError(
      location: arguments.line.location(of: word), problem: .badValue, word: "\(word.text) \(mask)",
      expected: meant ?? "one prefix or several, as 192.0.2.0/24: the wildcard is no mask of a prefix")
  }

  /// The same as `ip ospf passive` in the interface's block, where it is kept.
  private static let passiveInterface = Command("passive-interface") { arguments, draft throws(ConfigurationError) in
    try setPassive(true, &arguments, &draft)
  } undo: { arguments, draft throws(ConfigurationError) in
    try setPassive(false, &arguments, &draft)
  }

  private static func setPassive(
    _ isPassive: Bool, _ arguments: inout Arguments, _ draft: inout Draft
  ) throws(ConfigurationError) {
    let name = try arguments.interfaceName()
    let address = arguments.ipv4AddressIfPresent()
    draft.configuration.interfaces[draft.interfaceIndex(name)][.v2, address].isPassive = isPassive
  }

  /// `priority` and `poll-interval` may come on one line or on several, as Quagga writes them.
  private static let neighbor = Command("neighbor") { arguments, draft throws(ConfigurationError) in
    let address = try arguments.ipv4Address()
    var statement = draft.configuration.ospf?.neighbors[address] ?? NeighborStatement()
    while !arguments.isAtEnd {
      switch try arguments.keyword(["priority", "poll-interval"]) {
      case "priority": statement.priority = UInt8(clamping: try arguments.number(0...255))
      default: statement.pollInterval = try arguments.duration(.seconds(1) ... .seconds(65535), bare: .seconds)
      }
    }
    draft.editRouter { [statement] in $0.neighbors[address] = statement }
  } undo: { arguments, draft throws(ConfigurationError) in
    let address = try arguments.ipv4Address()
    arguments.skipAll()
    draft.editRouter { $0.neighbors[address] = nil }
  }
}
