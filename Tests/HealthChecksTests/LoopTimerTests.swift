import NIOCore
import NIOPosix
import Testing

@testable import HealthChecks

@Suite("Timers of an event loop", .timeLimit(.minutes(1)))
struct LoopTimerTests {
  @Test("A timer runs once")
  func runs() async {
    let eventLoop = testGroup.next()
    let fired = eventLoop.makePromise(of: Void.self)
    eventLoop.execute { _ = LoopTimer(at: .now(), on: eventLoop) { fired.succeed() } }
    await #expect(throws: Never.self) { try await fired.futureResult.get() }
  }

  @Test("A timer that is cancelled when its time has come already does not run")
  func cancelledWhenDue() async throws {
    // Of its own: with what others ask for between them, the timer would come to its turn before it is cancelled.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let eventLoop = group.next()
    let hasFired = NIOLoopBoundBox.makeBoxSendingValue(false, eventLoop: eventLoop)
    try await eventLoop.submit {
      let deadline = NIODeadline.now() + .milliseconds(2)
      let timer = NIOLoopBound(LoopTimer(at: deadline, on: eventLoop) { hasFired.value = true }, eventLoop: eventLoop)
      eventLoop.execute { timer.value.cancel() }
      // The event loop finds both due when it comes back.
      while NIODeadline.now() < deadline {}
    }.get()
    // Behind whatever the event loop has taken together with it.
    for _ in 0..<2 { try await eventLoop.submit {}.get() }
    #expect(try await eventLoop.submit { hasFired.value }.get() == false)
    try await group.shutdownGracefully()
  }
}
