import Redistribution

/// A block of another daemon, which is left out whole.
struct ForeignBlock: Hashable, Sendable {
  /// The notice of the block, by its place.
  var notice: Int
  /// How far its first line is indented.
  var indentation: Int
  /// Words that begin lines of the block, and lines of the top level too.
  var ownWords: Set<String>
  /// What the block stands in.
  var parent: Draft.Context
  /// Its lines without the first one.
  var lineCount = 0
  /// Its lines are indented deeper than the first one, as FRR writes them; then the first one that is not does not belong to it.
  var isIndented = false

  /// What becomes of a line.
  enum Verdict {
    /// It belongs to the block.
    case inside
    /// It is the block's last.
    case last
    /// It does not belong to it.
    case outside
  }

  /// Whether a line belongs to the block. Files that people write by hand do not indent; then whatever is known outside of the block ends
  /// it, as it does in FRR.
  func verdict(on line: Line, isKnownOutside: (Line) -> Bool) -> Verdict {
    if line.indentation > indentation { return .inside }
    guard let word = line.words.first?.text else { return .inside }
    if word == "exit" || word == "quit" || (word.hasPrefix("exit-") && word != "exit-address-family") { return .last }
    if word == "exit-address-family" { return .inside }
    if isIndented || word == "end" { return .outside }
    if ownWords.contains(word) { return .inside }
    return isKnownOutside(line) ? .outside : .inside
  }
}

/// The blocks of FRR's other daemons. Each is left out with one notice that says what that costs.
enum ForeignBlocks {
  static let topLevel: [Command] =
    [
      block(
        "router bgp", "BGP is spoken by another program; the routes that it puts into the kernel are for 'redistribute kernel'"),
      block("router isis", "this daemon speaks OSPF only", ownWords: ["hostname"]),
      block(
        "vrf", "nothing in a VRF is seen here; a daemon of its own can run in it", ownWords: ["ip", "ipv6", "router-id", "no"]),
      block("mpls ldp", "no labels are distributed", ownWords: ["router-id"]),
      block("segment-routing", "no segment routing LSA is originated"),
      block("nexthop-group", "no routes are installed"),
      block("pbr-map", "no policy routing is done"),
      block("rpki", "BGP is spoken by another program"),
      block("l2vpn", "no pseudowires are made"),
      block("pseudowire", "no pseudowires are made"),
      block("affinity-map", "no traffic engineering LSA is originated"),
      block("nhrp", "NHRP is spoken by another program"),
      block("traffic-eng", "no traffic engineering LSA is originated"),
      block("bmp", "BGP is spoken by another program"),
    ]
    + ["babel", "eigrp", "openfabric", "pim", "pim6", "rip", "ripng", "igmp"].map {
      block("router \($0)", "this daemon speaks OSPF only; what the other one puts into the kernel is for 'redistribute kernel'")
    }

  static let interface: [Command] = [
    block("link-params", "no traffic engineering LSA is originated"),
    Command("exit-link-params") { _, _ throws(ConfigurationError) in },
  ]

  private static func block(_ phrase: String, _ reason: String, ownWords: Set<String> = []) -> Command {
    Command(phrase, opensBlock: true) { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.beginForeignBlock(arguments, reason, ownWords: ownWords)
    } undo: { arguments, draft throws(ConfigurationError) in
      arguments.skipAll()
      draft.note(.withoutEffect, arguments, "already the default")
    }
  }
}
