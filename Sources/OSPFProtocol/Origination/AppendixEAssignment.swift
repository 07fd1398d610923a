import OSPFWire

/// Gives each external prefix a Link State ID of its own (RFC 2328 appendix E), which stays with it while it is advertised.
///
/// A prefix takes its network address where that is free, and otherwise the network address with host bits set. A host prefix
/// has no host bits, so it takes its address from a wider prefix, which moves.
struct AppendixEAssignment {
  private var identifiers: [IPv4Prefix: LinkStateID] = [:]
  private var owners: [LinkStateID: IPv4Prefix] = [:]

  /// The Link State ID of a prefix; nil when every address of the prefix is the ID of a longer one.
  subscript(prefix: IPv4Prefix) -> LinkStateID? { identifiers[prefix] }

  /// Releases what is no longer wanted and assigns what is new, longest prefixes first because they have the least choice.
  mutating func update(_ prefixes: Set<IPv4Prefix>) {
    for (prefix, identifier) in identifiers where !prefixes.contains(prefix) {
      identifiers[prefix] = nil
      owners[identifier] = nil
    }
    let new = prefixes.filter { identifiers[$0] == nil }
    for prefix in new.sorted(by: { ($1.length, $0.address) < ($0.length, $1.address) }) { assign(prefix) }
  }

  private mutating func assign(_ prefix: IPv4Prefix) {
    let own = LinkStateID(rawValue: prefix.address.rawValue)
    if prefix.length == 32, let displaced = owners[own] {
      take(own, for: prefix)
      identifiers[displaced] = nil
      assign(displaced)
      return
    }
    let hostBits = ~prefix.mask.rawValue
    // The all-ones host part first, as the appendix has it, then downwards past whatever is taken.
    var candidate = owners[own] == nil ? 0 : hostBits
    while owners[LinkStateID(rawValue: own.rawValue | candidate)] != nil {
      if candidate == 0 { return }
      candidate -= 1
    }
    take(LinkStateID(rawValue: own.rawValue | candidate), for: prefix)
  }

  private mutating func take(_ identifier: LinkStateID, for prefix: IPv4Prefix) {
    identifiers[prefix] = identifier
    owners[identifier] = prefix
  }
}
