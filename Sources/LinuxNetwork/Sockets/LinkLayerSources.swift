import OSPFProtocol
import OSPFWire

/// The address of a station on an Ethernet.
public struct LinkLayerAddress: Hashable, Sendable, CustomStringConvertible {
  /// Its six octets.
  public var rawValue: UInt64

  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// `02:00:00:00:00:2a`
  public var description: String {
    stride(from: 40, through: 0, by: -8).map { shift in
      let octet = String(rawValue >> UInt64(shift) & 0xFF, radix: 16)
      return octet.count == 1 ? "0" + octet : octet
    }.joined(separator: ":")
  }
}

/// From which stations of a link the packets of each address come. One address is one station, until a router is replaced; where packets of
/// one address come from two, somebody else sends in a router's name.
public struct LinkLayerSources: Sendable {
  /// An address whose packets come from another station than before.
  public struct Change: Hashable, Sendable {
    public var address: IPAddress
    public var former: LinkLayerAddress
    public var current: LinkLayerAddress
    /// The former one still sends too.
    public var isContested: Bool
    /// How often it has changed.
    public var count: UInt64
    public var at: Instant
  }

  private struct Entry {
    var current: LinkLayerAddress
    var former: LinkLayerAddress?
    var lastHeard: Instant
    var change: Change?
  }

  /// Whoever makes up sources makes others be forgotten, and not this table grow.
  static let capacity = 64
  /// So long after a change may the station of before be the one that has been replaced.
  static let patience = Duration.seconds(600)

  private var entries: [IPAddress: Entry] = [:]

  public init() {}

  /// The last change of each address that has changed.
  public var changes: [Change] { entries.values.compactMap(\.change).sorted { $0.address < $1.address } }

  /// A packet has come. What it changes, if anything.
  public mutating func note(_ address: IPAddress, from station: LinkLayerAddress, at now: Instant) -> Change? {
    guard var entry = entries[address] else {
      if entries.count >= Self.capacity, let oldest = entries.min(by: { $0.value.lastHeard < $1.value.lastHeard }) {
        entries[oldest.key] = nil
      }
      entries[address] = Entry(current: station, lastHeard: now)
      return nil
    }
    defer { entries[address] = entry }
    entry.lastHeard = now
    guard entry.current != station else { return nil }
    let isBack = station == entry.former && entry.change.map { now - $0.at < Self.patience } ?? false
    let change = Change(
      address: address, former: entry.current, current: station, isContested: isBack, count: (entry.change?.count ?? 0) + 1,
      at: now)
    (entry.former, entry.current, entry.change) = (entry.current, station, change)
    return change
  }
}
