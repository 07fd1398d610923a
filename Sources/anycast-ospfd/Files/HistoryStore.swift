import ControlAPI
import Glibc
import LinuxNetwork
import NIOCore
import Synchronization

/// Keeps what has happened in a file of bounded length, over restarts. Written by a task of its own: a slow disk delays nobody.
///
/// Each line is an event as JSON. A line that a crash has torn is left out when the file is read, and the next one begins a line of its
/// own. When a file is full a second one begins, and the one before the last goes.
final class HistoryStore: FileWriter {
  /// The longest file; there are at most two.
  static let longestFile = 1 << 20
  /// How often the file is touched, which tells the next run until when this one has lived.
  private static let signOfLife = Duration.seconds(60)
  /// Events that wait for the disk. What comes beyond that is lost, and said.
  private static let queueLength = 4096

  private let directory: String
  private let path: String
  private let formerPath: String
  private let limit: Int
  private let problems: StandingProblems
  private let events: AsyncStream<EventReport>
  private let continuation: AsyncStream<EventReport>.Continuation
  private let state = Mutex(State())

  private struct State {
    /// The service of each prefix.
    var services: [String: String] = [:]
    /// The services whose withdrawal is not acknowledged yet.
    var withdrawing: Set<String> = []
  }

  /// Held while the file is written.
  private let writing = Mutex(())

  init(stateDirectory: String, limit: Int = longestFile, problems: StandingProblems) {
    directory = stateDirectory
    path = stateDirectory + "/history.jsonl"
    formerPath = stateDirectory + "/history.1.jsonl"
    self.limit = limit
    self.problems = problems
    (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.queueLength))
  }

  /// The services and their prefixes, to know whose withdrawal is acknowledged.
  func setServices(_ prefixes: [String: [String]]) {
    state.withLock {
      $0.services = Dictionary(prefixes.flatMap { name, prefixes in prefixes.map { ($0, name) } }) { first, _ in first }
    }
  }

  /// Something happened: it is kept when it is of a kind that the history is about.
  func note(_ event: EventReport) {
    guard HistoryReport.kinds.contains(event.kind) else { return }
    var event = event
    switch event.kind {
    case .neighborStateChanged:
      // What lies between 2-Way and Full is for whoever debugs an adjacency.
      guard event.from == NeighborStateName.full.rawValue || event.to == NeighborStateName.full.rawValue else { return }
    case .serviceStateChanged:
      guard let service = event.service else { return }
      let isWithdrawal = !(event.to.flatMap(ServiceStateName.init)?.isAdvertised ?? false)
      state.withLock { state in
        if isWithdrawal { state.withdrawing.insert(service) } else { state.withdrawing.remove(service) }
      }
    case .withdrawalAcknowledged:
      // The first prefix stands for all of the service.
      let service = state.withLock { state in
        event.prefix.flatMap { state.services[$0] }.flatMap { state.withdrawing.remove($0) }
      }
      guard let service else { return }
      event.service = service
    default: break
    }
    continuation.yield(event)
  }

  func retry() { if problems.stands(.historyNotWritten) { append([]) } }

  /// No more events come.
  func finish() { continuation.finish() }

  /// Writes what is given to `note`, until `finish`.
  func writeUntilFinished() async {
    noteAbruptEnd()
    await withTaskGroup { group in
      group.addTask {
        for await event in self.events { self.append([event]) }
      }
      group.addTask {
        while (try? await Task.sleep(for: Self.signOfLife)) != nil { _ = utimensat(AT_FDCWD, self.path, nil, 0) }
      }
      await group.next()
      group.cancelAll()
    }
  }

  /// A run that did not say that it ended has ended when it gave its last sign of life.
  private func noteAbruptEnd() {
    guard let last = read(path).records.last, last.kind != .daemonEnded else { return }
    var status = stat()
    let modified = stat(path, &status) == 0 ? Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000 : 0
    let time = max(last.time, Timestamp(millisecondsSince1970: modified))
    append([
      EventReport(
        time: time, level: .warning, kind: .daemonEnded, message: "the daemon ended without leaving, or the host did",
        reason: "no sign of life after this time")
    ])
  }

  private func append(_ events: [EventReport]) {
    do {
      try FileAccess.makeDirectory(directory)
      var lines: [UInt8] = []
      for event in events { lines += Array(try JSONCoding.encode(event).readableBytesView) + [UInt8(ascii: "\n")] }
      try writing.withLock { _ in try FileAccess.append(lines, to: path, limit: limit, formerPath: formerPath) }
      problems.mend(.historyNotWritten)
    } catch {
      problems.raise(.historyNotWritten, "the history cannot be written, and what happens is forgotten: \(error)")
    }
  }

  /// Everything that is kept.
  func report() -> HistoryReport {
    let former = read(formerPath)
    let current = read(path)
    return HistoryReport(
      records: former.records + current.records, unreadableLines: former.unreadableLines + current.unreadableLines)
  }

  private func read(_ path: String) -> HistoryReport {
    var report = HistoryReport(records: [], unreadableLines: 0)
    let contents: [UInt8]
    do {
      contents = try FileAccess.read(path)
    } catch {
      if !error.isMissingFile { problems.raise(.historyNotRead, "the history cannot be read: \(error)") }
      return report
    }
    for line in contents.split(separator: UInt8(ascii: "\n")) {
      if let record = try? JSONCoding.decode(EventReport.self, from: ByteBuffer(bytes: line)) {
        report.records.append(record)
      } else {
        report.unreadableLines += 1
      }
    }
    return report
  }
}
