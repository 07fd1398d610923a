import AnycastPolicy
import NIOCore
import NIOPosix
import OSPFWire

/// Runs the checks of all services on an event loop of its own, so that a slow probe never delays anything else.
///
/// All calls return at once and take effect in the order in which they are made, from whatever thread.
public final class CheckRunner: Sendable {
  /// How long `shutDown` waits for probes to end that have been killed.
  public static let timeout = TimeAmount.seconds(5)

  private let group: MultiThreadedEventLoopGroup
  private let eventLoop: any EventLoop
  private let schedule: NIOLoopBoundBox<CheckSchedule>
  private let timeout: TimeAmount

  /// A runner without checks. `isOnHost` says whether this host has an address; it is called from whatever thread, and must not
  /// block. `deliver` is called for each verdict, on the runner's event loop; it must not block.
  public convenience init(
    commandUser: CommandUser = .unprivileged(), isOnHost: @escaping @Sendable (IPAddress) -> Bool,
    deliver: @escaping @Sendable (ProbeOutcome) -> Void
  ) {
    self.init(
      makingProbes: { $0.makeProbe(on: $1, commandUser: commandUser, isOnHost: isOnHost) }, deliver: deliver)
  }

  /// A runner whose probes are made by a function, and whose jitter comes from another. `timeout` is that of `shutDown`.
  init(
    makingProbes makeProbe: @escaping @Sendable (CheckAssignment, any EventLoop) -> any Probe,
    chance: @escaping Chance = { .nanoseconds(Int64.random(in: 0...max($0.nanoseconds, 0))) },
    timeout: TimeAmount = CheckRunner.timeout,
    deliver: @escaping @Sendable (ProbeOutcome) -> Void
  ) {
    self.timeout = timeout
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let eventLoop = group.next()
    self.eventLoop = eventLoop
    let schedule = CheckSchedule(
      eventLoop: eventLoop, makeProbe: { makeProbe($0, eventLoop) }, chance: chance, report: deliver)
    self.schedule = .makeBoxSendingValue(schedule, eventLoop: eventLoop)
  }

  /// Replaces the checks by these. One that has the number of one that is being run goes on undisturbed; a new one begins within its
  /// interval, at most a second, and at once where it takes the place of the same check under another number.
  public func apply(_ assignments: [CheckAssignment]) {
    eventLoop.execute { self.schedule.value.apply(assignments) }
  }

  /// Starts every check's next probe now, except where one is under way.
  public func runNow() {
    eventLoop.execute { self.schedule.value.runNow() }
  }

  /// Ends all probes for ever, with every process that they started, and then the event loop. Nothing is delivered afterwards.
  /// Waits at most `timeout`; the event loop of a probe that has not ended by then is left to it, because a probe whose task comes to
  /// its turn only later would find it gone.
  public func shutDown() async {
    let haveEnded = eventLoop.makePromise(of: Bool.self)
    eventLoop.execute {
      self.schedule.value.shutDown().whenComplete { _ in haveEnded.succeed(true) }
      self.eventLoop.scheduleTask(in: self.timeout) { haveEnded.succeed(false) }
    }
    guard (try? await haveEnded.futureResult.get()) == true else { return }
    try? await group.shutdownGracefully()
  }
}
