import ArgumentParser
import ControlAPI

/// `20/s` or `20`
struct PacketRate: ExpressibleByArgument {
  var perSecond: Double

  init?(argument: String) {
    guard let number = UInt32(argument.hasSuffix("/s") ? argument.dropLast(2) : argument[...]), number > 0 else { return nil }
    perSecond = Double(number)
  }
}

/// Whether traffic to drained addresses has stopped: nobody has a route to them, nobody has a connection, and for some seconds in a row
/// fewer packets have come than count.
struct TrafficSilence {
  /// So long it must be silent, so that a pause between two requests is not taken for the end.
  static let seconds = 3.0

  private let prefixes: Set<String>
  private let limit: Double?
  private var last: (packets: [String: UInt64], at: ContinuousClock.Instant)?
  private var silentSince: ContinuousClock.Instant?
  private(set) var isSilent = false
  /// What was seen last.
  private(set) var sentence = "nothing is known yet"

  /// Of services and addresses by name, all where there is none. It is an error where no traffic is counted. Without a rate no packet at
  /// all may come.
  init(of names: [String], _ services: [ServiceReport], below rate: PacketRate?) throws {
    let affected = services.flatMap { service in
      service.addresses.filter {
        names.isEmpty || names.contains(service.name) || names.contains($0.address) || names.contains($0.prefix)
      }
    }
    if let uncounted = affected.first(where: { $0.traffic == nil }) {
      throw ControlClientError.refused(
        ControlError(.conflict, "traffic to \(uncounted.prefix) is not counted: its service has no line 'count traffic'"))
    }
    prefixes = Set(affected.map(\.prefix))
    limit = rate?.perSecond
  }

  mutating func look(at services: [ServiceReport], seconds now: ContinuousClock.Instant) {
    let affected = services.flatMap { service in service.addresses.filter { prefixes.contains($0.prefix) }.map { (service, $0) } }
    let packets = Dictionary(affected.map { ($1.prefix, $1.traffic?.packets ?? 0) }) { first, _ in first }
    let connections = affected.reduce(0) { $0 + ($1.1.traffic?.connections ?? 0) }
    defer { last = (packets, now) }
    guard let last else { return }
    let elapsed = max((now - last.at) / .seconds(1), 0.001)
    let came = packets.reduce(0.0) { $0 + Double($1.value &- min(last.packets[$1.key] ?? 0, $1.value)) }
    let isQuiet = limit.map { came / elapsed < $0 } ?? (came == 0)
    let isWithdrawn = !affected.contains { $0.1.advertised || $0.0.state == .draining }
    let isCounted = !affected.isEmpty && affected.allSatisfy { $0.1.traffic != nil }
    let rate = Int((came / elapsed).rounded(.up))
    sentence =
      "\(rate) \(rate == 1 ? "packet" : "packets") per second and \(connections) \(connections == 1 ? "connection" : "connections")"
      + (isWithdrawn ? "" : ", and it is still advertised")
    guard isQuiet, isWithdrawn, isCounted, connections == 0 else {
      silentSince = nil
      return
    }
    let since = silentSince ?? last.at
    silentSince = since
    isSilent = now - since >= .seconds(Self.seconds)
    if isSilent { sentence = "no more traffic: \(sentence)" }
  }
}
