import ControlAPI
import NIOCore
import Testing

@Suite("Watching events over the control socket", .timeLimit(.minutes(1)))
struct WatchTests {
  @Test("Every event after the beginning of the watch arrives in order, and the end of the stream ends the watch")
  func stream() async throws {
    let events = EventBroadcaster()
    try await withSocketPath { path in
      try await withServer(at: path, events: events) { client in
        let received = AsyncStream.makeStream(of: String.self)
        try await client.watch(onOpen: {
          for number in 1...100 { events.publish(Samples.event(number)) }
          events.finish()
        }) { received.continuation.yield($0.message) }
        received.continuation.finish()
        var messages: [String] = []
        for await message in received.stream { messages.append(message) }
        #expect(messages == (1...100).map { "event \($0)" })
      }
    }
  }

  @Test("A watcher that does not read is cut off, and does not disturb one that does")
  func slowWatcher() async throws {
    let events = EventBroadcaster(queueLength: 64)
    try await withSocketPath { path in
      try await withServer(at: path, events: events) { client in
        await #expect(throws: ControlClientError.cutOff(path: path)) {
          // Nothing is read while this floods more than the queue and every buffer of a socket can hold.
          try await client.watch(onOpen: { for number in 1...50_000 { events.publish(Samples.event(number)) } }) { _ in }
        }
        try await client.watch(onOpen: {
          events.publish(Samples.event(1))
          events.finish()
        }) { #expect($0.message == "event 1") }
      }
    }
  }

  @Test("More watchers than the limit are refused with a sentence")
  func watcherLimit() async throws {
    let events = EventBroadcaster(watcherLimit: 1)
    try await withSocketPath { path in
      try await withServer(at: path, events: events) { client in
        try await client.watch(onOpen: {
          await #expect(
            throws: ControlClientError.refused(ControlError(.unavailable, "there are too many watchers already"))
          ) { try await client.watch { _ in } }
          events.finish()
        }) { _ in }
      }
    }
  }

  @Test("A watcher that leaves makes room for another")
  func leaving() async throws {
    struct Enough: Error {}
    let events = EventBroadcaster(watcherLimit: 1)
    try await withSocketPath { path in
      try await withServer(at: path, events: events) { client in
        await #expect(throws: Enough.self) { try await client.watch(onOpen: { throw Enough() }) { _ in } }
        while true {
          do {
            try await client.watch(onOpen: { events.finish() }) { _ in }
            break
          } catch ControlClientError.refused(let refusal) where refusal.code == .unavailable {
            continue  // The server has not seen yet that the first one left.
          }
        }
      }
    }
  }
}
