import AnycastPolicy
import ControlAPI
import Glibc
import LogTestSupport
import Logging
import OSPFProtocol
import Testing

@testable import anycast_ospfd

@Suite("What the daemon keeps in files")
struct StateFileTests {
  @Test("Drains come back after a restart, in a directory that is made when it is missing")
  func drains() async throws {
    try await withDirectory { directory in
      let stored = [StoredDrain(service: "dns", reason: "kernel update"), StoredDrain(address: "192.0.2.1")]
      let store = DrainStore(stateDirectory: directory, problems: StandingProblems { _ in })
      store.store([])
      store.store(stored)
      store.finish()
      await store.run()
      #expect(DrainStore(stateDirectory: directory, problems: StandingProblems { _ in }).load() == stored)
    }
  }

  @Test("The time that has passed is taken off a drain, and a drain whose time is over is gone")
  func passedTime() async throws {
    try await withDirectory { directory in
      try FileAccess.makeDirectory(directory)
      let text = """
        {"savedAt":"2020-01-01T00:00:00.000Z","drains":[{"service":"dns","remainingSeconds":60},{"service":"web"}]}
        """
      try FileAccess.replace(directory + "/drains.json", with: Array(text.utf8))
      #expect(DrainStore(stateDirectory: directory, problems: StandingProblems { _ in }).load() == [StoredDrain(service: "web")])
    }
  }

