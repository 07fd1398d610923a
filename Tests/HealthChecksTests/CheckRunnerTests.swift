import AnycastPolicy
import Configuration
import NIOCore
import OSPFWire
import Synchronization
import Testing

@testable import HealthChecks

@Suite("The runner of checks", .timeLimit(.minutes(5)))
struct CheckRunnerTests {
  @Test("Each check is probed again and again, and each verdict names its check and when it is next")
  func repeats() async throws {
    let good = CheckConfiguration.shell("true", interval: .milliseconds(20))
    let bad = CheckConfiguration.shell("echo no; false", interval: .milliseconds(20))
    try await withRunner(checking: [.local(good, bad)]) { outcomes in
      let passing = try await outcomes.next(3) { $0.check.configuration == good }
      #expect(passing.allSatisfy { $0.verdict == .passing(detail: nil) && $0.nextProbe <= .milliseconds(20) })
      let failing = try await outcomes.next(3) { $0.check.configuration == bad }
      #expect(failing.allSatisfy { $0.verdict == .failing(reason: "exit status 1: no") })
    }
  }

  @Test("A probe never overlaps itself, also when it takes longer than the interval")
  func neverOverlaps() async throws {
    let lock = try LifeLine()
    // The name is free as long as no other probe of the check is under way.
    let name = "/tmp/health-checks-lock-" + lock.path.split(separator: "/")[1]
    let script = "mkdir \(name) || exit 9; sleep 0.05; rmdir \(name)"
    try await withRunner(checking: [.local(.shell(script, interval: .milliseconds(5)))]) { outcomes in
      let all = try await outcomes.next(8)
      #expect(all.allSatisfy { $0.verdict.isPassing })
    }
  }

  @Test("Fifty commands that hang do not delay another check, and at the shutdown they are gone")
  func hangingCommands() async throws {
    let lifeLine = try LifeLine()
    let hanging = (0..<50).map {
      ServiceConfiguration.local(.shell("\(lifeLine.hold) sleep 1000", timeout: .seconds(900)), name: "hang\($0)")
    }
    try await withListener { port in
      let check = CheckConfiguration(
        kind: .tcp(TCPCheck(address: nil, ports: [port])), interval: .milliseconds(20), timeout: .seconds(20))
      try await withRunner(checking: hanging + [.local(check)]) { outcomes in
        try await lifeLine.untilHeld(by: 50)
        let all = try await outcomes.next(20)
        #expect(all.allSatisfy { $0.check.service == "dns" && $0.verdict.isPassing })
      }
      try await lifeLine.untilCut()
    }
  }

  @Test("Checks do not march in step: the first probe's moment is drawn, and how much each interval is shorter")
  func jitter() async throws {
    let draws = Mutex<[TimeAmount]>([])
    let check = CheckConfiguration.shell("true", interval: .milliseconds(200))
    let outcomes = Outcomes(probe: InstantProbe()) { limit in
      draws.withLock { $0.append(limit) }
      return limit
    }
    try await withRunner(outcomes, checking: [.local(check)]) { outcomes in
      let all = try await outcomes.next(4)
      // With the longest jitter the next probe is due 180 ms after this one began.
      #expect(all.allSatisfy { $0.nextProbe <= max(.milliseconds(180) - $0.duration, .zero) })
    }
    #expect(draws.withLock { Array($0.prefix(4)) } == [.milliseconds(200)] + Array(repeating: .milliseconds(20), count: 3))
  }

  @Test("The first probe of a check with a long interval comes within a second")
  func phase() async throws {
    let draws = Mutex<[TimeAmount]>([])
    let outcomes = Outcomes(probe: InstantProbe()) { limit in
      draws.withLock { $0.append(limit) }
      return .zero
    }
    try await withRunner(outcomes, checking: [.local(.shell("true", interval: .seconds(3_600)))]) { outcomes in
      let outcome = try #require(try await outcomes.next(1).first)
      #expect(outcome.nextProbe > .seconds(3_500) && outcome.nextProbe <= .seconds(3_600))
    }
    #expect(draws.withLock { $0 } == [.seconds(1), .seconds(360)])
  }

