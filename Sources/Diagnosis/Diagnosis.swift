import ControlAPI

/// What is wrong between here and the routers.
public struct Diagnosis: Sendable {
  /// Everything that was found, the worst first, each once.
  public let findings: [Finding]
  /// What was looked at and is well, in a few lines.
  public let summary: [String]

  /// Whether nothing is wrong: there are notes at most.
  public var isWell: Bool { findings.allSatisfy { $0.severity == .note } }

  /// Judges what was observed.
  public init(_ observation: Observation) {
    let found: [Finding]
    switch observation.daemon {
    case .failure(let silence):
      found = [
        Finding(
          .error, .daemonUnreachable, subject: "daemon",
          message: "The daemon cannot be asked, so that nothing is known about neighbors and services: \(silence.reason).",
          advice: "Nothing is advertised while it does not run. `journalctl -u anycast-ospfd` says why it ended.")
      ]
      summary = []
    case .success(let reports):
      let host = observation.host
      found =
        DaemonDiagnosis(reports: reports).findings
        + reports.interfaces.flatMap { InterfaceDiagnosis(interface: $0, reports: reports, host: host).findings }
        + AuthenticationDiagnosis(reports: reports).findings
        + reports.services.flatMap { ServiceDiagnosis(service: $0, reports: reports, host: host).findings }
        + HostDiagnosis(reports: reports, host: host).findings
      summary = Summary(reports: reports, host: host).lines
    }
    let unread = observation.host.notLookedAt.map {
      Finding(.note, .notLookedAt, subject: "host", message: "\($0.what) could not be looked at: \($0.reason).")
    }
    var known: Set<Finding> = []
    let distinct = (found + unread).filter { known.insert($0).inserted }
    findings = Finding.Severity.allCases.flatMap { severity in distinct.filter { $0.severity == severity } }
  }
}

/// The daemon itself and its OSPF instances.
struct DaemonDiagnosis {
  let reports: DaemonReports

  /// So often in a row does an LSA not come back because of a restart.
  private static let floodWarThreshold = 3

  var findings: [Finding] { state + reload + standing + instances + floodWars + filtered }

  private var state: [Finding] {
    switch reports.status.state {
    case .running: []
    case .suspended:
      [
        Finding(
          .warning, .daemonSuspended, subject: "daemon",
          message: "Checking is suspended (TSTP), and every service is withdrawn.",
          advice: "`kill -CONT \(reports.status.processID)` resumes it.")
      ]
    // In a moment there is another one to ask.
    case .restarting: []
    case .leaving:
      [
        Finding(
          .warning, .daemonLeaving, subject: "daemon", message: "The daemon is withdrawing everything and about to end.",
          advice: "Start it again when it has ended: `systemctl start anycast-ospfd`.")
      ]
    }
  }

  /// The files say something else than what runs, and nobody notices before the next start.
  private var reload: [Finding] {
    guard let failure = reports.status.failedReload else { return [] }
    let more = failure.errors.count > 1 ? " (and \(Phrases.count(failure.errors.count - 1, "more error")))" : ""
    return [
      Finding(
        .error, .reloadFailed, subject: "configuration",
        message: "The reload of \(failure.at) failed, and the configuration of before is still in force: "
          + "\(failure.errors.first ?? "the files could not be read")\(more). The next start of the daemon will fail.",
        advice: "Correct the file, and `anycastctl reload`; `anycast-ospfd check` lists every error.")
    ]
  }

  /// What goes on without its disk says so until somebody sees to it.
  private var standing: [Finding] {
    (reports.status.standingProblems ?? []).map { problem in
      let advice =
        problem.name.endsByItself
        ? "It is tried again every 10 s: make room, or correct the directory's owner."
        : "`anycastctl acknowledge \(problem.name)` when that is seen to."
      return Finding(
        problem.acknowledged ? .note : .warning, .standingProblem, subject: "state directory",
        message: "\(problem.message.prefix(1).uppercased())\(problem.message.dropFirst()).", advice: advice)
    }
  }

  private var instances: [Finding] {
    let isActive = reports.interfaces.contains { !$0.passive && $0.state != .loopback }
    guard reports.status.instances.isEmpty || !isActive else { return [] }
    let message =
      reports.interfaces.isEmpty
      ? "OSPF runs on no interface, so that nothing can be advertised to any router."
      : "Every OSPF interface is absent, passive or a loopback, or no router ID is known, so that there is no router to talk to."
    return [
      Finding(
        .error, .noOSPF, subject: "daemon", message: message,
        advice: "Name the uplink in the configuration (`interface IF`, ` ip ospf area 0.0.0.0`) and set `ospf router-id`; "
          + "`anycast-ospfd check` shows what the configuration says.")
    ]
  }

  /// So many routes are named; what else is filtered is counted.
  private static let namedRoutes = 5

  /// Filtering is what rules are for; whoever misses a route finds the rule here.
  private var filtered: [Finding] {
    let withheld = reports.redistribution.filter { $0.withheldReason != nil && $0.advertisedAnyway != true }
    return Dictionary(grouping: withheld) { $0.protocol.title($0.addressFamily) }.sorted { $0.key < $1.key }.map {
      title, routes in
      let named = routes.prefix(Self.namedRoutes).map { "\($0.prefix): \($0.withheldReason ?? "")" }
      let rest = routes.count > named.count ? [Phrases.count(routes.count - named.count, "more route")] : []
      return Finding(
        .note, .routesFiltered, subject: title,
        message: "\(Phrases.count(routes.count, "route")) \(routes.count == 1 ? "is" : "are") not redistributed: "
          + (named + rest).joined(separator: "; ") + ".",
        advice: "`anycastctl status` shows what is advertised.")
    }
  }

  private var floodWars: [Finding] {
    reports.status.instances.compactMap { instance in
      guard let floodWar = instance.floodWar, floodWar.count >= Self.floodWarThreshold else { return nil }
      return Finding(
        .error, .floodWar, subject: instance.protocol.title(instance.addressFamily),
        message: "The \(floodWar.lsa) of our router ID came back \(floodWar.count) times in a row with something that we did not "
          + "say: another router of the area has the router ID \(instance.routerID) as well. The two overwrite each "
          + "other's LSAs, and routes to both come and go.",
        advice: "Give every node a router ID of its own (`ospf router-id`); a cloned configuration is the usual cause.")
    }
  }
}
