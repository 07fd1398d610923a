import AnycastPolicy
import ControlAPI
import FoundationEssentials
import Glibc
import LogTestSupport
import Logging
import OSPFProtocol
import Synchronization
import Testing

@testable import anycast_ospfd

/// What was told of problems.
private final class Told: Sendable {
  private let events = Mutex<[EventReport]>([])

  var problems: StandingProblems { StandingProblems { [self] report in events.withLock { $0.append(report) } } }
  var kinds: [EventKind] { events.withLock { $0.map(\.kind) } }
}

@Suite("Standing problems")
struct StandingProblemTests {
  @Test("A problem is told once, whatever becomes of its words, and its end once")
  func toldOnce() {
    let told = Told()
    let problems = told.problems
    problems.raise(.drainsNotWritten, "no room")
    problems.raise(.drainsNotWritten, "permission denied")
    #expect(told.kinds == [.problemBegan])
    #expect(problems.reports.map(\.message) == ["permission denied"])
    problems.mend(.drainsNotWritten)
    problems.mend(.drainsNotWritten)
    #expect(told.kinds == [.problemBegan, .problemEnded])
    #expect(problems.reports.isEmpty)
  }

  @Test("What was lost is over when it is acknowledged; what goes on stays, and is a warning again when it comes back")
  func acknowledged() {
    let problems = Told().problems
    problems.raise(.drainsNotRead, "lost")
    problems.raise(.historyNotWritten, "no room")
    #expect(problems.acknowledge([]).map(\.name) == [.drainsNotRead, .historyNotWritten])
    #expect(problems.reports.map(\.name) == [.historyNotWritten])
    #expect(problems.reports.allSatisfy { $0.acknowledged })
    #expect(problems.acknowledge([]).isEmpty)
    problems.mend(.historyNotWritten)
    problems.raise(.historyNotWritten, "no room")
    #expect(problems.reports.contains { !$0.acknowledged })
  }

  /// Every kind of directory in which nothing can be kept.
  enum Hopeless: CaseIterable {
    case file, missing, readOnly

    func path(in directory: String) throws -> String {
      switch self {
      case .file:
        try FileAccess.makeDirectory(directory)
        try FileAccess.create(directory + "/file", with: [])
        return directory + "/file"
      case .missing: return "/proc/self/nowhere"
      case .readOnly: return "/proc/sys"
      }
    }
  }

  @Test("Every store goes on without a directory, and says so", arguments: Hopeless.allCases)
  func withoutDirectory(_ kind: Hopeless) async throws {
    try await withDirectory { directory in
      let path = try kind.path(in: directory)
      let problems = Told().problems
      let logger = Logger.silent
      _ = try LockedStateDirectory(path, problems: problems)

      let drains = DrainStore(stateDirectory: path, problems: problems)
      _ = drains.load()
      drains.store([StoredDrain(service: "dns")])
      drains.finish()
      await drains.run()
      #expect(await drains.written()?.contains(path) == true)

      let services = ServiceStore(stateDirectory: path, problems: problems, logger: logger)
      services.store("web", "address 192.0.2.80\n")
      services.finish()
      await services.run()

      SequenceNumberStore(stateDirectory: path, problems: problems).begin(.ospfv2, before: 5)

      let history = HistoryStore(stateDirectory: path, problems: problems)
      history.note(EventReport(time: .now, level: .notice, kind: .daemonStarted, message: "started"))
      history.finish()
      await history.run()

      let expected: Set<StandingProblemName> = [
        .stateDirectoryNotLocked, .drainsNotWritten, .servicesNotWritten, .sequenceNumbersNotWritten, .historyNotWritten,
      ]
      #expect(expected.isSubset(of: Set(problems.reports.map(\.name))))
    }
  }

  @Test("What could not be written is written when there is a directory again, and is no problem any more")
  func mended() async throws {
    try await withDirectory { directory in
      try FileAccess.makeDirectory(directory)
      let path = directory + "/state"
      try FileAccess.create(path, with: [])
      let problems = Told().problems
      let drains = DrainStore(stateDirectory: path, problems: problems)
      let running = Task { await drains.run() }
      drains.store([StoredDrain(service: "dns")])
      #expect(await drains.written() != nil)
      drains.retry()
      #expect(await drains.written() != nil)
      #expect(problems.stands(.drainsNotWritten))
      try FileAccess.remove(path)
      drains.retry()
      #expect(await drains.written() == nil)
      #expect(problems.reports.isEmpty)
      drains.finish()
      await running.value
      #expect(DrainStore(stateDirectory: path, problems: problems).load() == [StoredDrain(service: "dns")])
    }
  }

  @Test("Drains that cannot be read are a standing problem, and what was in the file is kept")
  func corruptDrains() async throws {
    try await withDirectory { directory in
      try FileAccess.makeDirectory(directory)
      try FileAccess.create(directory + "/drains.json", with: Array("{\"savedAt\":".utf8))
      let problems = Told().problems
      let store = DrainStore(stateDirectory: directory, problems: problems)
      #expect(store.load() == [])
      #expect(problems.reports.map(\.name) == [.drainsNotRead])
      store.store([])
      store.finish()
      await store.run()
      #expect(try FileAccess.read(directory + "/drains.json.corrupt") == Array("{\"savedAt\":".utf8))
      #expect(problems.reports.map(\.name) == [.drainsNotRead], "a drain that is stored does not bring back those that are lost")
    }
  }
}