  @Test("A check runs at once when it is told to, whatever its interval")
  func runNow() async throws {
    try await withRunner(checking: [.local(.shell("true", interval: .seconds(3_600)))]) { outcomes in
      _ = try await outcomes.next(1)
      outcomes.runner.runNow()
      _ = try await outcomes.next(1)
    }
  }

  @Test("Without checks the probe that is under way is ended without a verdict; another number begins anew")
  func suspension() async throws {
    let lifeLine = try LifeLine()
    let hanging = CheckConfiguration.shell("\(lifeLine.hold) sleep 1000", timeout: .seconds(900))
    let quick = CheckConfiguration.shell("true", interval: .milliseconds(20))
    let services = [ServiceConfiguration.local(hanging, quick)]
    try await withRunner(checking: services) { outcomes in
      try await lifeLine.untilHeld()
      outcomes.runner.apply([])
      try await lifeLine.untilCut()
      outcomes.runner.apply(renumbered(assignments(of: services)))
      let later = try await outcomes.next(3) { isRenumbered($0.check) }
      #expect(later.allSatisfy { $0.check.configuration == quick })
    }
  }

  @Test("A check that goes on under another number, because an address came, begins at once")
  func inPlaceOfAnother() async throws {
    let draws = Mutex<[TimeAmount]>([])
    let outcomes = Outcomes(probe: InstantProbe()) { limit in
      draws.withLock { $0.append(limit) }
      return limit
    }
    let services = [ServiceConfiguration.local(.shell("true", interval: .seconds(3_600)))]
    try await withRunner(outcomes, checking: services) { outcomes in
      _ = try await outcomes.next(1)
      outcomes.runner.apply(renumbered(assignments(of: services)))
      _ = try await outcomes.next(1) { isRenumbered($0.check) }
    }
    #expect(draws.withLock { $0 } == [.seconds(1), .seconds(360), .seconds(360)], "one phase, and the jitter of two probes")
  }

  @Test("A reload leaves an unchanged check's probe under way, ends that of a removed one, and begins a new one")
  func reload() async throws {
    let kept = try LifeLine()
    let removed = try LifeLine()
    let keptCheck = CheckConfiguration.shell("\(kept.hold) sleep 1000", timeout: .seconds(900))
    let removedCheck = CheckConfiguration.shell("\(removed.hold) sleep 1000", timeout: .seconds(900))
    let added = CheckConfiguration.shell("true", interval: .milliseconds(20))
    try await withRunner(checking: [.local(removedCheck, keptCheck, added)]) { outcomes in
      try await kept.untilHeld()
      try await removed.untilHeld()
      outcomes.runner.apply(assignments(of: [.local(added, keptCheck)]))
      try await removed.untilCut()
      let later = try await outcomes.next(3) { $0.check.configuration == added }
      #expect(later.allSatisfy { $0.check.configuration == added })
    }
    try await kept.untilCut()
    #expect(kept.newHolders() == 0, "the probe was started a second time")
  }

  @Test("A service that is shut down is not checked")
  func shutdownService() async throws {
    var service = ServiceConfiguration.local(.shell("true", interval: .milliseconds(1)), name: "off")
    service.isShutdown = true
    try await withRunner(checking: [service, .local(.shell("true", interval: .milliseconds(20)))]) { outcomes in
      let all = try await outcomes.next(5)
      #expect(all.allSatisfy { $0.check.service == "dns" })
    }
  }

  @Test("A probe that cannot be ended fails at its timeout and at every interval, and no second one is started beside it")
  func stuckProbe() async throws {
    let probe = StuckProbe()
    let check = CheckConfiguration.shell("true", interval: .milliseconds(50), timeout: .milliseconds(50))
    try await withRunner(Outcomes(probe: probe), checking: [.local(check)]) { outcomes in
      let failures = try await outcomes.next(4)
      #expect(failures[0].verdict == .failing(reason: "timeout after 50ms"))
      #expect(failures[1...].allSatisfy { !$0.verdict.isPassing && $0.verdict.text?.hasSuffix(" ago cannot be ended") == true })
      #expect(probe.starts.withLock { $0 } == 1)
      probe.release.finish()
      _ = try await outcomes.next(1) { $0.verdict.isPassing }
      #expect(probe.starts.withLock { $0 } > 1)
    }
  }

