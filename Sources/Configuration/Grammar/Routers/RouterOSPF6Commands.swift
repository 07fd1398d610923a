import OSPFProtocol
import OSPFWire
import Redistribution

/// The commands of `router ospf6`.
enum RouterOSPF6Commands {
  static let all =
    RouterCommands.all
    + [
      RouterCommands.routerID("ospf6 router-id"), RouterCommands.routerID("router-id"), RouterCommands.referenceBandwidth,
      RouterCommands.hostRouter("stub-router administrative"), interfaceArea,
      .withoutEffect("ospf6 send-extra-data", "a feature of FRR's own daemons"),
      .notSupported("stub-router on-startup", "write 'stub-router administrative'"),
      .notSupported("stub-router on-shutdown", "write 'stub-router administrative'"),
    ]

  /// Quagga's `interface IF area A`, the same as `ipv6 ospf6 area A` in the interface's block, where it is kept. Without `area`
  /// the line begins an interface's block.
  private static let interfaceArea = Command("interface", applies: namesArea) { arguments, draft throws(ConfigurationError) in
    let (name, area) = try interfaceAndArea(&arguments)
    draft.configuration.interfaces[draft.interfaceIndex(name)].ospf6.area = area
    draft.places[.interfaceArea(name, .v3, nil)] = arguments.location
  } undo: { arguments, draft throws(ConfigurationError) in
    let (name, _) = try interfaceAndArea(&arguments)
    draft.configuration.interfaces[draft.interfaceIndex(name)].ospf6.area = nil
  }

  private static func namesArea(_ arguments: Arguments) -> Bool {
    var arguments = arguments
    return (try? arguments.interfaceName()) != nil && arguments.skip("area")
  }

  private static func interfaceAndArea(
    _ arguments: inout Arguments
  ) throws(ConfigurationError) -> (name: String, area: AreaID) {
    let name = try arguments.interfaceName()
    _ = try arguments.keyword(["area"])
    return (name, try arguments.areaID())
  }
}
