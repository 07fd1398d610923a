import FoundationEssentials
import OSPFWire

extension PacketFilter {
  /// What `nft -j list ruleset` prints (libnftables-json(5)). Throws what `JSONDecoder` throws when it is no JSON.
  public init(nftables json: String) throws {
    let objects = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))["nftables"].elements
    var sets: [String: [JSONValue]] = [:]
    for set in objects.map({ $0["set"] }) {
      sets["\(set["table"].text) @\(set["name"].text)"] = set["elem"].elements
    }
    chains = [:]
    for chain in objects.map({ $0["chain"] }) where chain["name"].text != "" {
      chains[Self.key(chain, chain["name"])] = Chain(
        title: "chain \(chain["name"].text) of table \(chain["family"].text) \(chain["table"].text)",
        hook: Self.hook(chain["hook"].text), families: Self.families(chain["family"].text),
        dropsByDefault: chain["policy"].text == "drop")
    }
    for rule in objects.map({ $0["rule"] }) where rule["chain"].text != "" {
      let statements = NFTablesStatements(rule["expr"].elements) { sets["\(rule["table"].text) \($0)"] }
      let title = "the rule with handle \(rule["handle"].text)"
      for (conditions, verdict) in statements.alternatives {
        chains[Self.key(rule, rule["chain"])]?.rules.append(
          Rule(title: title, conditions: conditions, verdict: verdict.map { Self.key(rule, .text($0)) }))
      }
    }
  }

  private static func key(_ object: JSONValue, _ chain: JSONValue) -> String {
    "\(object["family"].text) \(object["table"].text) \(chain.text)"
  }

  private static func hook(_ name: String) -> Hook? {
    switch name {
    case "input", "prerouting", "ingress": .input
    case "output", "postrouting", "egress": .output
    default: nil
    }
  }

  private static func families(_ name: String) -> Set<Family> {
    switch name {
    case "ip": [.ipv4]
    case "ip6": [.ipv6]
    case "inet", "netdev": [.ipv4, .ipv6]
    default: []
    }
  }
}

extension PacketFilter.Verdict {
  /// The same with the name of the chain replaced.
  fileprivate func map(_ key: (String) -> String) -> Self {
    switch self {
    case .jump(let chain): .jump(key(chain))
    case .goTo(let chain): .goTo(key(chain))
    case .accept, .drop, .leave, .proceed, .unknown: self
    }
  }
}

/// The statements of one rule.
private struct NFTablesStatements {
  /// A verdict for each set of conditions, in their order; a verdict map has several.
  private(set) var alternatives: [(conditions: [PacketFilter.Condition], verdict: PacketFilter.Verdict)] = []
  private let set: (String) -> [JSONValue]?

  init(_ statements: [JSONValue], set: @escaping (String) -> [JSONValue]?) {
    self.set = set
    var conditions: [PacketFilter.Condition] = []
    for statement in statements {
      guard case .object(let members) = statement, let (name, body) = members.first else { continue }
      switch name {
      case "match": conditions.append(condition(left: body["left"], right: body["right"], body["op"].text))
      case "vmap":
        for pair in body["data"]["set"].elements where pair.elements.count == 2 {
          let key = condition(left: body["key"], right: pair.elements[0], "==")
          alternatives.append((conditions + [key], Self.verdict(pair.elements[1])))
        }
      case "accept", "drop", "reject", "return", "jump", "goto":
        alternatives.append((conditions, Self.verdict(statement)))
      // A rate, or an extension of iptables that has no words here.
      case "limit", "xt", "queue": conditions.append(.unknown)
      default: break
      }
    }
  }

  private static func verdict(_ statement: JSONValue) -> PacketFilter.Verdict {
    guard case .object(let members) = statement, let (name, body) = members.first else { return .unknown }
    return switch name {
    case "accept": .accept
    case "drop", "reject": .drop
    case "return": .leave
    case "jump": .jump(body["target"].text)
    case "goto": .goTo(body["target"].text)
    case "continue": .proceed
    default: .unknown
    }
  }

  private func condition(left: JSONValue, right: JSONValue, _ relation: String) -> PacketFilter.Condition {
    guard relation == "==" || relation == "!=" || relation == "in" else { return .unknown }
    let isNegated = relation == "!="
    let values = expand(right)
    let (header, field) = (left["payload"]["protocol"].text, left["payload"]["field"].text)
    switch (left["meta"]["key"].text, header, field) {
    case ("l4proto", _, _): return .ipProtocol(Self.protocols(values), isNegated: isNegated)
    // What is about a header of the other version is not about this packet.
    case (_, "ip", "protocol") where !isNegated: return .ipProtocol(Self.protocols(values))
    case (_, "ip6", "nexthdr") where !isNegated: return .ipProtocol(Self.protocols(values))
    case (_, "ip", "daddr"), (_, "ip6", "daddr"):
      return Self.prefixes(values).map { .destination($0, isNegated: isNegated) } ?? .unknown
    case (_, "ip", "saddr"), (_, "ip6", "saddr"):
      return Self.prefixes(values).map { .source($0, isNegated: isNegated) } ?? .unknown
    case ("iifname", _, _), ("iif", _, _): return .device(Set(values.map(\.text)), .input, isNegated: isNegated)
    case ("oifname", _, _), ("oif", _, _): return .device(Set(values.map(\.text)), .output, isNegated: isNegated)
    case ("nfproto", _, _) where values.count == 1 && !isNegated: return .family(values[0].text == "ipv4" ? .ipv4 : .ipv6)
    case ("pkttype", _, _) where values.count == 1:
      return values[0].text == "multicast" ? .multicast(!isNegated) : isNegated ? .unknown : .never
    case (_, "tcp", _), (_, "udp", _), (_, "icmp", _), (_, "icmpv6", _), (_, "sctp", _), (_, "udplite", _), (_, "dccp", _):
      return .never
    case _ where left["ct"]["key"].text == "state" && !isNegated:
      let states = Set(values.map(\.text))
      return states.isSubset(of: ["established", "related"]) ? .established : .unknown
    default: return .unknown
    }
  }

  /// The members of an anonymous or a named set, or the value itself.
  private func expand(_ value: JSONValue) -> [JSONValue] {
    switch value {
    case .text(let name) where name.hasPrefix("@"): set(name) ?? []
    case .array(let elements): elements
    case .object(let members) where members["set"] != nil: value["set"].elements
    case .text, .number, .object, .null: [value]
    }
  }

  private static func protocols(_ values: [JSONValue]) -> Set<UInt8> {
    Set(
      values.flatMap { value -> [UInt8] in
        let range = value["range"].elements.compactMap { UInt8($0.text) }
        if range.count == 2, range[0] <= range[1] { return Array(range[0]...range[1]) }
        return value.text.hasPrefix("ospf") ? [89] : UInt8(value.text).map { [$0] } ?? []
      })
  }

  /// Nil when a value is not a prefix: a range, say.
  private static func prefixes(_ values: [JSONValue]) -> [IPPrefix]? {
    let prefixes = values.map { value in
      IPAddress(value.text).map { IPPrefix(host: $0) }
        ?? IPPrefix("\(value["prefix"]["addr"].text)/\(value["prefix"]["len"].text)")
    }
    return prefixes.allSatisfy { $0 != nil } ? prefixes.compactMap(\.self) : nil
  }
}
