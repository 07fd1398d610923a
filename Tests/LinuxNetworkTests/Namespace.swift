import CLinux
import Glibc
import LinuxNetwork
import NIOCore
import NIOPosix
import OSPFProtocol
import Testing

/// A network namespace of one's own, with an event loop whose thread lives in it. It disappears with the thread.
struct Namespace: Sendable {
  let loop: any EventLoop
  private let group: MultiThreadedEventLoopGroup
  private let descriptor: Int32

  /// Runs `body` with as many new namespaces as it takes, and ends them after it.
  static func with(_ body: (Namespace) async throws -> Void) async throws {
    let namespace = try await Namespace()
    do {
      try await body(namespace)
    } catch {
      try await namespace.end()
      throw error
    }
    try await namespace.end()
  }

  /// Two namespaces, joined by a link that is called `left` in the first and `right` in the second, both up.
  static func withPair(_ body: (Namespace, Namespace) async throws -> Void) async throws {
    try await with { left in
      try await with { right in
        try await left.run("ip link add left mtu 1500 type veth peer name right netns \(right.path)")
        try await left.run("ip link set left up")
        try await right.run("ip link set right up")
        try await left.waitUntilUp("left")
        try await right.waitUntilUp("right")
        try await body(left, right)
      }
    }
  }

  private init() async throws {
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    loop = group.next()
    descriptor = try await loop.submit {
      let result = clinux_enter_new_network_namespace()
      guard result == 0 else { throw Failure("new network namespace: \(result)") }
      return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    }.get()
    try await run("ip link set lo up")
  }

  private func end() async throws {
    close(descriptor)
    try await group.shutdownGracefully()
  }

  /// Where other processes find this namespace.
  var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

  /// Runs a shell command in the namespace and waits for its end.
  func run(_ command: String) async throws {
    try await on {
      var process: pid_t = 0
      let arguments = ["sh", "-c", command].map { (word: String) in strdup(word) } + [nil]
      defer { arguments.forEach { free($0) } }
      // The child inherits the namespace of the thread that spawns it.
      let result = posix_spawn(&process, "/bin/sh", nil, nil, arguments, environ)
      guard result == 0 else { throw Failure("\(command): posix_spawn: \(result)") }
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
      guard status == 0 else { throw Failure("\(command): status \(status)") }
    }
  }

  /// Runs `body` on the event loop, in the namespace.
  func on<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await loop.submit(body).get()
  }

  /// Makes something that may only be used on the event loop.
  func make<Value>(_ body: @escaping @Sendable () throws -> Value) async throws -> NIOLoopBound<Value> {
    try await loop.submit { [loop] in NIOLoopBound(try body(), eventLoop: loop) }.get()
  }

  /// Waits until a device has carrier. Before that the kernel drops what is sent, and says nothing.
  func waitUntilUp(_ device: String) async throws {
    let snapshots = Inbox<[Link]>()
    let watcher = try await make { [loop] in
      try LinkWatcher(on: loop, changed: { snapshots.put($0) }, notice: { _ in })
    }
    _ = try await snapshots.next { $0.contains { $0.name == device && $0.isUp } }
    try await on { watcher.value.stop() }
  }

  /// The index of a device in this namespace.
  func index(of device: String) async throws -> UInt32 {
    try await on {
      let index = if_nametoindex(device)
      guard index != 0 else { throw Failure("no device \(device)") }
      return index
    }
  }
}

/// A test cannot go on.
struct Failure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// Collects what callbacks say, for a test to wait for.
final class Inbox<Element: Sendable>: Sendable {
  private let stream: AsyncStream<Element>
  private let continuation: AsyncStream<Element>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func put(_ element: Element) { continuation.yield(element) }

  /// The next element; throws when none comes within half a minute.
  func next() async throws -> Element {
    try await next { _ in true }
  }

  /// The next element that `matches`; those before it are dropped.
  func next(where matches: @escaping @Sendable (Element) -> Bool) async throws -> Element {
    try await withThrowingTaskGroup(of: Element.self) { group in
      group.addTask { [stream] in
        for await element in stream where matches(element) { return element }
        throw Failure("nothing more will come")
      }
      group.addTask {
        try await Task.sleep(for: .seconds(30))
        throw Failure("what was expected did not come")
      }
      defer { group.cancelAll() }
      guard let element = try await group.next() else { throw Failure("no task") }
      return element
    }
  }
}
