import OSPFWire

/// The rules of a packet filter, as far as they can be understood, and what becomes of an OSPF packet in them.
public struct PacketFilter: Hashable, Sendable {
  /// A list of rules.
  public struct Chain: Hashable, Sendable {
    /// How people find it: `chain input of table inet filter`.
    public var title: String
    /// From where it is entered; nil for one that others jump to.
    public var hook: Hook?
    /// The families of packets that it sees.
    public var families: Set<Family>
    /// Whether what no rule decides is dropped.
    public var dropsByDefault: Bool
    /// The rules, in their order.
    public var rules: [Rule]

    public init(title: String, hook: Hook?, families: Set<Family>, dropsByDefault: Bool = false, rules: [Rule] = []) {
      self.title = title
      self.hook = hook
      self.families = families
      self.dropsByDefault = dropsByDefault
      self.rules = rules
    }
  }

  /// Where the packets of a host pass.
  public enum Hook: Hashable, Sendable {
    case input
    case output
  }

  /// The version of IP.
  public enum Family: Hashable, Sendable {
    case ipv4
    case ipv6
  }

  /// A rule: all conditions must hold.
  public struct Rule: Hashable, Sendable {
    /// How people find it: `handle 7`, `-p ospf -j DROP`.
    public var title: String
    /// What must hold.
    public var conditions: [Condition]
    /// What is done then.
    public var verdict: Verdict

    public init(title: String, conditions: [Condition], verdict: Verdict) {
      self.title = title
      self.conditions = conditions
      self.verdict = verdict
    }
  }

  /// Something that a packet is or is not.
  public enum Condition: Hashable, Sendable {
    /// The IP protocol is one of these.
    case ipProtocol(Set<UInt8>, isNegated: Bool = false)
    /// The device's name matches; a `*` or `+` at its end stands for anything.
    case device(Set<String>, Hook, isNegated: Bool = false)
    /// The source is within one of these.
    case source([IPPrefix], isNegated: Bool = false)
    /// The destination is within one of these.
    case destination([IPPrefix], isNegated: Bool = false)
    /// The version of IP.
    case family(Family)
    /// It is, or is not, a multicast.
    case multicast(Bool)
    /// It belongs to something that has been answered before, which a multicast never does.
    case established
    /// It is never true of an OSPF packet: a port, an ICMP type.
    case never
    /// It cannot be decided from here: a mark, a rate.
    case unknown
  }

  /// What a rule does with a packet.
  public enum Verdict: Hashable, Sendable {
    case accept
    case drop
    case jump(String)
    case goTo(String)
    case leave
    /// It goes on with the next rule.
    case proceed
    /// It cannot be understood.
    case unknown
  }

  /// The chains by their names.
  public var chains: [String: Chain]

  public init(chains: [String: Chain]) { self.chains = chains }
}

/// What becomes of OSPF packets.
extension PacketFilter {
  /// An OSPF packet that arrives or leaves.
  public struct Probe: Hashable, Sendable {
    /// Whether it arrives or leaves.
    public var hook: Hook
    /// The version of IP.
    public var family: Family
    public var device: String
    /// Its destination; nil for the address of a neighbor, or ours, which nobody has told.
    public var destination: IPAddress?
    /// Its source; nil for that of anybody.
    public var source: IPAddress?

    public init(_ hook: Hook, _ family: Family, device: String, destination: IPAddress?, source: IPAddress? = nil) {
      self.hook = hook
      self.family = family
      self.device = device
      self.destination = destination
      self.source = source
    }
  }

  /// The rules that drop a packet, or the chains that do so by default, each as people find it. A rule that cannot be understood
  /// counts as not dropping; one that may accept the packet takes away the certainty of every later rule that does not name OSPF.
  public func drops(_ probe: Probe) -> [String] {
    chains.filter { $0.value.hook == probe.hook && $0.value.families.contains(probe.family) }.keys.sorted().compactMap {
      var mayBeAccepted = false
      guard let chain = chains[$0] else { return nil }
      switch walk($0, probe, depth: 0, mayBeAccepted: &mayBeAccepted) {
      case .dropped(let rule): return rule
      case .accepted: return nil
      case .undecided: return chain.dropsByDefault && !mayBeAccepted ? "the policy of \(chain.title)" : nil
      }
    }
  }

