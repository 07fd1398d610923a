import ControlAPI
import Glibc
import LogTestSupport
import Logging
import Testing

@testable import anycast_ospfd

@Suite("The history in the state directory")
struct HistoryStoreTests {
  private func event(
    _ kind: EventKind, _ milliseconds: Int64 = 0, service: String? = nil, prefix: String? = nil, to: String? = nil
  )
    -> EventReport
  {
    EventReport(
      time: Timestamp(millisecondsSince1970: 1_763_696_332_000 + milliseconds), level: .notice, kind: kind,
      message: "m\(milliseconds)",
      service: service, prefix: prefix, from: "up", to: to)
  }

  private func run(_ directory: String, limit: Int = HistoryStore.longestFile, _ events: [EventReport]) async -> HistoryReport {
    let store = HistoryStore(stateDirectory: directory, limit: limit, problems: StandingProblems { _ in })
    store.setServices(["dns": ["192.0.2.53/32", "2001:db8::53/128"]])
    for event in events { store.note(event) }
    store.finish()
    await store.run()
    return store.report()
  }

  @Test("What is kept comes back after a restart; what only a debugger asks for is not kept")
  func restart() async throws {
    try await withDirectory { directory in
      let first = [event(.daemonStarted), event(.serviceStateChanged, 1, service: "dns", to: "up"), event(.daemonEnded, 2)]
      _ = await run(directory, first + [event(.packetRefused), event(.neighborStateChanged, to: "Init")])
      #expect(HistoryStore(stateDirectory: directory, problems: StandingProblems { _ in }).report().records == first)
      let all = await run(directory, [event(.daemonStarted, 3)])
      #expect(all.records == first + [event(.daemonStarted, 3)])
      #expect(all.unreadableLines == 0)
    }
  }

  @Test("A run that was killed is ended by the next one, at its last sign of life")
  func killed() async throws {
    try await withDirectory { directory in
      _ = await run(directory, [event(.daemonStarted)])
      var times = [timespec(tv_sec: 1_763_697_000, tv_nsec: 0), timespec(tv_sec: 1_763_697_000, tv_nsec: 0)]
      #expect(utimensat(AT_FDCWD, directory + "/history.jsonl", &times, 0) == 0)
      let all = await run(directory, [event(.daemonStarted, 900_000)])
      #expect(all.records.map(\.kind) == [.daemonStarted, .daemonEnded, .daemonStarted])
      #expect(all.records[1].time == Timestamp(millisecondsSince1970: 1_763_697_000_000))
    }
  }

  @Test("A line that was torn is left out, and the next one is whole")
  func torn() async throws {
    try await withDirectory { directory in
      _ = await run(directory, [event(.daemonStarted), event(.daemonEnded, 1)])
      let path = directory + "/history.jsonl"
      let whole = try FileAccess.read(path)
      try FileAccess.replace(path, with: Array(whole.dropLast(9)))
      let all = await run(directory, [event(.serviceAdded, 2, service: "dns")])
      #expect(all.unreadableLines == 1)
      #expect(all.records.map(\.kind) == [.daemonStarted, .daemonEnded, .serviceAdded])
      #expect(all.records[1].reason == "no sign of life after this time")
    }
  }

  @Test("It has a bounded length, and the newest is what stays")
  func bounded() async throws {
    try await withDirectory { directory in
      let events = (0..<100).map { event(.serviceAdded, Int64($0), service: "dns") }
      let all = await run(directory, limit: 2000, events)
      #expect(all.records.last == events.last)
      #expect(all.records == Array(events.suffix(all.records.count)))
      #expect(all.records.count < 40)
      for name in ["history.jsonl", "history.1.jsonl"] {
        let length = try FileAccess.read(directory + "/" + name).count
        #expect(length <= 2000)
      }
    }
  }

  @Test("The acknowledgment of a withdrawal is kept once, and says of which service")
  func withdrawal() async throws {
    try await withDirectory { directory in
      let all = await run(
        directory,
        [
          event(.withdrawalAcknowledged, 1, prefix: "192.0.2.53/32"),
          event(.serviceStateChanged, 2, service: "dns", to: "down"),
          event(.withdrawalAcknowledged, 3, prefix: "192.0.2.53/32"),
          event(.withdrawalAcknowledged, 4, prefix: "2001:db8::53/128"),
          event(.withdrawalAcknowledged, 5, prefix: "10.0.0.0/8"),
        ])
      #expect(all.records.map(\.message) == ["m2", "m3"])
      #expect(all.records.last?.service == "dns")
    }
  }
}
