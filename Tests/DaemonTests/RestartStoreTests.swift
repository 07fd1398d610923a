import AnycastNode
import AnycastPolicy
import LogTestSupport
import Logging
import OSPFProtocol
import OSPFWire
import Testing

@testable import anycast_ospfd

@Suite("What one run leaves to the next")
struct RestartStoreTests {
  private static func moment(_ seconds: Double, boot: String = "first") -> DrainStore.Moment {
    .init(wallClock: .now, bootID: boot, secondsSinceBoot: seconds)
  }

  private func store(_ directory: String, boot: String = "first", at seconds: Double) -> RestartStore {
    RestartStore(stateDirectory: directory, problems: StandingProblems { _ in }) {
      Self.moment(seconds, boot: boot)
    }
  }

  private static func memory() throws -> NodeMemory {
    let routerID = RouterID(rawValue: 0xC633_6402)
    func key(_ type: LSType, _ id: UInt32) -> LSAKey {
      LSAKey(lsType: type, linkStateID: LinkStateID(rawValue: id), advertisingRouter: routerID)
    }
    let state = RestartState(
      sequenceNumbers: [
        LSAIdentity(scope: .area(.backbone), key: key(.router, routerID.rawValue)): SequenceNumber(rawValue: -5),
        LSAIdentity(scope: .autonomousSystem, key: key(.asExternal, 0xC000_0201)): .initial,
        LSAIdentity(
          scope: .link(interfaceIndex: 2, address: IPv4Address(10, 0, 0, 2)), key: key(.opaqueLink, 3 << 24)): .initial,
        LSAIdentity(scope: .link(interfaceIndex: 3), key: key(.link, 3)): .max,
      ],
      adjacencies: [
        .init(interfaceIndex: 2, routerID: RouterID(rawValue: 1)), .init(interfaceIndex: 3, routerID: RouterID(rawValue: 9)),
      ])
    let external = Advertisement(
      prefix: try #require(IPPrefix("192.0.2.1/32")), kind: .external(metric: 20, type: .type1, tag: 7),
      nextHop: .v4(IPv4Address(10, 0, 0, 7)))
    let stub = Advertisement(prefix: try #require(IPPrefix("2001:db8::1/128")), kind: .stub(metric: 3))
    return NodeMemory(
      instances: [
        .ospfv2: InstanceMemory(
          routerID: routerID, state: state, redistributed: [external], longestDeadInterval: .seconds(4),
          gracePeriod: .seconds(120)),
        .ospfv3IPv4: InstanceMemory(routerID: routerID, state: RestartState(), longestDeadInterval: .zero),
      ],
      services: [
        ServiceMemory(
          name: "dns", state: .degraded, stateAge: .milliseconds(1500), checks: [.init(summary: "tcp port 53", state: .passing)],
          hold: .init(remaining: .seconds(3), duration: .seconds(30), changes: 5),
          advertised: [.init(advertisement: stub, age: .seconds(60))])
      ], isSuspended: true, added: [.init(name: "web", text: "address 192.0.2.80\n", isPersistent: false)])
  }

  @Test("A planned restart finds everything that was handed over, once, and how long ago that was")
  func planned() async throws {
    try await withDirectory { directory in
      let memory = try Self.memory()
      try store(directory, at: 1001).hand(over: memory, since: Self.moment(1000))
      let next = store(directory, at: 1002.5)
      #expect(next.take() == NodeRestart(memory: memory, age: .milliseconds(2500), isPlanned: true))
      #expect(next.take() == nil)
    }
  }

  @Test("After a crash it is as old as the last sign of life, or as what was stored later")
  func crashed() async throws {
    try await withDirectory { directory in
      let memory = try Self.memory()
      /// What the next run takes at 1003 from one that stored at 1000 and said at `lastBeat` that it lives.
      func taken(lastBeat: String) async throws -> NodeRestart? {
        let crashed = store(directory, at: 1000)
        crashed.store(nil)
        crashed.store(memory)
        crashed.finish()
        await crashed.run()
        // Only now, because it may have said so itself while it ran.
        try FileAccess.overwrite(directory + "/alive", with: Array(lastBeat.utf8))
        return store(directory, at: 1003).take()
      }
      #expect(try await taken(lastBeat: "900.5") == NodeRestart(memory: memory, age: .seconds(3), isPlanned: false))
      #expect(try await taken(lastBeat: "1001.5") == NodeRestart(memory: memory, age: .milliseconds(1500), isPlanned: false))
    }
  }

  @Test("A run that says that it lives does so as often as the neighbors' patience demands")
  func alive() async throws {
    try await withDirectory { directory in
      let running = store(directory, at: 1234.5)
      running.store(try Self.memory())
      async let end: Void = running.run()
      while (try? FileAccess.read(directory + "/alive")) != Array("1234.5".utf8) { try await Task.sleep(for: .milliseconds(10)) }
      running.finish()
      await end
    }
  }

  @Test("What was left in order, in another boot, or in words that are none, is nothing")
  func nothing() async throws {
    try await withDirectory { directory in
      #expect(store(directory, at: 1).take() == nil)
      let left = store(directory, at: 1000)
      left.store(try Self.memory())
      left.store(nil)
      left.finish()
      await left.run()
      #expect(store(directory, at: 1001).take() == nil)
      try store(directory, at: 1000).hand(over: try Self.memory(), since: Self.moment(1000))
      #expect(store(directory, boot: "second", at: 1001).take() == nil)
      try FileAccess.replace(directory + "/restart.json", with: Array("{".utf8))
      #expect(store(directory, at: 1001).take() == nil)
      #expect(throws: FileAccess.Failure.self) { try FileAccess.read(directory + "/restart.json") }
    }
  }
}
