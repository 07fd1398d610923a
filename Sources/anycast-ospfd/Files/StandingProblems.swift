import ControlAPI
import Logging
import Synchronization

/// What went wrong while services go on: said once in the log, and in every report until it is mended or acknowledged.
final class StandingProblems: Sendable {
  private let state = Mutex<[StandingProblemName: StandingProblemReport]>([:])
  private let report: @Sendable (EventReport) -> Void

  /// `report` is told of every change.
  init(report: @escaping @Sendable (EventReport) -> Void) { self.report = report }

  /// Those that stand, in the order of their names.
  var reports: [StandingProblemReport] {
    state.withLock { standing in StandingProblemName.allCases.compactMap { standing[$0] } }
  }

  func stands(_ name: StandingProblemName) -> Bool { state.withLock { $0[name] != nil } }

  /// A problem is there, if need be with another message than before.
  func raise(_ name: StandingProblemName, _ message: String) {
    let message = HarmlessText.line(message)
    let isNew = state.withLock { standing in
      let former = standing[name]
      standing[name] = StandingProblemReport(
        name: name, message: message, since: former?.since ?? .now, acknowledged: former?.acknowledged ?? false)
      return former == nil
    }
    if isNew { report(EventReport(.problemBegan, .error, message)) }
  }

  /// Its cause is gone.
  func mend(_ name: StandingProblemName) {
    guard state.withLock({ $0.removeValue(forKey: name) }) != nil else { return }
    report(EventReport(.problemEnded, .notice, "mended: \(name.words)"))
  }

  /// Somebody knows of these, or of all. What was lost is over with that; what goes on stays in the reports.
  func acknowledge(_ names: Set<StandingProblemName>) -> [StandingProblemReport] {
    let known = state.withLock { standing in
      let known = standing.values.filter { !$0.acknowledged && (names.isEmpty || names.contains($0.name)) }
      for problem in known {
        if problem.name.endsByItself {
          standing[problem.name]?.acknowledged = true
        } else {
          standing[problem.name] = nil
        }
      }
      return known.sorted { $0.name.rawValue < $1.name.rawValue }
    }
    for problem in known { report(EventReport(.problemAcknowledged, .notice, "acknowledged: \(problem.name.words)")) }
    return known
  }
}

/// What is kept on a disk, and goes on without it.
protocol StateStore: Sendable {
  /// Tries again to write what could not be written. Never blocks.
  func retry()
}
