import AnycastNode
import ControlAPI
import NIOCore
import OSPFProtocol
import Synchronization

/// Keeps what the next run has to know to restart gracefully: after it was told to, and after a crash.
///
/// While the daemon runs, a second file says again and again when it was last alive, because after a crash nobody else knows. What was
/// left is taken once: a run that fails over it finds nothing at its next start.
final class RestartStore: FileWriter {
  private struct State {
    /// What is to be written; nil inside when what is there is to be removed.
    var pending: NodeMemory??
    /// How often to say that we are alive; nil while nothing is remembered.
    var beat: Duration?
    /// What could not be written.
    var failed: NodeMemory??
  }

  private let path: String
  private let alivePath: String
  private let directory: String
  private let problems: StandingProblems
  private let now: @Sendable () -> DrainStore.Moment
  private let state = Mutex(State())
  /// Held while a file is written.
  private let writing = Mutex(())
  private let changes: AsyncStream<Void>
  private let changed: AsyncStream<Void>.Continuation

  init(
    stateDirectory: String, problems: StandingProblems, now: @escaping @Sendable () -> DrainStore.Moment = DrainStore.Moment.now
  ) {
    directory = stateDirectory
    path = stateDirectory + "/restart.json"
    alivePath = stateDirectory + "/alive"
    self.problems = problems
    self.now = now
    (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  // MARK: - The run before

  /// What the run before has left, in this boot of the machine; nil when there is nothing.
  func take() -> NodeRestart? {
    let contents: RestartFile
    do {
      contents = try JSONCoding.decode(RestartFile.self, from: ByteBuffer(bytes: try FileAccess.read(path)))
    } catch let error as FileAccess.Failure where error.isMissingFile {
      return nil
    } catch {
      problems.raise(.restartNotRead, "this is no graceful restart: \(path) cannot be read: \(error)")
      try? FileAccess.remove(path)
      return nil
    }
    do {
      try FileAccess.remove(path)
    } catch {
      // Whatever it says, it would say so again at each start.
      problems.raise(.restartNotRead, "this is no graceful restart: \(error)")
      return nil
    }
    let now = now()
    guard contents.bootID == now.bootID else { return nil }
    let lastAlive = contents.planned ? contents.secondsSinceBoot : max(contents.secondsSinceBoot, lastBeat ?? 0)
    let age = Duration.nanoseconds(Int64(min(max(now.secondsSinceBoot - lastAlive, 0), 1e9) * 1e9))
    return NodeRestart(memory: contents.memory, age: age, isPlanned: contents.planned)
  }

  private var lastBeat: Double? {
    guard let text = try? FileAccess.read(alivePath, limit: 64) else { return nil }
    return Double(String(decoding: text, as: UTF8.self))
  }

  // MARK: - This run

  /// Takes what the next run would have to know after a crash, to be written soon; nil removes what is there.
  func store(_ memory: NodeMemory?) {
    state.withLock { state in
      state.pending = .some(memory)
      let intervals = memory?.instances.values.filter { !$0.state.adjacencies.isEmpty }.map(\.longestDeadInterval) ?? []
      state.beat = intervals.max().map { min(max($0 / 4, .milliseconds(250)), .seconds(10)) }
    }
    changed.yield()
  }

  func retry() {
    guard problems.stands(.restartNotWritten) else { return }
    state.withLock { state in state.pending = state.pending ?? state.failed }
    changed.yield()
  }

  /// No more comes.
  func finish() { changed.finish() }

  /// Writes what is given to `store`, and that we are alive, until `finish`.
  func writeUntilFinished() async {
    await withTaskGroup { group in
      group.addTask { await self.sayThatWeLive() }
      for await _ in changes { writePending() }
      writePending()
      group.cancelAll()
    }
  }

  /// Writes what the next run is to begin with, which is about to be started.
  func hand(over memory: NodeMemory, since ended: DrainStore.Moment) throws {
    try write(memory, planned: true, at: ended)
  }

  private func writePending() {
    let pending = state.withLock { state in
      defer { state.pending = nil }
      return state.pending
    }
    guard let memory = pending else { return }
    do {
      if let memory { try write(memory, planned: false, at: now()) } else { try removeIfThere() }
      state.withLock { $0.failed = nil }
      problems.mend(.restartNotWritten)
    } catch {
      state.withLock { $0.failed = .some(memory) }
      problems.raise(.restartNotWritten, "after a crash or a restart the neighbors would notice: \(error)")
    }
  }

  private func write(_ memory: NodeMemory, planned: Bool, at now: DrainStore.Moment) throws {
    let file = RestartFile(
      memory, planned: planned, bootID: now.bootID ?? "", secondsSinceBoot: now.secondsSinceBoot)
    let contents = try JSONCoding.encode(file)
    try writing.withLock { _ in
      try FileAccess.makeDirectory(directory)
      try FileAccess.replace(path, with: Array(contents.readableBytesView))
    }
  }

  private func removeIfThere() throws(FileAccess.Failure) {
    do throws(FileAccess.Failure) {
      try FileAccess.remove(path)
    } catch {
      guard error.isMissingFile else { throw error }
    }
  }

  private func sayThatWeLive() async {
    while !Task.isCancelled {
      let beat = state.withLock { $0.beat }
      if beat != nil { try? FileAccess.overwrite(alivePath, with: Array("\(now().secondsSinceBoot)".utf8)) }
      try? await Task.sleep(for: beat ?? .seconds(1))
    }
  }
}
