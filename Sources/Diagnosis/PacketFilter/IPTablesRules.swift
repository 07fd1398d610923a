import OSPFWire

extension PacketFilter {
  /// What `iptables-save` (or `ip6tables-save`) prints, of every table.
  public init(iptables text: String, _ family: Family) {
    chains = [:]
    var table = ""
    let command = family == .ipv4 ? "iptables" : "ip6tables"
    for line in text.split(separator: "\n") {
      let words = Self.words(of: line)
      guard let first = words.first else { continue }
      switch first.first {
      case "*": table = String(first.dropFirst())
      case ":" where words.count > 1:
        let name = String(first.dropFirst())
        chains["\(table) \(name)"] = Chain(
          title: "chain \(name) of \(command)'s table \(table)", hook: Self.hook(ofChain: name), families: [family],
          dropsByDefault: words[1] == "DROP")
      case "-" where first == "-A" && words.count > 1:
        let rule = IPTablesRule(words.dropFirst(2), table: table)
        chains["\(table) \(words[1])"]?.rules.append(
          Rule(title: "the rule `\(line)`", conditions: rule.conditions, verdict: rule.verdict))
      default: break
      }
    }
  }

  /// The words of a line; what stands in quotation marks is one.
  private static func words(of line: Substring) -> [String] {
    line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { position, part in
      position % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
    }
  }

  private static func hook(ofChain name: String) -> Hook? {
    switch name {
    case "INPUT", "PREROUTING": .input
    case "OUTPUT", "POSTROUTING": .output
    default: nil
    }
  }
}

/// The options of one rule.
private struct IPTablesRule {
  private(set) var conditions: [PacketFilter.Condition] = []
  private(set) var verdict = PacketFilter.Verdict.proceed

  init(_ words: some Sequence<String>, table: String) {
    var words = Array(words)[...]
    while let option = words.popFirst() {
      let isNegated = option == "!"
      let name = isNegated ? words.popFirst() ?? "" : option
      switch name {
      case "-p", "--protocol": conditions.append(Self.ipProtocol(words.popFirst() ?? "", isNegated: isNegated))
      case "-i", "--in-interface": conditions.append(.device([words.popFirst() ?? ""], .input, isNegated: isNegated))
      case "-o", "--out-interface": conditions.append(.device([words.popFirst() ?? ""], .output, isNegated: isNegated))
      case "-d", "--destination":
        let prefix = words.popFirst().flatMap { word in IPPrefix(word) ?? IPAddress(word).map { IPPrefix(host: $0) } }
        conditions.append(prefix.map { .destination([$0], isNegated: isNegated) } ?? .unknown)
      case "-s", "--source":
        let prefix = words.popFirst().flatMap { word in IPPrefix(word) ?? IPAddress(word).map { IPPrefix(host: $0) } }
        conditions.append(prefix.map { .source([$0], isNegated: isNegated) } ?? .unknown)
      case "-j", "--jump": verdict = Self.verdict(words.popFirst() ?? "", table: table) { .jump($0) }
      case "-g", "--goto": verdict = Self.verdict(words.popFirst() ?? "", table: table) { .goTo($0) }
      case "--ctstate", "--state":
        let states = Set((words.popFirst() ?? "").split(separator: ",").map(String.init))
        conditions.append(!isNegated && states.isSubset(of: ["ESTABLISHED", "RELATED"]) ? .established : .unknown)
      // The name of an extension is not a condition by itself, its options are; those of the target say nothing of the packet.
      case "-m", "--match", "--reject-with", "--log-prefix", "--log-level", "--comment": _ = words.popFirst()
      default: conditions.append(.unknown)
      }
    }
  }

  private static func ipProtocol(_ name: String, isNegated: Bool) -> PacketFilter.Condition {
    switch name {
    case "ospf", "ospfigp", "89": .ipProtocol([89], isNegated: isNegated)
    default: .ipProtocol([], isNegated: isNegated)
    }
  }

  private static func verdict(
    _ target: String, table: String, call: (String) -> PacketFilter.Verdict
  ) -> PacketFilter.Verdict {
    switch target {
    case "ACCEPT": .accept
    case "DROP", "REJECT": .drop
    case "RETURN": .leave
    case "LOG", "NFLOG", "MARK", "CONNMARK", "TRACE", "TCPMSS", "CT", "NOTRACK", "DSCP", "TOS": .proceed
    case "QUEUE", "NFQUEUE": .unknown
    default: call("\(table) \(target)")
    }
  }
}
