import OSPFProtocol
import OSPFWire

/// `route-map`: entries that are gone through in the order of their sequence numbers. A route that none of them permits is denied.
public struct RouteMap: Hashable, Sendable {
  /// In the order of their sequence numbers, each of which is there once.
  public private(set) var entries: [Entry] = []

  /// A route-map without entries, which denies everything.
  public init() {}

  /// The entry with a sequence number; setting it puts it in its place, or takes it away.
  public subscript(sequence: UInt16) -> Entry? {
    get { entries.first { $0.sequence == sequence } }
    set {
      let position = entries.firstIndex { $0.sequence >= sequence } ?? entries.endIndex
      if position < entries.endIndex, entries[position].sequence == sequence { entries.remove(at: position) }
      if let newValue { entries.insert(newValue, at: position) }
    }
  }

  /// `route-map NAME permit|deny SEQUENCE` with its lines.
  public struct Entry: Hashable, Sendable {
    public let sequence: UInt16
    /// What happens to routes that match.
    public var isPermit: Bool
    /// For people.
    public var description: String?
    /// Which routes match: those that match all of it.
    public var match = Match()
    /// What is changed in routes that are permitted.
    public var set = Changes()
    /// `call`: the route-map that a permitted route goes through next, and that may still deny it.
    public var call: String?
    /// What follows when a route is permitted.
    public var continuation = Continuation.stop
    /// Where it stands.
    public var origin: RuleOrigin

    /// An entry without lines: it matches every route.
    public init(sequence: UInt16, isPermit: Bool, origin: RuleOrigin) {
      self.sequence = sequence
      self.isPermit = isPermit
      self.origin = origin
    }
  }

  /// The `match` lines.
  public struct Match: Hashable, Sendable {
    /// `match ip address` and `match ipv6 address`: an access list permits the prefix.
    public var accessLists: [AddressFamily: String] = [:]
    /// `match ip address prefix-list` and `match ipv6 address prefix-list`: a prefix list permits the prefix.
    public var prefixLists: [AddressFamily: String] = [:]
    /// `match interface`: the route leaves through this device.
    public var interface: String?
    /// `match tag`: the route's tag.
    public var tag: UInt32?

    /// Every route matches.
    public init() {}
  }

  /// The `set` lines. What is nil stays as it is.
  public struct Changes: Hashable, Sendable {
    /// `set metric`
    public var metric: Metric?
    /// `set min-metric`: no lower than this.
    public var minimumMetric: UInt32?
    /// `set max-metric`: no higher than this.
    public var maximumMetric: UInt32?
    /// `set metric-type`
    public var metricType: ExternalMetricType?
    /// `set tag`
    public var tag: UInt32?

    /// Nothing is changed.
    public init() {}

    /// `set metric N`, `+N` and `-N`.
    public enum Metric: Hashable, Sendable {
      /// This metric.
      case absolute(UInt32)
      /// So much above or below 20, whatever metric was configured elsewhere: FRR's meaning of the signs.
      case relative(Int32)
    }

    /// These changes, after the others.
    func merged(over other: Changes) -> Changes {
      var merged = self
      merged.metric = metric ?? other.metric
      merged.minimumMetric = minimumMetric ?? other.minimumMetric
      merged.maximumMetric = maximumMetric ?? other.maximumMetric
      merged.metricType = metricType ?? other.metricType
      merged.tag = tag ?? other.tag
      return merged
    }
  }

  /// `on-match`
  public enum Continuation: Hashable, Sendable {
    /// The route-map ends here.
    case stop
    /// `on-match next`, `continue`
    case next
    /// `on-match goto N`, `continue N`: the first entry with this number or a higher one. It is higher than the entry's own.
    case goto(UInt16)
  }
}
