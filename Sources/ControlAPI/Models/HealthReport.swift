/// Whether the node does what it is there for, in a word and in sentences: a part of ``StatusReport``.
public struct HealthReport: Codable, Hashable, Sendable {
  /// The worst of what is below.
  public var state: State
  /// What keeps services from being reachable, each as the end of a sentence: `radius down 3 min (no answer)`.
  public var problems: [String]
  /// What works, and somebody should know about: a drain, a failed reload, a key that ends.
  public var warnings: [String]
  /// What each problem is about, where a sentence has no room: a service, a device, `configuration`.
  public var problemSubjects: [String]
  /// The same of each warning.
  public var warningSubjects: [String]
  /// What is well, in a few words: `4 services advertised, 2 adjacencies Full`.
  public var summary: String

  /// How the node is.
  public enum State: String, Codable, Sendable, CaseIterable {
    case ok = "OK"
    case warning = "WARNING"
    case problem = "PROBLEM"
  }

  /// One line that answers whether the node is healthy: `OK: 4 services advertised, 2 adjacencies Full`.
  public var line: String {
    let reasons = problems + warnings
    return "\(state.rawValue): \(reasons.isEmpty ? summary : reasons.joined(separator: ", "))"
  }

  /// The same in at most `width` columns where there are several reasons: what they are about, as far as there is room for it.
  public func headline(width: Int) -> String {
    let line = line
    guard line.count > width, problems.count + warnings.count > 1 else { return line }
    var subjects: [String] = []
    for subject in problemSubjects + warningSubjects where !subjects.contains(subject) { subjects.append(subject) }
    for count in stride(from: subjects.count, to: 0, by: -1) {
      let rest = subjects.count - count
      let words = "\(state.rawValue): " + subjects.prefix(count).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
      if words.count <= width || count == 1 { return words }
    }
    return line
  }
}

extension HealthReport {
  /// Judges what a daemon says of itself at one instant.
  public init(
    status: StatusReport, interfaces: [InterfaceReport], neighbors: [NeighborReport], services: [ServiceReport], at now: Timestamp
  ) {
    let judge = HealthJudge(status: status, interfaces: interfaces, neighbors: neighbors, services: services, now: now)
    let verdicts = judge.verdicts
    problems = verdicts.filter(\.isProblem).map(\.words)
    warnings = verdicts.filter { !$0.isProblem }.map(\.words)
    problemSubjects = verdicts.filter(\.isProblem).map(\.subject)
    warningSubjects = verdicts.filter { !$0.isProblem }.map(\.subject)
    summary = judge.summary
    state = !problems.isEmpty ? .problem : !warnings.isEmpty ? .warning : .ok
  }
}

/// Looks for what is not well.
private struct HealthJudge {
  let status: StatusReport
  let interfaces: [InterfaceReport]
  let neighbors: [NeighborReport]
  let services: [ServiceReport]
  let now: Timestamp

  /// Something that is not well.
  struct Verdict {
    var isProblem: Bool
    var subject: String
    var words: String

    static func problem(_ subject: String, _ words: String) -> Verdict {
      Verdict(isProblem: true, subject: subject, words: words)
    }
    static func warning(_ subject: String, _ words: String) -> Verdict {
      Verdict(isProblem: false, subject: subject, words: words)
    }
  }

  var verdicts: [Verdict] {
    daemon + services.flatMap(verdicts) + instances + interfaces.compactMap(uplink) + neighbors.compactMap(linkBack)
      + interfaces.compactMap(key)
  }

  var summary: String {
    let advertised = services.count { $0.addresses.contains(where: \.advertised) }
    let adjacencies = status.instances.reduce(0) { $0 + $1.adjacencyCount }
    let what = services.isEmpty ? "no service is configured" : "\(Self.count(advertised, "service")) advertised"
    return "\(what), \(adjacencies) \(adjacencies == 1 ? "adjacency" : "adjacencies") Full"
  }

  // MARK: - The daemon

  private var daemon: [Verdict] {
    var verdicts: [Verdict] = []
    switch status.state {
    case .running: break
    case .suspended: verdicts.append(.warning("daemon", "checking is suspended and every service withdrawn"))
    case .leaving: verdicts.append(.problem("daemon", "the daemon is leaving"))
    case .restarting: verdicts.append(.warning("daemon", "the daemon restarts gracefully"))
    }
    if let failure = status.failedReload {
      verdicts.append(
        .warning(
          "configuration", "the reload \(since(failure.at)) failed: \(failure.errors.first ?? "the files could not be read")"))
    }
    for problem in status.standingProblems ?? [] where !problem.acknowledged {
      let subject = problem.name == .controlSocketNotOpen ? "control socket" : "state directory"
      verdicts.append(.warning(subject, problem.name.words))
    }
    return verdicts
  }

  /// So often in a row does an LSA not come back because of a restart.
  private static let floodWarThreshold = 3

  private var instances: [Verdict] {
    let floodWars = status.instances.compactMap { instance -> Verdict? in
      guard let floodWar = instance.floodWar, floodWar.count >= Self.floodWarThreshold else { return nil }
      return .problem("router ID", "another router has the router ID \(instance.routerID) too")
    }
    guard interfaces.allSatisfy({ $0.passive || $0.state == .loopback }) else { return floodWars }
    return floodWars + [.problem("OSPF", "OSPF has no interface on which it could meet a router")]
  }

  // MARK: - Services

