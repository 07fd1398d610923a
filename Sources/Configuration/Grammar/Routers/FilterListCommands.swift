import OSPFProtocol
import OSPFWire
import Redistribution

/// The lines of access lists and prefix lists.
enum FilterListCommands {
  static let all: [Command] =
    [
      list("access-list", .ipv4, \.accessLists, remark: "remark", accessCriterion),
      list("ipv6 access-list", .ipv6, \.accessLists, remark: "remark", accessCriterion),
      list("ip prefix-list", .ipv4, \.prefixLists, remark: "description", prefixRange),
      list("ipv6 prefix-list", .ipv6, \.prefixLists, remark: "description", prefixRange),
    ]
    + ["ip", "ipv6"].map {
      .withoutEffect("\($0) prefix-list sequence-number", "sequence numbers are always there")
    }

  private typealias CriterionReader<Criterion> =
    @Sendable (inout Arguments, AddressFamily) throws(ConfigurationError) -> Criterion

  /// `NAME remark TEXT` or `NAME [seq N] permit|deny ...`; after `no` also `NAME` alone, and `NAME seq N`.
  private static func list<Criterion>(
    _ phrase: String, _ family: AddressFamily, _ lists: WritableKeyPath<Filters, [ListName: FilterList<Criterion>]> & Sendable,
    remark: String, _ criterion: @escaping CriterionReader<Criterion>
  ) -> Command {
    Command(phrase) { arguments, draft throws(ConfigurationError) in
      let name = ListName(try arguments.listName(), family: family)
      let words = ["seq", "permit", "deny", remark]
      if arguments.skip(remark) {
        let text = try arguments.restOfLine(expecting: "a text")
        draft.configuration.filters[keyPath: lists][name, default: FilterList()].remark = text
        return draft.begin(.list(phrase, name.name), arguments)
      }
      let sequence = try sequenceNumber(&arguments)
      let isPermit = try arguments.keyword(sequence == nil ? words : ["permit", "deny"]) == "permit"
      let said = try criterion(&arguments, family)
      try draft.add(said, isPermit, sequence, to: lists, .list(phrase, name.name), name, arguments)
    } undo: { arguments, draft throws(ConfigurationError) in
      let name = ListName(try arguments.listName(), family: family)
      guard !arguments.isAtEnd else {
        let removed = draft.configuration.filters[keyPath: lists].removeValue(forKey: name)
        return draft.noteIfNothing(was: removed != nil, arguments)
      }
      var list = draft.configuration.filters[keyPath: lists][name] ?? FilterList()
      let wasThere: Bool
      if arguments.skip(remark) {
        arguments.skipAll()
        wasThere = list.remark != nil
        list.remark = nil
      } else {
        let sequence = try sequenceNumber(&arguments)
        if let sequence, arguments.isAtEnd {
          wasThere = list.remove { $0.sequence == sequence }
        } else {
          let isPermit = try arguments.keyword(["permit", "deny"]) == "permit"
          let said = try criterion(&arguments, family)
          wasThere = list.remove {
            $0.isPermit == isPermit && $0.criterion == said && $0.sequence == sequence ?? $0.sequence
          }
        }
      }
      let isEmpty = list.rules.isEmpty && list.remark == nil
      draft.configuration.filters[keyPath: lists][name] = isEmpty ? nil : list
      draft.noteIfNothing(was: wasThere, arguments)
    }
  }

  private static func sequenceNumber(_ arguments: inout Arguments) throws(ConfigurationError) -> UInt32? {
    guard arguments.skip("seq") else { return nil }
    return UInt32(clamping: try arguments.number(1...Int(UInt32.max), "a sequence number"))
  }
}

// MARK: - Access lists

