/// A `show` command in the words of vtysh.
public struct ShowCommand: Hashable, Sendable {
  /// What is shown.
  public var subject: Subject
  /// `json` as the last word.
  public var isJSON = false
  /// `vrf NAME`: there is only the default one, and it is said in the answer.
  var namesVRF = false

  /// What can be shown.
  public enum Subject: Hashable, Sendable {
    /// `ip ospf`
    case ospf
    /// `ip ospf neighbor`
    case ospfNeighbors(NeighborSelection)
    /// `ip ospf interface [IF]`
    case ospfInterfaces(String?)
    /// `ip ospf interface traffic [IF]`
    case ospfTraffic(String?)
    /// `ip ospf database`
    case ospfDatabase(DatabaseSelection)
    /// `ipv6 ospf6`
    case ospf6
    /// `ipv6 ospf6 neighbor`
    case ospf6Neighbors(NeighborSelection)
    /// `ipv6 ospf6 neighbor drchoice`
    case ospf6DesignatedRouterChoice
    /// `ipv6 ospf6 interface [IF]`
    case ospf6Interfaces(String?)
    /// `ipv6 ospf6 interface traffic [IF]`
    case ospf6Traffic(String?)
    /// `ipv6 ospf6 database`
    case ospf6Database(DatabaseSelection)
    /// `bfd peers [brief|counters]`, or `bfd peer A.B.C.D`
    case bfdPeers(BFDSelection)
    /// `running-config`
    case runningConfiguration(hasHeader: Bool)
  }

  /// Which neighbors.
  public struct NeighborSelection: Hashable, Sendable {
    /// Those with this router ID.
    public var routerID: String?
    /// Those on this device.
    public var interface: String?
    /// Those that are configured and down as well.
    public var isAll = false
    /// Everything about them.
    public var isDetailed = false
  }

  /// Which BFD sessions, and what of them.
  public enum BFDSelection: Hashable, Sendable {
    case all, brief, counters
    case peer(String)
  }

  /// Which LSAs.
  public struct DatabaseSelection: Hashable, Sendable {
    /// Those of this type, in the word of the command.
    public var type: String?
    /// Those with this Link State ID.
    public var linkStateID: String?
    /// Those of this router.
    public var advertisingRouter: String?
    /// Those of this daemon.
    public var isSelfOriginated = false
    /// Those at MaxAge.
    public var isMaxAge = false
    /// Everything about them. In OSPFv2 it is what a type means.
    public var isDetailed = false
  }

  /// Reads the words after `show`. A single one may contain all of them, as after `vtysh -c`.
  public init(_ words: [String]) throws(ShowError) {
    var texts = words.flatMap { $0.split(separator: " ").map(String.init) }
    if texts.count > 1, let last = texts.last, "json".hasPrefix(last) {
      texts.removeLast()
      isJSON = true
    }
    var words = CommandWords(texts)
    switch try words.require(["ip", "ipv6", "bfd", "running-config"]) {
    case "ip":
      _ = try words.require(["ospf"])
      namesVRF = try Self.readVRF(&words)
      subject = try Self.readOSPF(&words)
    case "ipv6":
      _ = try words.require(["ospf6"])
      // Nothing of ospf6d's answers says which VRF they are about.
      _ = try Self.readVRF(&words)
      subject = try Self.readOSPF6(&words)
    case "bfd": subject = .bfdPeers(try Self.readBFD(&words))
    default:
      subject = .runningConfiguration(hasHeader: try words.expect(["no-header"]) == nil)
      guard !isJSON else { throw .notHere("'show running-config' is a text, and no JSON") }
    }
    try words.finish()
  }

  /// Whether the link state database is needed for the answer.
  public var needsDatabase: Bool {
    switch subject {
    case .ospf, .ospfDatabase, .ospf6, .ospf6Interfaces, .ospf6Database: true
    case .ospfNeighbors, .ospfInterfaces, .ospfTraffic, .ospf6Neighbors, .ospf6DesignatedRouterChoice, .ospf6Traffic,
      .bfdPeers, .runningConfiguration:
      false
    }
  }

  private static func readBFD(_ words: inout CommandWords) throws(ShowError) -> BFDSelection {
    guard try words.require(["peers", "peer"]) == "peers" else {
      guard let address = words.take() else { throw .incomplete(expected: ["A.B.C.D", "X:X::X:X"]) }
      return .peer(address)
    }
    switch try words.expect(["brief", "counters"], or: ["json"]) {
    case "brief"?: return .brief
    case "counters"?: return .counters
    default: return .all
    }
  }

  private static func readVRF(_ words: inout CommandWords) throws(ShowError) -> Bool {
    guard try words.keyword(among: ["vrf"]) != nil else { return false }
    _ = try words.require(["default", "all"])
    return true
  }

  private static let noRoutes = "this daemon computes no routes; what it knows of the network is its database"