  private enum Fate {
    case accepted
    case dropped(by: String)
    case undecided
  }

  /// Chains cannot call each other without end; what claims to is cut off.
  private static let depthLimit = 16

  private func walk(_ name: String, _ probe: Probe, depth: Int, mayBeAccepted: inout Bool) -> Fate {
    guard depth < Self.depthLimit, let chain = chains[name] else { return .undecided }
    for rule in chain.rules {
      let truth = rule.conditions.map { $0.truth(of: probe) }.min() ?? .yes
      switch (truth, rule.verdict) {
      case (.no, _), (_, .proceed), (.maybe, .drop), (.maybe, .leave): continue
      case (.maybe, .accept), (.maybe, .unknown), (.yes, .unknown): mayBeAccepted = true
      case (.yes, .accept): return .accepted
      case (.yes, .drop):
        guard !mayBeAccepted || rule.conditions.contains(where: \.namesOSPF) else { return .accepted }
        return .dropped(by: "\(rule.title) of \(chain.title)")
      case (.yes, .leave): return .undecided
      case (.yes, .jump(let target)):
        let fate = walk(target, probe, depth: depth + 1, mayBeAccepted: &mayBeAccepted)
        if case .undecided = fate { continue }
        return fate
      case (.yes, .goTo(let target)): return walk(target, probe, depth: depth + 1, mayBeAccepted: &mayBeAccepted)
      case (.maybe, .jump(let target)), (.maybe, .goTo(let target)):
        // Only what accepts in there matters: it takes away the certainty of what follows.
        if case .accepted = walk(target, probe, depth: depth + 1, mayBeAccepted: &mayBeAccepted) { mayBeAccepted = true }
      }
    }
    return .undecided
  }
}

/// Whether something is so; the least of several is that of all of them.
enum Truth: Comparable {
  case no
  case maybe
  case yes

  init(_ value: Bool, isNegated: Bool = false) { self = value != isNegated ? .yes : .no }
}

extension PacketFilter.Condition {
  private static let ospf: UInt8 = 89

  func truth(of probe: PacketFilter.Probe) -> Truth {
    switch self {
    case .ipProtocol(let numbers, let isNegated): Truth(numbers.contains(Self.ospf), isNegated: isNegated)
    case .device(let names, let hook, let isNegated):
      // What comes in has no device to leave through, and the other way round.
      hook == probe.hook ? Truth(names.contains { Self.matches($0, probe.device) }, isNegated: isNegated) : .no
    case .source(let prefixes, let isNegated):
      probe.source.map { address in Truth(prefixes.contains { $0.contains(address) }, isNegated: isNegated) } ?? .maybe
    case .destination(let prefixes, let isNegated):
      probe.destination.map { address in Truth(prefixes.contains { $0.contains(address) }, isNegated: isNegated) } ?? .maybe
    case .family(let family): Truth(family == probe.family)
    case .multicast(let isMulticast): probe.destination.map { Truth($0.isMulticast == isMulticast) } ?? .maybe
    case .established: probe.destination?.isMulticast == true ? .no : .maybe
    case .never: .no
    case .unknown: .maybe
    }
  }

  /// Whether it singles OSPF out.
  fileprivate var namesOSPF: Bool {
    if case .ipProtocol(let numbers, isNegated: false) = self { numbers.contains(Self.ospf) } else { false }
  }

  private static func matches(_ pattern: String, _ device: String) -> Bool {
    guard let last = pattern.last, last == "*" || last == "+" else { return pattern == device }
    return device.hasPrefix(pattern.dropLast())
  }
}

extension IPAddress {
  fileprivate var isMulticast: Bool {
    switch self {
    case .v4(let address): address.isMulticast
    case .v6(let address): address.isMulticast
    }
  }
}