  private func verdicts(_ service: ServiceReport) -> [Verdict] {
    switch service.state {
    case .up, .withheld: return service.addresses.compactMap { unadvertised($0, of: service) }
    case .degraded:
      return [.warning(service.name, "\(service.name) is degraded: \(service.reason)")]
        + service.addresses.compactMap { unadvertised($0, of: service) }
    case .draining, .drained:
      let why = service.drain?.reason.map { " (\($0))" } ?? ""
      return [.warning(service.name, "\(service.name) \(service.state) \(age(service.since))\(why)")]
    // Said once, of the daemon; or wanted, by the configuration.
    case .suspended: return []
    case .lastResort:
      return [.problem(service.name, "\(service.name) is the last resort \(age(service.since)): \(service.reason)")]
    case .damped: return [.problem(service.name, "\(service.name) is \(service.reason)")]
    default:
      guard !service.shutdown else { return [] }
      let verdict = "\(service.name) \(service.state) \(age(service.since)) (\(service.reason))"
      // Nothing has been found wrong yet.
      let isEarly = status.uptimeSeconds < Self.firstVerdictSeconds && isUndecided(service)
      return [isEarly ? .warning(service.name, verdict) : .problem(service.name, verdict)]
    }
  }

  /// After a start checks have to rise.
  private static let firstVerdictSeconds = 30.0

  private func isUndecided(_ service: ServiceReport) -> Bool { service.failedChecks == 0 }

  private func unadvertised(_ address: ServiceAddressReport, of service: ServiceReport) -> Verdict? {
    guard !address.advertised else {
      guard !address.acknowledged, Self.seconds(from: service.since, to: now) > Self.acknowledgmentSeconds, hasAdjacency else {
        return nil
      }
      return .warning(service.name, "\(address.prefix) of \(service.name) is not acknowledged by every neighbor")
    }
    if let drain = address.drain {
      let why = drain.reason.map { ": \($0)" } ?? ""
      return .warning(service.name, "\(address.address) of \(service.name) is drained\(why)")
    }
    return .problem(
      service.name,
      "\(address.prefix) of \(service.name) is not advertised: \(address.withheldReason ?? "the reason is not known")")
  }

  private var hasAdjacency: Bool { status.instances.contains { $0.adjacencyCount > 0 } }

  /// An advertisement that is younger than this is on its way.
  private static let acknowledgmentSeconds = 10.0

  // MARK: - Uplinks

  private func uplink(_ interface: InterfaceReport) -> Verdict? {
    guard !interface.passive, interface.state != .loopback else { return nil }
    let name =
      interface.interface + (interface.protocol == .ospfV3 ? " (\(interface.protocol.title(interface.addressFamily)))" : "")
    if interface.state == .absent { return .problem(interface.interface, "\(name) does not exist") }
    if !interface.up { return .problem(interface.interface, "\(name) is down") }
    if let overflow = interface.databaseOverflow, let seconds = overflow.holdOffSeconds {
      return .problem(
        interface.interface,
        "\(name) stays away from the network for \(Self.words(seconds)) more: \(overflow.routerID) floods more than the limit of "
          + overflow.limit)
    }
    guard interface.adjacencyCount == 0, !isBesideAnother(interface) else { return nil }
    let heard = neighbors.filter { isOn(interface, $0) && $0.state != .down && $0.state != .attempt }
    let words = heard.first.map { "\(name): \($0.routerID) is in state \($0.state)" } ?? "\(name) has no neighbor"
    // What has only just begun is not wrong yet.
    return status.uptimeSeconds < interface.deadIntervalSeconds
      ? .warning(interface.interface, words) : .problem(interface.interface, words)
  }

  /// A device with several addresses has an OSPF interface for each, and its routers are in the subnet of one of them.
  private func isBesideAnother(_ interface: InterfaceReport) -> Bool {
    interfaces.contains {
      $0.interface == interface.interface && $0.protocol == interface.protocol && $0.addressFamily == interface.addressFamily
        && $0.address != interface.address && $0.adjacencyCount > 0
    }
  }

  private func isOn(_ interface: InterfaceReport, _ neighbor: NeighborReport) -> Bool {
    neighbor.interface == interface.interface && neighbor.protocol == interface.protocol
      && neighbor.addressFamily == interface.addressFamily && neighbor.interfaceAddress == interface.address
  }

  /// So long may a neighbor take to describe a new adjacency.
  private static let descriptionSeconds = 20.0

  private func linkBack(_ neighbor: NeighborReport) -> Verdict? {
    guard neighbor.linkBackMissing != nil, neighbor.stateAgeSeconds > Self.descriptionSeconds else { return nil }
    return .problem(
      neighbor.interface,
      "no route leads over the adjacency with \(neighbor.routerID) on \(neighbor.interface): the network types differ")
  }

  // MARK: - Keys

  private func key(_ interface: InterfaceReport) -> Verdict? {
    guard interface.needsKey else { return nil }
    guard let key = interface.sendingKey else {
      return .problem(interface.interface, "\(interface.interface) has no key in force, and nothing is sent")
    }
    guard let seconds = key.sendEndsSeconds, seconds < KeyReport.warningSeconds,
      interface.successor(of: key, after: seconds) == nil
    else { return nil }
    return .warning(
      interface.interface, "key \(key.id) of \(interface.interface) ends in \(Self.words(seconds)), and none takes its place")
  }

  // MARK: - Words

  private func age(_ since: Timestamp) -> String { Self.words(Self.seconds(from: since, to: now)) }

  private func since(_ time: Timestamp) -> String { "\(age(time)) ago" }

  private static func seconds(from: Timestamp, to: Timestamp) -> Double {
    Double(to.millisecondsSince1970 - from.millisecondsSince1970) / 1000
  }

  /// `47 s`, `3 min`, `5 h`, `3 days`
  private static func words(_ seconds: Double) -> String {
    let whole = Int(max(seconds, 0))
    return switch whole {
    case ..<120: "\(whole) s"
    case ..<7200: "\(whole / 60) min"
    case ..<172_800: "\(whole / 3600) h"
    default: "\(whole / 86400) days"
    }
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
