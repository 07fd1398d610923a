import OSPFWire
import OrderedCollections

/// The Link State IDs of what is advertised, which stay with their prefixes.
struct LinkStateIDs {
  /// OSPFv2: those of external prefixes.
  private var appendixE = AppendixEAssignment()
  /// OSPFv3: those of external prefixes, where the number means nothing.
  private var externalNumbers = NumberAssignment()
  /// OSPFv3: the places of stub prefixes in the intra-area-prefix-LSAs.
  private(set) var places = PlaceAssignment()

  /// The Link State ID of an external prefix; nil when it has not been assigned one.
  func external(_ prefix: IPPrefix) -> LinkStateID? {
    if case .v4(let prefix) = prefix, let linkStateID = appendixE[prefix] { return linkStateID }
    return externalNumbers[prefix]
  }

  /// Takes over a new set of advertisements.
  mutating func update(_ advertisements: [Advertisement], version: OSPFVersion) {
    var external: [IPPrefix] = []
    var stub: [IPPrefix] = []
    for advertisement in advertisements {
      switch advertisement.kind {
      case .external: external.append(advertisement.prefix)
      case .stub: stub.append(advertisement.prefix)
      }
    }
    switch version {
    case .v2:
      appendixE.update(Set(external.compactMap { if case .v4(let prefix) = $0 { prefix } else { nil } }))
    case .v3:
      externalNumbers.update(external)
      places.update(stub)
    }
  }
}

/// Numbers made from the prefixes themselves, so that they are the same after a restart; one that is taken moves on to the next.
struct NumberAssignment {
  private var numbers: [IPPrefix: UInt32] = [:]
  private var owners: [UInt32: IPPrefix] = [:]

  /// The Link State ID of a prefix; nil when it has not been assigned one.
  subscript(prefix: IPPrefix) -> LinkStateID? { numbers[prefix].map(LinkStateID.init) }

  mutating func update(_ prefixes: [IPPrefix]) {
    let wanted = Set(prefixes)
    for (prefix, number) in numbers where !wanted.contains(prefix) {
      numbers[prefix] = nil
      owners[number] = nil
    }
    for prefix in prefixes.sorted() where numbers[prefix] == nil {
      var number = NumberAssignment.number(of: prefix)
      // Zero is left out: some routers take it for the router-LSA's own.
      while number == 0 || owners[number] != nil { number &+= 1 }
      numbers[prefix] = number
      owners[number] = prefix
    }
  }

  /// An IPv4 address as it is; the four words of an IPv6 address and its length by FNV-1a.
  private static func number(of prefix: IPPrefix) -> UInt32 {
    switch prefix {
    case .v4(let prefix): prefix.address.rawValue
    case .v6(let prefix):
      (prefix.address.octets + [UInt8(clamping: prefix.length)]).reduce(0x811C_9DC5 as UInt32) {
        ($0 ^ UInt32($1)) &* 0x0100_0193
      }
    }
  }
}

/// Places in a row of LSAs: a prefix that goes leaves a gap for the next one, and the others stay in the LSA that they are in.
struct PlaceAssignment {
  private var places: OrderedDictionary<IPPrefix, Int> = [:]
  private var free: [Int] = []
  private var end = 0

  /// The place of a prefix, counted from 0; nil when it has none.
  subscript(prefix: IPPrefix) -> Int? { places[prefix] }

  mutating func update(_ prefixes: [IPPrefix]) {
    let wanted = Set(prefixes)
    free += places.filter { !wanted.contains($0.key) }.values
    places.removeAll { !wanted.contains($0.key) }
    free.sort(by: >)
    for prefix in prefixes where places[prefix] == nil {
      if let place = free.popLast() {
        places[prefix] = place
      } else {
        places[prefix] = end
        end += 1
      }
    }
  }
}