  @Test("A verdict that comes after the timeout is a failure, whatever it says")
  func lateVerdict() async throws {
    let check = CheckConfiguration.shell("true", interval: .seconds(3_600), timeout: .milliseconds(50))
    try await withRunner(Outcomes(probe: LateProbe()), checking: [.local(check)]) { outcomes in
      let outcome = try #require(try await outcomes.next(1).first)
      #expect(outcome.verdict == .failing(reason: "timeout after 50ms"))
    }
  }

  @Test("A probe that has not ended when the runner is shut down still has its event loop")
  func shutDownBesideStuckProbe() async throws {
    let (progress, continuation) = AsyncStream.makeStream(of: Bool.self)
    let release = AsyncStream.makeStream(of: Never.self)
    let runner = CheckRunner(
      makingProbes: { _, loop in LingeringProbe(eventLoop: loop, progress: continuation, released: release.stream) },
      chance: { _ in .zero }, timeout: .milliseconds(10)
    ) { _ in }
    runner.apply(assignments(of: [.local(.shell("true", interval: .seconds(3_600), timeout: .seconds(60)))]))
    var steps = progress.makeAsyncIterator()
    _ = await steps.next()
    await runner.shutDown()
    release.continuation.finish()
    #expect(await steps.next() == true)
  }

  @Test("A runner that was shut down has released its probes, which need their event loop for that")
  func releasesProbes() async throws {
    let isReleased = Shared(false)
    let (outcomes, continuation) = AsyncStream.makeStream(of: ProbeOutcome.self)
    let runner = CheckRunner(
      makingProbes: { _, _ in OwningProbe(isReleased: isReleased) }, chance: { _ in .zero }
    ) { continuation.yield($0) }
    runner.apply(assignments(of: [.local(.shell("true"))]))
    for await _ in outcomes { break }
    await runner.shutDown()
    #expect(isReleased.value.withLock { $0 })
    withExtendedLifetime(runner) {}
  }
}

/// What two owners share.
private final class Shared<Value: Sendable>: Sendable {
  let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }
}

/// Says when it has been released.
private final class OwningProbe: Probe {
  private let isReleased: Shared<Bool>

  init(isReleased: Shared<Bool>) { self.isReleased = isReleased }

  func run() async -> Verdict { .passing(detail: nil) }

  deinit { isReleased.value.withLock { $0 = true } }
}

private struct InstantProbe: Probe {
  func run() async -> Verdict { .passing(detail: nil) }
}

/// Ignores cancellation until it is released, and needs its event loop then.
private struct LingeringProbe: Probe {
  let eventLoop: any EventLoop
  let progress: AsyncStream<Bool>.Continuation
  let released: AsyncStream<Never>

  func run() async -> Verdict {
    progress.yield(false)
    await Task { [released] in for await _ in released {} }.value
    let answered = (try? await eventLoop.submit { true }.get()) ?? false
    progress.yield(answered)
    return .passing(detail: nil)
  }
}

/// The first time it runs it ignores cancellation until it is released; the second time it passes.
private final class StuckProbe: Probe {
  let starts = Mutex(0)
  let release: AsyncStream<Never>.Continuation
  private let released: AsyncStream<Never>

  init() { (released, release) = AsyncStream.makeStream(of: Never.self) }

  func run() async -> Verdict {
    let number = starts.withLock { starts in
      starts += 1
      return starts
    }
    // A task of its own is not cancelled with the probe.
    if number == 1 { await Task { [released] in for await _ in released {} }.value }
    return .passing(detail: nil)
  }
}

/// Passes when it is cancelled, not sooner.
private struct LateProbe: Probe {
  func run() async -> Verdict {
    for await _ in AsyncStream<Never>.makeStream().stream {}
    return .passing(detail: nil)
  }
}
