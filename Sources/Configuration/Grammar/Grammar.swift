/// The blocks of the dialect, and the commands of each.
///
/// As in Quagga a line is first looked up in the block it stands in, then at the top level, whose commands therefore end a block.
enum Grammar {
  /// The kinds of blocks.
  enum Node: String, Sendable, CaseIterable {
    case top = "the top level"
    case interface
    case routerOSPF = "router ospf"
    case routerOSPF6 = "router ospf6"
    case service = "anycast service"
    case routeMap = "route-map"
    case keyChain = "key chain"
    case bfd
    case lineVTY = "line vty"
  }

  /// The commands of a block.
  static func commands(of node: Node) -> CommandTree {
    switch node {
    case .top: top
    case .interface: interface
    case .routerOSPF: routerOSPF
    case .routerOSPF6: routerOSPF6
    case .service: service
    case .routeMap: routeMap
    case .keyChain: keyChain
    case .bfd: bfd
    case .lineVTY: lineVTY
    }
  }

  private static let top = CommandTree(TopLevelCommands.all)
  private static let interface = CommandTree(InterfaceCommands.all)
  private static let routerOSPF = CommandTree(RouterOSPFCommands.all)
  private static let routerOSPF6 = CommandTree(RouterOSPF6Commands.all)
  private static let service = CommandTree(AnycastServiceCommands.all)
  private static let routeMap = CommandTree(RouteMapCommands.all)
  private static let keyChain = CommandTree(KeyChainCommands.all)
  private static let bfd = CommandTree(BFDCommands.all)
  private static let lineVTY = CommandTree(TopLevelCommands.lineVTY)
}