  @Test("A new file is for its owner alone, and one that is there already is not replaced")
  func newFile() async throws {
    try await withDirectory { directory in
      try FileAccess.makeDirectory(directory)
      let path = directory + "/drains.json"
      try FileAccess.create(path, with: [1, 2])
      #expect(throws: FileAccess.Failure(path: path, code: EEXIST)) { try FileAccess.create(path, with: [3]) }
      #expect(try FileAccess.read(path) == [1, 2])
      var status = stat()
      #expect(stat(path, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
  }

  /// What is left of a drain of an hour that one daemon stores, and the next one loads after a minute.
  private func left(afterReboot: Bool, clockSetBy step: Int64) async throws -> StoredDrain? {
    try await withDirectory { directory in
      let stored = DrainStore(stateDirectory: directory, problems: StandingProblems { _ in }) {
        .init(wallClock: Timestamp(millisecondsSince1970: 1_700_000_000_000), bootID: "first", secondsSinceBoot: 5_000)
      }
      stored.store([StoredDrain(service: "dns", remainingSeconds: 3_600)])
      stored.finish()
      await stored.run()
      let restarted = DrainStore(stateDirectory: directory, problems: StandingProblems { _ in }) {
        .init(
          wallClock: Timestamp(millisecondsSince1970: 1_700_000_060_000 + step * 1_000),
          bootID: afterReboot ? "second" : "first", secondsSinceBoot: afterReboot ? 20 : 5_060)
      }
      return restarted.load().first
    }
  }

  @Test("A clock that is set while the daemon is down makes a drain neither longer nor shorter", arguments: [-86_400, 0, 86_400])
  func clockStep(step: Int64) async throws {
    #expect(try await left(afterReboot: false, clockSetBy: step) == StoredDrain(service: "dns", remainingSeconds: 3_540))
  }

  @Test("After a reboot the calendar says how much time has passed; one that is behind takes nothing off")
  func reboot() async throws {
    #expect(try await left(afterReboot: true, clockSetBy: 0) == StoredDrain(service: "dns", remainingSeconds: 3_540))
    #expect(try await left(afterReboot: true, clockSetBy: 86_400) == nil)
    #expect(try await left(afterReboot: true, clockSetBy: -86_400) == StoredDrain(service: "dns", remainingSeconds: 3_600))
  }

  @Test("The machine's boot has a name, and time passes since it")
  func thisBoot() {
    let first = DrainStore.Moment.now()
    let second = DrainStore.Moment.now()
    #expect(first.bootID?.count == 36)
    #expect(first.bootID == second.bootID && first.secondsSinceBoot <= second.secondsSinceBoot && first.secondsSinceBoot > 0)
  }

  /// A store with a clock, as a node uses it.
  private struct SequenceNumbers {
    let store: SequenceNumberStore
    let wallClock: Int64

    func begin(_ instance: ProtocolInstance) -> SequenceNumberReservation {
      let reservation = SequenceNumberReservation(after: store.ends[instance], wallClock: wallClock)
      store.begin(instance, before: reservation.end)
      return reservation
    }
  }

  private func sequenceNumbers(_ directory: String, wallClock: Int64) -> SequenceNumbers {
    SequenceNumbers(
      store: SequenceNumberStore(stateDirectory: directory, problems: StandingProblems { _ in }), wallClock: wallClock)
  }

  @Test("Sequence numbers are in the file before an instance uses one, and no run begins with those of another")
  func sequenceNumbers() async throws {
    try await withDirectory { directory in
      let first = sequenceNumbers(directory, wallClock: 1_700_000_000).begin(.ospfv2)
      #expect(first.first == 1_700_000_000 << 32 | 1_700_000_000)
      // It crashed, and the clock was set back.
      let store = sequenceNumbers(directory, wallClock: 1_000)
      let second = store.begin(.ospfv2)
      #expect(second.first == 1_700_000_001 << 32 | first.end & 0xFFFF_FFFF)
      #expect(store.begin(.ospfv3).first == 1_000 << 32 | 1_000)
      store.store.extend(.ospfv2, before: second.end + 5_000)
      store.store.extend(.ospfv2, before: second.end)
      store.store.finish()
      await store.store.run()
      let third = sequenceNumbers(directory, wallClock: 1_000)
      #expect(third.begin(.ospfv2).first == 1_700_000_002 << 32 | (second.end + 5_000) & 0xFFFF_FFFF)
      #expect(third.begin(.ospfv3).first >> 32 == 1_001)
      #expect(third.begin(.ospfv2).first >> 32 == 1_700_000_003)
    }
  }

  @Test("Where the state directory cannot be written, or the file is no JSON, the time of day takes the place of what was kept")
  func lostSequenceNumbers() async throws {
    let store = sequenceNumbers("/proc/nonexistent", wallClock: 1_700_000_000)
    let first = store.begin(.ospfv2)
    #expect(first.first == 1_700_000_000 << 32 | 1_700_000_000)
    #expect(store.begin(.ospfv2).first > first.end)
    try await withDirectory { directory in
      try FileAccess.makeDirectory(directory)
      try FileAccess.replace(directory + "/sequence-numbers.json", with: Array("{".utf8))
      #expect(sequenceNumbers(directory, wallClock: 1_700_000_000).begin(.ospfv2) == first)
      #expect(sequenceNumbers(directory, wallClock: 5).begin(.ospfv2).first > first.end)
    }
  }

  @Test("A file that is missing, or is no JSON, means that there are no drains")
  func unreadable() async throws {
    try await withDirectory { directory in
      #expect(DrainStore(stateDirectory: directory, problems: StandingProblems { _ in }).load() == [])
      try FileAccess.makeDirectory(directory)
      try FileAccess.replace(directory + "/drains.json", with: Array("{\"savedAt\":".utf8))
      #expect(DrainStore(stateDirectory: directory, problems: StandingProblems { _ in }).load() == [])
    }
  }

  @Test("A file is replaced as a whole, and read whole")
  func replacing() async throws {
    try await withDirectory { directory in
      let path = directory + "/drains.json"
      try FileAccess.makeDirectory(directory)
      let contents = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
      try FileAccess.replace(path, with: [1, 2, 3])
      try FileAccess.replace(path, with: contents)
      #expect(try FileAccess.read(path) == contents)
    }
  }

  @Test(
    "A file that cannot be read is named, with the reason",
    arguments: [("/nonexistent/file", "no such file"), ("/", "it is a directory")])
  func failures(path: String, reason: String) {
    let error = #expect(throws: FileAccess.Failure.self) { try FileAccess.read(path) }
    #expect(error?.description == "\(path): \(reason)")
  }
}
