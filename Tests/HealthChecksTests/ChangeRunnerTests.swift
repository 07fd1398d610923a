import AnycastPolicy
import OSPFWire
import Synchronization
import Testing

@testable import HealthChecks

@Suite("Commands that are run when a service changes state", .timeLimit(.minutes(5)))
struct ChangeRunnerTests {
  private static func change(
    _ from: ServiceState = .down, _ to: ServiceState = .up, service: String = "dns", script: String = "true",
    reason: String = "check dns passes"
  ) -> ServiceChange {
    ServiceChange(
      command: ["/bin/sh", "-c", script], service: service,
      addresses: ["192.0.2.1", "2001:db8::1"].compactMap { IPAddress($0) }, from: from, to: to, reason: reason)
  }

  /// A runner whose commands are told one after the other, and end when the test says so.
  private final class Stage: Sendable {
    let begun: AsyncStream<ServiceChange>
    private let begin: AsyncStream<ServiceChange>.Continuation
    private let gate = Mutex(Gate())
    let failures = Mutex<[String]>([])
    let running = Mutex<[String: Int]>([:])

    init() {
      (begun, begin) = AsyncStream.makeStream()
    }

    /// Commands that may end, before or after they wait for that.
    private struct Gate {
      var permits = 0
      var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private func mayEnd() async {
      await withCheckedContinuation { continuation in
        let isOpen = gate.withLock { gate in
          guard gate.permits > 0 else {
            gate.waiting.append(continuation)
            return false
          }
          gate.permits -= 1
          return true
        }
        if isOpen { continuation.resume() }
      }
    }

    func letOneEnd() {
      let first = gate.withLock { gate -> CheckedContinuation<Void, Never>? in
        guard gate.waiting.isEmpty else { return gate.waiting.removeFirst() }
        gate.permits += 1
        return nil
      }
      first?.resume()
    }

    func runner(timeout: Duration = .seconds(240), patience: Duration = .seconds(240)) -> ChangeRunner {
      ChangeRunner(timeout: timeout, patience: patience) { change in
        let count = self.running.withLock { running in
          running[change.service, default: 0] += 1
          return running[change.service, default: 0]
        }
        self.begin.yield(change)
        await self.mayEnd()
        self.running.withLock { $0[change.service, default: 0] -= 1 }
        return .exited(count == 1 ? 0 : 99, lastLine: nil)
      } reportFailure: { change, reason in
        self.failures.withLock { $0.append("\(change.service): \(reason)") }
      }
    }
  }

  @Test("The commands of one service run one at a time and in order")
  func order() async throws {
    let stage = Stage()
    let runner = stage.runner()
    let states: [ServiceState] = [.up, .degraded, .down, .up, .draining, .drained]
    for state in states { runner.tell(Self.change(to: state)) }
    var begun = stage.begun.makeAsyncIterator()
    for state in states {
      #expect(await begun.next()?.to == state)
      stage.letOneEnd()
    }
    await runner.shutDown()
    #expect(stage.failures.withLock { $0 } == [])
  }

  private static func change(to state: ServiceState) -> ServiceChange { change(.down, state) }

  @Test("A service whose command takes long keeps no other service waiting")
  func independent() async throws {
    let stage = Stage()
    let runner = stage.runner()
    for name in ["dns", "web"] { runner.tell(Self.change(service: name)) }
    var begun = stage.begun.makeAsyncIterator()
    let first = await begun.next()?.service
    let second = await begun.next()?.service
    #expect(Set([first, second]) == ["dns", "web"])
    stage.letOneEnd()
    stage.letOneEnd()
    await runner.shutDown()
  }

