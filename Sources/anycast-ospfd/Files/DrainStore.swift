import AnycastPolicy
import ControlAPI
import Glibc
import LinuxNetwork
import NIOCore
import OSPFProtocol
import Synchronization

/// Keeps the drains in force in a file, so that a restart does not undo what an operator has done. Written by a task of its own:
/// a slow disk delays nobody.
final class DrainStore: FileWriter {
  private struct Contents: Codable {
    var savedAt: Timestamp
    /// The boot of the machine in which it was saved, and the seconds since that boot. Absent in what earlier versions wrote.
    var bootID: String?
    var secondsSinceBoot: Double?
    var drains: [StoredDrain]
  }

  /// A point in time: by the calendar, which can be set, and since the machine's boot, which holds only until the next one.
  struct Moment: Sendable {
    var wallClock: Timestamp
    var bootID: String?
    var secondsSinceBoot: Double

    /// What the kernel says now.
    static func now() -> Moment {
      let bootID = try? FileAccess.read("/proc/sys/kernel/random/boot_id")
      return Moment(
        wallClock: .now, bootID: bootID.map { String(decoding: $0.prefix(while: { $0 > 0x20 }), as: UTF8.self) },
        secondsSinceBoot: (MonotonicClock.now() - Instant.zero).inSeconds)
    }
  }

  private let path: String
  private let directory: String
  private let problems: StandingProblems
  private let now: @Sendable () -> Moment
  private let pending: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  private let state = Mutex(State())

  /// What is to be written, and who waits for it.
  private struct State {
    var drains: [StoredDrain]?
    /// What could not be written, and why.
    var failed: (drains: [StoredDrain], reason: String)?
    var isWriting = false
    var isFinished = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  init(stateDirectory: String, problems: StandingProblems, now: @escaping @Sendable () -> Moment = Moment.now) {
    self.now = now
    directory = stateDirectory
    path = stateDirectory + "/drains.json"
    self.problems = problems
    (pending, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// The drains that were in force when they were last stored, less the time that has passed since. None, and a standing problem, when
  /// the file cannot be read; what is in it is put aside.
  func load() -> [StoredDrain] {
    do {
      let contents = try JSONCoding.decode(Contents.self, from: ByteBuffer(bytes: try FileAccess.read(path)))
      let passed = secondsPassed(since: contents)
      return contents.drains.compactMap { $0.reduced(by: passed) }
    } catch let error as FileAccess.Failure where error.isMissingFile {
      return []
    } catch {
      let keptAs = path + ".corrupt"
      let isKept = rename(path, keptAs) == 0
      problems.raise(
        .drainsNotRead,
        "the drains of the last run are lost, and what they withdrew is advertised: \(path) cannot be read: \(error)"
          + (isKept ? "; it was put aside as \(keptAs)" : ""))
      return []
    }
  }

  /// Since the same boot the calendar is not asked: somebody may have set it. After another boot there is nothing else to ask.
  private func secondsPassed(since contents: Contents) -> Double {
    let now = now()
    if let bootID = contents.bootID, bootID == now.bootID, let then = contents.secondsSinceBoot {
      return now.secondsSinceBoot - then
    }
    return Double(now.wallClock.millisecondsSince1970 - contents.savedAt.millisecondsSince1970) / 1000
  }

  /// Takes the drains in force, to be written soon.
  func store(_ drains: [StoredDrain]) {
    state.withLock { $0.drains = drains }
    continuation.yield()
  }

  /// Waits until what was given to `store` before is written, or could not be; returns why not.
  func written() async -> String? {
    await withCheckedContinuation { waiter in
      let isWritten = state.withLock { state in
        if (state.drains == nil && !state.isWriting) || state.isFinished { return true }
        state.waiting.append(waiter)
        return false
      }
      if isWritten { waiter.resume() }
    }
    return state.withLock { $0.failed?.reason }
  }

  func retry() {
    guard state.withLock({ $0.failed != nil }) else { return }
    state.withLock { state in state.drains = state.drains ?? state.failed?.drains }
    continuation.yield()
  }

  /// No more drains come.
  func finish() { continuation.finish() }

  /// Writes what is given to `store`, until `finish`.
  func writeUntilFinished() async {
    for await _ in pending { writePending() }
    writePending()
    release { $0.isFinished = true }
  }

  private func writePending() {
    let drains = state.withLock { state in
      defer { state.drains = nil }
      state.isWriting = state.drains != nil
      return state.drains
    }
    guard let drains else { return }
    write(drains)
    release { $0.isWriting = false }
  }

  /// Wakes those who wait, unless there is more to be written.
  private func release(_ change: (inout State) -> Void) {
    let waiting = state.withLock { state in
      change(&state)
      guard state.drains == nil || state.isFinished else { return [CheckedContinuation<Void, Never>]() }
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in waiting { waiter.resume() }
  }

  private func write(_ drains: [StoredDrain]) {
    do {
      try FileAccess.makeDirectory(directory)
      let now = now()
      let contents = try JSONCoding.encode(
        Contents(savedAt: now.wallClock, bootID: now.bootID, secondsSinceBoot: now.secondsSinceBoot, drains: drains))
      try FileAccess.replace(path, with: Array(contents.readableBytesView))
      state.withLock { $0.failed = nil }
      problems.mend(.drainsNotWritten)
    } catch {
      state.withLock { $0.failed = (drains, "\(error)") }
      problems.raise(.drainsNotWritten, "drains cannot be stored, and a restart forgets them: \(error)")
    }
  }
}
