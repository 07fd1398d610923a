import AnycastPolicy
import OSPFProtocol
import OSPFWire
import Redistribution

/// The commands that begin blocks, end them, or stand outside of any.
enum TopLevelCommands {
  static let all =
    blocks + ends + routerID + FilterListCommands.all + [RouteMapCommands.block, KeyChainCommands.block, BFDCommands.block]
    + StaticRouteCommands.all + FleetCommands.all + ControlCommands.all + MetricsCommands.all + LogCommands.all + unsupported
    + ForeignBlocks.topLevel
    + CommandsWithoutEffect.topLevel

  /// Inside of `line vty`.
  static let lineVTY = CommandsWithoutEffect.lineVTY

  private static let blocks: [Command] = [
    Command("interface", opensBlock: true) { arguments, draft throws(ConfigurationError) in
      let name = try arguments.interfaceName()
      guard try isInDefaultVRF(&arguments) else { return draft.context = .interfaceInVRF }
      draft.context = .interface(draft.interfaceIndex(name))
    },
    router("router ospf", .v2),
    router("router ospf6", .v3),
    Command("anycast service", opensBlock: true) { arguments, draft throws(ConfigurationError) in
      try beginService(&arguments, &draft)
    },
    Command("line vty", opensBlock: true) { arguments, draft throws(ConfigurationError) in
      draft.note(.withoutEffect, arguments, CommandsWithoutEffect.noTerminal)
      draft.context = .lineVTY
    },
  ]

  private static func router(_ phrase: String, _ version: OSPFVersion) -> Command {
    Command(phrase, opensBlock: true) { arguments, draft throws(ConfigurationError) in
      let number = arguments.takeInstanceNumber()
      guard try isInDefaultVRF(&arguments) else { throw notInVRF(arguments) }
      try takeInstance(number, version, arguments, &draft)
      draft.context = .router(version)
      draft.places[.router(version)] = arguments.location
      draft.configuration[version] = draft.configuration[version] ?? RouterSection()
    } undo: { arguments, draft throws(ConfigurationError) in
      _ = arguments.takeInstanceNumber()
      draft.configuration[version] = nil
      draft.instances[version] = nil
    }
  }

  /// `vrf NAME`; the VRF called `default` is none.
  private static func isInDefaultVRF(_ arguments: inout Arguments) throws(ConfigurationError) -> Bool {
    guard arguments.skip("vrf") else { return true }
    return try arguments.take(expecting: "the name of a VRF").text == "default"
  }

  /// IOS and FRR may run several instances, each with a number, or in FRR one without. Here there is one, so its number says nothing as
  /// long as it is the only one. `number` is nil where the line has none.
  static func takeInstance(
    _ number: Word?, _ version: OSPFVersion, _ arguments: Arguments, _ draft: inout Draft
  ) throws(ConfigurationError) {
    let place = Draft.Place.instance(version, number?.text)
    if let other = draft.instances[version], other != place, let location = draft.places[other] {
      throw ConfigurationError(
        location: arguments.line.location(of: number ?? arguments.line.words.first),
        problem: .notSupported("there is one instance of each version, and another one is at \(location)"),
        word: number?.text ?? arguments.line.text)
    }
    draft.instances[version] = place
    guard draft.places[place] == nil else { return }
    draft.places[place] = arguments.location
    if let number {
      draft.note(
        .withoutEffect, arguments, "there is one instance of each version: the number \(number.text) only gives it a name")
    }
  }

  static func notInVRF(_ arguments: Arguments) -> ConfigurationError {
    ConfigurationError(
      location: arguments.location, problem: .notSupported("VRFs; run one daemon in each network namespace"),
      word: arguments.line.text)
  }

  private static func beginService(_ arguments: inout Arguments, _ draft: inout Draft) throws(ConfigurationError) {
    let word = arguments.peek
    let name = try arguments.value(ServiceConfiguration.nameExpectation) { ServiceConfiguration.isName($0) ? $0 : nil }
    if let place = draft.beginService(name, at: arguments.line.location(of: word)) {
      throw arguments.conflict("there is already a service of this name, at \(place)", at: word)
    }
  }

  /// They leave the block, which looking them up at the top level has already done.
  private static let ends: [Command] = ["exit", "quit", "end"].map {
    Command($0) { _, draft throws(ConfigurationError) in draft.context = .top }
  }

  /// Quagga's zebra.conf, and FRR's spelling of it.
  private static let routerID = ["router-id", "ip router-id"].map { phrase in
    Command(phrase) { arguments, draft throws(ConfigurationError) in
      let word = arguments.peek
      draft.configuration.routerID = try arguments.routerID()
      draft.places[.routerID(nil)] = word.map { arguments.line.location(of: $0) }
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.configuration.routerID = nil
    }
  }

  private static let unsupported: [Command] =
    [
      .notSupported("include", "give each file by its own --config")
    ]
}