  /// The word that says what of an instance is shown; nil at the end. FRR has more of them, which are about routes.
  private static func subject(_ words: inout CommandWords, routeWords: [String]) throws(ShowError) -> String? {
    let subjects = ["neighbor", "interface", "database"]
    guard let word = try words.keyword(among: subjects + routeWords) else {
      return try words.expect(subjects, or: ["vrf", "json"])
    }
    guard subjects.contains(word) else { throw .notHere(noRoutes) }
    return word
  }

  private static func readOSPF(_ words: inout CommandWords) throws(ShowError) -> Subject {
    switch try subject(&words, routeWords: ["route", "border-routers"]) {
    case "neighbor"?: return .ospfNeighbors(try readNeighbors(&words))
    case "interface"?:
      if try words.keyword(among: ["traffic"]) != nil { return .ospfTraffic(words.take()) }
      return .ospfInterfaces(words.take())
    case "database"?: return .ospfDatabase(try readDatabase(&words))
    default: return .ospf
    }
  }

  private static func readOSPF6(_ words: inout CommandWords) throws(ShowError) -> Subject {
    switch try subject(&words, routeWords: ["route", "border-routers", "spf"]) {
    case "neighbor"?:
      if let routerID = words.dottedQuad() {
        return .ospf6Neighbors(NeighborSelection(routerID: routerID, isDetailed: true))
      }
      switch try words.expect(["detail", "drchoice"], or: ["A.B.C.D", "json"]) {
      case "detail"?: return .ospf6Neighbors(NeighborSelection(isDetailed: true))
      case "drchoice"?: return .ospf6DesignatedRouterChoice
      default: return .ospf6Neighbors(NeighborSelection())
      }
    case "interface"?:
      if try words.keyword(among: ["traffic"]) != nil { return .ospf6Traffic(words.take()) }
      return .ospf6Interfaces(words.take())
    case "database"?: return .ospf6Database(try readDatabase6(&words))
    default: return .ospf6
    }
  }

  private static func readNeighbors(_ words: inout CommandWords) throws(ShowError) -> NeighborSelection {
    var selection = NeighborSelection()
    while words.next != nil {
      switch try words.keyword(among: ["detail", "all"]) {
      case "detail"?: selection.isDetailed = true
      case "all"?: selection.isAll = true
      default:
        guard selection.routerID == nil, selection.interface == nil else { return selection }
        selection.routerID = words.dottedQuad()
        if selection.routerID == nil { selection.interface = words.take() }
      }
    }
    return selection
  }

  private static func readDatabase(_ words: inout CommandWords) throws(ShowError) -> DatabaseSelection {
    let alone = ["max-age", "self-originate"]
    var selection = DatabaseSelection()
    switch try words.expect(OSPFDatabaseSection.all.map(\.word) + alone, or: ["json"]) {
    case "max-age"?: selection.isMaxAge = true
    case "self-originate"?: selection.isSelfOriginated = true
    case let type?:
      selection.type = type
      selection.isDetailed = true
      selection.linkStateID = words.dottedQuad()
      let narrower = selection.linkStateID == nil ? ["A.B.C.D", "json"] : ["json"]
      switch try words.expect(["adv-router", "self-originate"], or: narrower) {
      case "adv-router"?: selection.advertisingRouter = try words.requireDottedQuad()
      case "self-originate"?: selection.isSelfOriginated = true
      default: break
      }
    case nil: break
    }
    return selection
  }

  private static func readDatabase6(_ words: inout CommandWords) throws(ShowError) -> DatabaseSelection {
    var selection = DatabaseSelection()
    let type = try words.keyword(among: OSPF6LSAKind.all.map(\.word) + ["*"])
    selection.type = type == "*" ? nil : type
    if let linkStateID = words.dottedQuad() {
      selection.linkStateID = linkStateID
      selection.advertisingRouter = words.dottedQuad()
    }
    while words.next != nil {
      let expected = selection.type == nil ? OSPF6LSAKind.all.map(\.word) : []
      switch try words.expect(["adv-router", "linkstate-id", "self-originated", "detail"], or: expected + ["json"]) {
      case "adv-router"?: selection.advertisingRouter = try words.requireDottedQuad()
      case "linkstate-id"?: selection.linkStateID = try words.requireDottedQuad()
      case "self-originated"?: selection.isSelfOriginated = true
      default: selection.isDetailed = true
      }
    }
    return selection
  }
}

extension ShowCommand.DatabaseSelection {
  /// Whether an LSA is meant, its type apart.
  func includes(_ lsa: ShownLSA) -> Bool {
    (linkStateID ?? lsa.linkStateID) == lsa.linkStateID
      && (advertisingRouter ?? lsa.advertisingRouter) == lsa.advertisingRouter
      && (!isSelfOriginated || lsa.report.selfOriginated) && (!isMaxAge || lsa.report.ageSeconds >= 3600)
  }
}
