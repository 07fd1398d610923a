import AnycastNode
import AnycastPolicy
import Configuration
import ControlAPI
import LogTestSupport
import Logging
import OSPFProtocol
import Testing

@testable import anycast_ospfd

/// A machine that loses its power in the middle of a write leaves any part of it. What is replaced as a whole is there, old or new, on every
/// file system that keeps its promises; on one that does not, a part of the file stands in its place.
@Suite("The state directory after a power loss")
struct PowerLossTests {
  /// A state directory as one run has left it.
  private func written(_ directory: String, web port: Int = 80, drained name: String = "dns") async throws {
    let problems = StandingProblems { _ in }
    let (drains, services) = (
      DrainStore(stateDirectory: directory, problems: problems),
      ServiceStore(stateDirectory: directory, problems: problems, logger: .silent)
    )
    drains.store([StoredDrain(service: name, reason: "kernel update")])
    services.store("web", "address 192.0.2.\(port)\n")
    for finish in [drains.finish, services.finish] { finish() }
    await drains.run()
    await services.run()
    let numbers = SequenceNumberStore(stateDirectory: directory, problems: problems)
    numbers.begin(.ospfv2, before: 7_000)
    let history = HistoryStore(stateDirectory: directory, problems: problems)
    history.note(EventReport(.daemonStarted, .notice, "started"))
    history.note(EventReport(.daemonEnded, .notice, "ended"))
    history.finish()
    await history.run()
  }

  private struct Loaded: Equatable {
    var drains: [String?]
    var services: [String]
    var sequenceNumbers: UInt64?
    var history: Int
    var problems: Set<StandingProblemName>
  }

  private func load(_ directory: String) throws -> Loaded {
    let problems = StandingProblems { _ in }
    let configuration = try Configuration.parse([SourceFile(path: "c", text: "")]).configuration
    return Loaded(
      drains: DrainStore(stateDirectory: directory, problems: problems).load().map(\.service),
      services: ServiceStore(stateDirectory: directory, problems: problems, logger: .silent).load(beside: configuration).all
        .map(\.text),
      sequenceNumbers: SequenceNumberStore(stateDirectory: directory, problems: problems).ends[.ospfv2],
      history: HistoryStore(stateDirectory: directory, problems: problems).report().records.count,
      problems: Set(problems.reports.map(\.name)))
  }

  private static let replaced = ["drains.json", "sequence-numbers.json", "services/web.conf"]

  @Test("Every part of a file that was being written beside the old one leaves the old one", arguments: replaced)
  func besideTheOld(file: String) async throws {
    try await withDirectory { directory in
      try await written(directory)
      let before = try load(directory)
      #expect(
        before.drains == ["dns"] && before.services.count == 1 && before.sequenceNumbers == 7_000 && before.problems.isEmpty)
      let new = try FileAccess.read(directory + "/" + file)
      for length in 0...new.count {
        try FileAccess.overwrite(directory + "/" + file + ".new", with: Array(new.prefix(length)))
        #expect(try load(directory) == before, "\(length) octets")
      }
      // And the next write goes through.
      try await written(directory, web: 81, drained: "other")
      #expect(try load(directory).drains == ["other"])
    }
  }

  @Test("Every part of a file in the place of the whole loses that file at most, and says so", arguments: replaced)
  func inTheirPlace(file: String) async throws {
    try await withDirectory { directory in
      try await written(directory)
      let (whole, before) = (try FileAccess.read(directory + "/" + file), try load(directory))
      for length in 0..<whole.count {
        try FileAccess.overwrite(directory + "/" + file, with: Array(whole.prefix(length)))
        var after = try load(directory)
        if file == "services/web.conf" {
          // A service is text: a part of it may be another service, and is read like one.
          #expect(after.services.count <= 1, "\(length) octets")
          after.services = before.services
          after.problems.remove(.servicesNotRead)
        } else {
          #expect(after.problems.count == 1, "\(length) octets")
          (after.drains, after.problems) = (file == "drains.json" ? before.drains : after.drains, [])
          if file == "sequence-numbers.json" { after.sequenceNumbers = before.sequenceNumbers }
        }
        #expect(after == before, "\(length) octets")
      }
    }
  }

  @Test("Every part of the history is read as far as it goes, and goes on in a new line")
  func history() async throws {
    try await withDirectory { directory in
      try await written(directory)
      let path = directory + "/history.jsonl"
      let whole = try FileAccess.read(path)
      let firstLine = (whole.firstIndex(of: UInt8(ascii: "\n")) ?? 0) + 1
      for length in 0...whole.count {
        try FileAccess.overwrite(path, with: Array(whole.prefix(length)))
        let report = HistoryStore(stateDirectory: directory, problems: StandingProblems { _ in }).report()
        let complete = length >= whole.count - 1 ? 2 : length >= firstLine - 1 ? 1 : 0
        #expect(report.records.count == complete, "\(length) octets")
        try FileAccess.append(Array(whole.prefix(firstLine)), to: path, limit: 1 << 20, formerPath: path + ".1")
        let after = HistoryStore(stateDirectory: directory, problems: StandingProblems { _ in }).report()
        #expect(after.records.count == complete + 1, "\(length) octets")
      }
    }
  }
}