extension FilterListCommands {
  private static let accessCriterion: CriterionReader<AccessCriterion> = { arguments, family throws(ConfigurationError) in
    if arguments.skip("any") { return .any }
    if family == .ipv4 {
      if arguments.skip("host") { return .address(MaskedAddress(try arguments.ipv4Address())) }
      if arguments.skip("ip") {
        let address = try maskedAddress(&arguments)
        return .addressAndMask(address, mask: try maskedAddress(&arguments))
      }
      if let address = arguments.ipv4AddressIfPresent() {
        guard !arguments.isAtEnd else { return .address(MaskedAddress(address)) }
        return .address(MaskedAddress(address, wildcard: try wildcard(&arguments)))
      }
    }
    let prefix = try arguments.prefix(
      family, orElse: family == .ipv4 ? "'any', 'host', 'ip', an address with a wildcard mask" : "'any'")
    return .prefix(prefix, isExact: arguments.skip("exact-match"))
  }

  /// `any`, `host ADDRESS` or `ADDRESS WILDCARD`
  private static func maskedAddress(_ arguments: inout Arguments) throws(ConfigurationError) -> MaskedAddress {
    if arguments.skip("any") { return .any }
    if arguments.skip("host") { return MaskedAddress(try arguments.ipv4Address()) }
    let address = try arguments.value("'any', 'host' or an IPv4 address") { IPv4Address($0) }
    return MaskedAddress(address, wildcard: try wildcard(&arguments))
  }

  private static func wildcard(_ arguments: inout Arguments) throws(ConfigurationError) -> IPv4Address {
    try arguments.value("a wildcard mask, as 0.0.0.255") { IPv4Address($0) }
  }
}

// MARK: - Prefix lists

extension FilterListCommands {
  private static let prefixRange: CriterionReader<PrefixRange> = { arguments, family throws(ConfigurationError) in
    if arguments.skip("any") {
      let everything = IPPrefix.everything(family)
      return PrefixRange(everything, longest: everything.address.bitWidth)
    }
    let prefix = try arguments.prefix(family, orElse: "'any'")
    var range = PrefixRange(prefix)
    while !arguments.isAtEnd {
      switch try arguments.keyword(["ge", "le"]) {
      case "ge": range.shortest = try arguments.number(prefix.length...prefix.address.bitWidth, "a prefix length")
      default: range.longest = try arguments.number(prefix.length...prefix.address.bitWidth, "a prefix length")
      }
    }
    if let shortest = range.shortest, let longest = range.longest, longest < shortest {
      throw arguments.conflict("'ge \(shortest)' and 'le \(longest)' leave no length")
    }
    return range
  }
}

extension Arguments {
  /// The name of a list, a route-map or a key chain.
  mutating func listName() throws(ConfigurationError) -> String { try take(expecting: "a name").text }

  /// A prefix of a family.
  fileprivate mutating func prefix(_ family: AddressFamily, orElse others: String) throws(ConfigurationError) -> IPPrefix {
    let example = family == .ipv4 ? "an IPv4 prefix, as 192.0.2.0/24" : "an IPv6 prefix, as 2001:db8::/32"
    return try value("\(others) or \(example)") { text in
      guard let prefix = IPPrefix(text), prefix.family == family else { return nil }
      return prefix
    }
  }
}

extension Draft {
  /// Adds a rule to a list, as FRR does: one that the list has already is ignored, one with the number of another replaces it.
  fileprivate mutating func add<Criterion>(
    _ criterion: Criterion, _ isPermit: Bool, _ sequence: UInt32?,
    to lists: WritableKeyPath<Filters, [ListName: FilterList<Criterion>]>, _ owner: Place, _ name: ListName,
    _ arguments: Arguments
  ) throws(ConfigurationError) {
    var list = configuration.filters[keyPath: lists][name] ?? FilterList()
    if let same = list.rule(sayingSameAs: isPermit, criterion), sequence ?? same.sequence == same.sequence {
      return note(.withoutEffect, arguments, "the same as \(same.origin)")
    }
    guard let number = sequence ?? list.nextSequence else {
      throw arguments.conflict("no sequence number is left after the last rule's; write 'seq N'")
    }
    if let other = list.rule(numbered: number), let place = other.origin.location, place.path != arguments.line.path {
      throw arguments.conflict(
        "there is \(other.origin) already; all files share their lists, so give one of the two another name")
    }
    list.insert(
      FilterList.Rule(sequence: number, isPermit: isPermit, criterion: criterion, origin: arguments.origin))
    configuration.filters[keyPath: lists][name] = list
    begin(owner, arguments)
  }
}
