import AnycastPolicy
import Configuration
import OSPFProtocol
import OSPFWire
import Redistribution

/// The difference between two configurations, in sentences.
extension Configuration {
  /// What is different from `old`. Nothing when both mean the same.
  func changes(since old: Configuration) -> [String] {
    var changes: [String] = []
    if routerID != old.routerID { changes.append("router-id changed") }
    changes += Self.changes("router ospf", from: old.ospf, to: ospf)
    changes += Self.changes("router ospf6", from: old.ospf6, to: ospf6)
    changes += Self.changes("interface", from: old.interfaces, to: interfaces, name: \.name)
    changes += Self.changes("service", from: old.services, to: services, name: \.name)
    changes += Self.changes("access-list", from: old.filters.accessLists, to: filters.accessLists, name: \.phrase)
    changes += Self.changes("prefix-list", from: old.filters.prefixLists, to: filters.prefixLists, name: \.phrase)
    changes += Self.changes("route-map", from: old.filters.routeMaps, to: filters.routeMaps, name: \.self)
    changes += Self.changes("key chain", from: old.keyChains, to: keyChains, name: \.self)
    if staticRoutes != old.staticRoutes { changes.append("static routes changed") }
    if fleetMembers != old.fleetMembers { changes.append("fleet members changed") }
    if hostname != old.hostname { changes.append("fleet hostname changed") }
    if lastDrain != old.lastDrain { changes.append("on-last-drain changed") }
    if metricsListeners != old.metricsListeners { changes.append("metrics listen changed") }
    if logging != old.logging { changes.append("log changed") }
    return changes
  }

  private static func changes(_ what: String, from old: RouterSection?, to new: RouterSection?) -> [String] {
    switch (old, new) {
    case (nil, nil): []
    case (nil, _?): ["\(what) added"]
    case (_?, nil): ["\(what) removed"]
    case (let old?, let new?): old == new ? [] : ["\(what) changed"]
    }
  }

  private static func changes<Name: Hashable & Comparable, Block: Equatable>(
    _ what: String, from old: [Name: Block], to new: [Name: Block], name: (Name) -> String
  ) -> [String] {
    Set(old.keys).union(new.keys).sorted().compactMap { key in
      switch (old[key], new[key]) {
      case (nil, _?): "\(what) \(name(key)) added"
      case (_?, nil): "\(what) \(name(key)) removed"
      case (let old, let new): old == new ? nil : "\(what) \(name(key)) changed"
      }
    }
  }

  private static func changes<Block: Equatable>(
    _ what: String, from old: [Block], to new: [Block], name: (Block) -> String
  ) -> [String] {
    let before = Dictionary(old.map { (name($0), $0) }) { first, _ in first }
    let names = Set(new.map(name))
    let added = new.compactMap { block in
      switch before[name(block)] {
      case nil: "\(what) \(name(block)) added"
      case let old?: old == block ? nil : "\(what) \(name(block)) changed"
      }
    }
    return added + old.map(name).filter { !names.contains($0) }.map { "\(what) \($0) removed" }
  }
}

extension ListName {
  /// Lists of IPv4 and of IPv6 may have the same name.
  fileprivate var phrase: String { family == .ipv4 ? name : "\(name) (IPv6)" }
}