  @Test("Changes that come faster than a command ends become fewer, and the latest state is always told last")
  func bounded() {
    var queue = ChangeQueue()
    let states: [ServiceState] = [.up, .down]
    for number in 0..<1001 {
      queue.append(Self.change(states[(number + 1) % 2], states[number % 2], reason: "\(number)"))
      #expect(queue.count <= ChangeQueue.limit)
    }
    var told: [ServiceChange] = []
    while let change = queue.next() { told.append(change) }
    #expect(told.first?.reason == "0")
    #expect(told.last?.to == .up)
    for (earlier, later) in zip(told, told.dropFirst()) { #expect(earlier.to == later.from) }
    #expect(told.allSatisfy { $0.from != $0.to })
  }

  @Test("Two changes that become one are told from the first's old state to the second's new one, with its reason")
  func merged() {
    var queue = ChangeQueue()
    for _ in 1..<ChangeQueue.limit { queue.append(Self.change()) }
    queue.append(Self.change(.up, .degraded))
    queue.append(Self.change(.degraded, .down, reason: "check dns failed 3 times"))
    var told: [ServiceChange] = []
    while let change = queue.next() { told.append(change) }
    #expect(told.count == ChangeQueue.limit)
    #expect(told.last == Self.change(.up, .down, reason: "check dns failed 3 times"))
  }

  /// Runs scripts as they are in the daemon, and gives back what failed.
  private func failures(
    _ changes: [ServiceChange], timeout: Duration = .seconds(240), patience: Duration = .seconds(240),
    wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) async -> [String] {
    let failures = Mutex<[String]>([])
    let runner = ChangeRunner(timeout: timeout, patience: patience, wait: wait) { change in
      await CommandRun(command: change.command, user: .unprivileged(), environment: change.environment).result()
    } reportFailure: { change, reason in
      failures.withLock { $0.append(reason) }
    }
    for change in changes { runner.tell(change) }
    await runner.shutDown()
    return failures.withLock { $0 }
  }

  @Test("The environment names the service, its addresses, both states and the reason; a failure is told with the last line")
  func environment() async {
    let script = #"echo "$SERVICE|$ADDRESS|$ADDRESSES|$OLD_STATE|$NEW_STATE|$REASON"; exit 3"#
    #expect(
      await failures([Self.change(.up, .down, script: script, reason: "check dns failed 3 times: a 'b' $(c)")]) == [
        "exit status 3: dns|192.0.2.1|192.0.2.1 2001:db8::1|up|down|check dns failed 3 times: a 'b' $(c)"
      ])
    #expect(await failures([Self.change(script: "echo fine")]) == [])
  }

  @Test("A command has no privileges")
  func unprivileged() async {
    let script = "grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status | grep -v 0000000000000000 && exit 1; exit 0"
    #expect(await failures([Self.change(script: script)]) == [])
  }

  @Test("A command that cannot be run is told, and the next one is run")
  func cannotRun() async {
    var missing = Self.change()
    missing.command = ["/no/such/program"]
    #expect(
      await failures([missing, Self.change(script: "echo next; exit 1")]) == [
        "cannot run /no/such/program: No such file or directory", "exit status 1: next",
      ])
  }

  /// The first wait of this length is over when a process holds the line, and every other one takes longer than any test.
  private static func wait(of length: Duration, endsWhenHeld lifeLine: LifeLine) -> @Sendable (Duration) async throws -> Void {
    let hasEnded = Mutex(false)
    return { duration in
      let isFirst = hasEnded.withLock { hasEnded in
        guard duration == length, !hasEnded else { return false }
        hasEnded = true
        return true
      }
      if isFirst { try await lifeLine.untilHeld() } else { try await Task.sleep(for: .seconds(240)) }
    }
  }

  @Test("At its timeout a command is ended with everything that it started, and the next one is run")
  func timeout() async throws {
    let lifeLine = try LifeLine()
    let script = "\(lifeLine.hold) (trap '' TERM HUP; sleep 1000) & sleep 1000"
    let told = await failures(
      [Self.change(script: script), Self.change(script: "echo next; exit 1")], timeout: .seconds(10),
      wait: Self.wait(of: .seconds(10), endsWhenHeld: lifeLine))
    #expect(told == ["timeout after 10s", "exit status 1: next"])
    try await lifeLine.untilCut()
  }

  @Test("When the daemon ends, a command that does not is ended, and what waits behind it is not run")
  func shutDown() async throws {
    let lifeLine = try LifeLine()
    let told = await failures(
      [Self.change(script: "\(lifeLine.hold) sleep 1000"), Self.change(script: "exit 1")], patience: .seconds(5),
      wait: Self.wait(of: .seconds(5), endsWhenHeld: lifeLine))
    #expect(told == ["ended, because the daemon ends"])
    try await lifeLine.untilCut()
  }

  @Test("After the end nothing is run")
  func afterShutDown() async {
    let stage = Stage()
    let runner = stage.runner()
    await runner.shutDown()
    runner.tell(Self.change())
    #expect(stage.running.withLock { $0.isEmpty })
  }
}
