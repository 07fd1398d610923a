import ControlAPI
import NIOCore
import OSPFProtocol
import Synchronization

/// Keeps in a file how far the Cryptographic sequence numbers of each instance are set aside, so that no run begins with one that an
/// earlier run has used, after a crash, a reboot or a clock that was set back neither.
///
/// An instance begins when its first block is in the file. The following blocks are written while half of the one before is left, by a
/// task of its own: a slow disk delays nobody. Where the file cannot be written the numbers go on, and the time of day takes its place
/// at the next start.
final class SequenceNumberStore: FileWriter {
  private struct Contents: Codable {
    /// By the instance's name: the first number that is not set aside.
    var reserved: [String: UInt64]
  }

  private struct State {
    var ends: [String: UInt64] = [:]
  }

  private let path: String
  private let directory: String
  private let problems: StandingProblems
  private let state: Mutex<State>
  /// Held while the file is written: what is written last is what was set aside last.
  private let writing = Mutex(())
  private let changes: AsyncStream<Void>
  private let changed: AsyncStream<Void>.Continuation

  init(stateDirectory: String, problems: StandingProblems) {
    directory = stateDirectory
    path = stateDirectory + "/sequence-numbers.json"
    self.problems = problems
    state = Mutex(State(ends: Self.load(path, problems)))
    (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  private static func load(_ path: String, _ problems: StandingProblems) -> [String: UInt64] {
    do {
      return try JSONCoding.decode(Contents.self, from: ByteBuffer(bytes: try FileAccess.read(path))).reserved
    } catch let error as FileAccess.Failure where error.isMissingFile {
      return [:]
    } catch {
      problems.raise(
        .sequenceNumbersNotRead,
        "the cryptographic sequence numbers of the last run are lost, they go on with the time of day: \(path) cannot be read: \(error)"
      )
      return [:]
    }
  }

  /// Where the numbers end that were set aside for each instance, by this run or an earlier one.
  var ends: [ProtocolInstance: UInt64] {
    state.withLock { state in
      ProtocolInstance.allCases.reduce(into: [:]) { $0[$1] = state.ends[$1.description] }
    }
  }

  /// Sets the numbers of a run of an instance that is beginning aside, and writes that down before it returns.
  func begin(_ instance: ProtocolInstance, before end: UInt64) {
    state.withLock { state in state.ends[instance.description] = end }
    write()
  }

  /// An instance needs the numbers before `end`, soon.
  func extend(_ instance: ProtocolInstance, before end: UInt64) {
    state.withLock { state in
      let known = state.ends[instance.description] ?? 0
      state.ends[instance.description] = max(known, end)
    }
    changed.yield()
  }

  func retry() { if problems.stands(.sequenceNumbersNotWritten) { changed.yield() } }

  /// No more numbers are needed.
  func finish() { changed.finish() }

  /// Writes what is given to `extend`, until `finish`.
  func writeUntilFinished() async {
    for await _ in changes { write() }
  }

  private func write() {
    writing.withLock { _ in
      let ends = state.withLock { $0.ends }
      do {
        try FileAccess.makeDirectory(directory)
        let contents = try JSONCoding.encode(Contents(reserved: ends))
        try FileAccess.replace(path, with: Array(contents.readableBytesView))
        problems.mend(.sequenceNumbersNotWritten)
      } catch {
        let consequence = "after a restart they begin with the time of day, which must not be set back"
        problems.raise(
          .sequenceNumbersNotWritten, "the cryptographic sequence numbers cannot be stored, \(consequence): \(error)")
      }
    }
  }
}
