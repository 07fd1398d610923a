import AnycastNode
import ControlAPI
import LinuxNetwork
import NIOCore
import OSPFProtocol
import OSPFWire

/// Where the packets of each address come from on each link, as far as the kernel lets us look. Lives on the protocol loop.
struct LinkLayerWatches {
  /// A link is watched once for each version of IP, whatever instances of OSPF are on it.
  struct Key: Hashable {
    var interfaceIndex: UInt32
    var version: IPVersion

    init(_ socket: SocketID) {
      interfaceIndex = socket.interfaceIndex
      version = socket.instance.version == .v2 ? .v4 : .v6
    }
  }

  private struct Watched {
    var watch: LinkLayerWatch
    var sources = LinkLayerSources()
  }

  private var watched: [Key: Watched] = [:]

  /// Watches exactly the links of these sockets. Where that is not permitted nothing is watched, and nothing else is worse for it.
  mutating func hold(_ sockets: some Sequence<SocketID>) {
    let wanted = Set(sockets.map(Key.init))
    for key in watched.keys where !wanted.contains(key) { watched[key] = nil }
    for key in wanted where watched[key] == nil {
      guard let watch = try? LinkLayerWatch(key.version, interfaceIndex: key.interfaceIndex) else { continue }
      watched[key] = Watched(watch: watch)
    }
  }

  /// Looks at what has arrived on a link.
  mutating func take(
    _ key: Key, at now: Instant
  ) -> (sources: [(address: IPAddress, station: LinkLayerAddress)], changes: [LinkLayerSources.Change]) {
    guard let sources = watched[key]?.watch.takeSources() else { return ([], []) }
    return (sources, sources.compactMap { watched[key]?.sources.note($0.address, from: $0.station, at: now) })
  }

  var keys: [Key] { Array(watched.keys) }

  /// The addresses of a link whose station has changed; nil where it is not watched.
  func changes(on key: Key) -> [LinkLayerSources.Change]? { watched[key]?.sources.changes }

  mutating func closeAll() { watched = [:] }
}

extension ProtocolLoop {
  /// The kernel wakes nobody for a packet that it drops, as it does with those that come from an address of ours.
  static let linkLayerInterval = TimeAmount.seconds(10)

  func lookAtLinkLayers() {
    for key in linkLayers.keys { lookAtLinkLayer(key) }
  }

  /// Says who sends in whose name. What is forged by the thousand is said once a minute.
  func lookAtLinkLayer(_ key: LinkLayerWatches.Key) {
    let now = MonotonicClock.now()
    let (sources, changes) = linkLayers.take(key, at: now)
    guard !sources.isEmpty else { return }
    let device = node.deviceName(key.interfaceIndex)
    for change in changes {
      let words =
        change.isContested
        ? "come from \(change.former) and from \(change.current) in turn: two stations send as one router"
        : "come from \(change.current), and came from \(change.former): a router was replaced, or somebody sends in its name"
      report(
        .linkLayerSourceChanged, change.isContested ? .error : .warning, change.address, device,
        "\(device): packets of \(change.address) \(words)", change.isContested ? .linkLayerContested : .linkLayerChanged, at: now)
    }
    let own = Set(node.links.first { $0.index == key.interfaceIndex }?.addresses.map(\.address) ?? [])
    for (address, station) in sources where own.contains(address) {
      report(
        .addressConflict, .error, address, device,
        "\(device): OSPF packets from our own address \(address) come from \(station), and the kernel drops them: another host has the "
          + "address too, or the network sends our packets back", .addressConflict, at: now)
    }
  }

  private func report(
    _ kind: EventKind, _ level: EventLevel, _ address: IPAddress, _ device: String, _ message: String, _ reason: LimitedReason,
    at now: Instant
  ) {
    var report = EventReport(kind, level, message)
    report.interface = device
    report.address = address.description
    eventLog.reportLimited(reason, report, at: now)
  }

  /// The addresses whose station has changed, on the link of each socket that is watched.
  func linkLayerChanges(at now: Instant) -> [SocketID: [LinkLayerChangeReport]] {
    Dictionary(
      sockets.ids.compactMap { id in
        linkLayers.changes(on: LinkLayerWatches.Key(id)).map { changes in
          (id, changes.map { LinkLayerChangeReport($0, at: now) })
        }
      }
    ) { first, _ in first }
  }
}

extension LinkLayerChangeReport {
  init(_ change: LinkLayerSources.Change, at now: Instant) {
    self.init(
      address: change.address.description, linkLayerAddress: change.current.description, former: change.former.description,
      contested: change.isContested, count: change.count, ageSeconds: (now - change.at).inSeconds)
  }
}
