import BFDProtocol
import LinuxNetwork
import NIOCore
import OSPFProtocol
import OSPFWire
import Testing

@Suite("BFD sessions over sockets")
struct BFDThreadTests {
  /// One end: a thread in a namespace, and what it says.
  private struct End: Sendable {
    let namespace: Namespace
    let thread: NIOLoopBound<BFDThread>
    let events: Inbox<SessionSetEvent>
    let notices: Inbox<BFDThread.Notice>

    init(_ namespace: Namespace) async throws {
      let events = Inbox<SessionSetEvent>()
      let notices = Inbox<BFDThread.Notice>()
      self.namespace = namespace
      self.events = events
      self.notices = notices
      thread = try await namespace.make { [loop = namespace.loop] in
        try BFDThread(
          on: loop, seed: 1,
          callbacks: .init(events: { $0.forEach(events.put) }, notice: { notices.put($0) }))
      }
    }

    func want(_ definitions: [SessionDefinition]) async throws {
      try await namespace.on { [thread] in thread.value.setSessions(definitions) }
    }

    func stop() async throws {
      let stopped = Inbox<Void>()
      try await namespace.on { [thread] in thread.value.stop { stopped.put(()) } }
      _ = try await stopped.next()
    }

    /// The next change to `state`.
    func waits(for state: SessionState) async throws -> SessionSetEvent {
      try await events.next { if case .sessionStateChanged(_, _, state, _, _) = $0 { true } else { false } }
    }

    func snapshots() async throws -> [SessionSnapshot] {
      let answers = Inbox<[SessionSnapshot]>()
      try await namespace.on { [thread] in thread.value.snapshots { answers.put($0) } }
      return try await answers.next()
    }
  }

  private static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  private static func definition(
    _ index: UInt32, _ local: String, _ remote: String, authentication: SessionAuthentication? = nil
  ) throws -> SessionDefinition {
    SessionDefinition(
      key: SessionKey(interfaceIndex: index, local: try address(local), remote: try address(remote)),
      parameters: SessionParameters(
        desiredMinTxInterval: .milliseconds(100), requiredMinRxInterval: .milliseconds(100), detectMultiplier: 5,
        authentication: authentication))
  }

  private static func withEnds(_ body: (End, End, _ left: UInt32, _ right: UInt32) async throws -> Void) async throws {
    try await Namespace.withPair { left, right in
      try await left.run("ip address add 10.0.0.1/24 dev left; ip -6 address add fe80::1/64 dev left nodad")
      try await right.run("ip address add 10.0.0.2/24 dev right; ip -6 address add fe80::2/64 dev right nodad")
      let ends = (try await End(left), try await End(right))
      try await body(ends.0, ends.1, try await left.index(of: "left"), try await right.index(of: "right"))
      try await ends.0.stop()
      try await ends.1.stop()
    }
  }

  @Test(
    "Two sessions come up, and one end that stops takes the other one down as AdminDown",
    arguments: [("10.0.0.1", "10.0.0.2"), ("fe80::1", "fe80::2")])
  func comeUp(addresses: (String, String)) async throws {
    try await Self.withEnds { left, right, leftIndex, rightIndex in
      let key = SessionAuthentication(type: .meticulousKeyedSHA1, keys: [.init(id: 3, secret: Secret("over the wire"))])
      try await left.want([Self.definition(leftIndex, addresses.0, addresses.1, authentication: key)])
      try await right.want([Self.definition(rightIndex, addresses.1, addresses.0, authentication: key)])
      _ = try await left.waits(for: .up)
      _ = try await right.waits(for: .up)
      let snapshot = try #require(try await left.snapshots().first)
      #expect(snapshot.state == .up)
      #expect(snapshot.counters.received > 0)
      #expect(snapshot.remoteDiscriminator != .zero)
      try await right.stop()
      guard case .sessionStateChanged(_, .up, .down, let event, _) = try await left.waits(for: .down) else {
        throw Failure("no change from Up")
      }
      #expect(event == .receivedAdminDown)
    }
  }

  @Test("A cut link takes a session down because its Detection Time has run out")
  func cut() async throws {
    try await Self.withEnds { left, right, leftIndex, rightIndex in
      try await left.want([Self.definition(leftIndex, "10.0.0.1", "10.0.0.2")])
      try await right.want([Self.definition(rightIndex, "10.0.0.2", "10.0.0.1")])
      _ = try await left.waits(for: .up)
      _ = try await right.waits(for: .up)
      try await right.namespace.run(
        "echo 'table inet cut { chain output { type filter hook output priority 0; policy drop; }; }' | nft -f -")
      guard case .sessionStateChanged(_, .up, .down, let event, let diagnostic) = try await left.waits(for: .down) else {
        throw Failure("no change from Up")
      }
      #expect(event == .detectionTimeExpired)
      #expect(diagnostic == .controlDetectionTimeExpired)
    }
  }

  @Test("RFC 5881 5: a packet that has come from further away is refused, and says how far")
  func ttl() async throws {
    try await Self.withEnds { left, right, leftIndex, _ in
      try await left.want([Self.definition(leftIndex, "10.0.0.1", "10.0.0.2")])
      // Down, Detect Mult 3, discriminator 1, from a socket with the usual TTL of 64; a few times, because the port opens when it does.
      try await right.namespace.run(
        #"bash -c 'for i in 1 2 3 4 5 6 7 8 9 10; do printf "\x20\x40\x03\x18\0\0\0\1\0\0\0\0\0\x0f\x42\x40\0\x0f\x42\x40\0\0\0\0" >/dev/udp/10.0.0.1/3784; sleep 0.1; done' 2>/dev/null"#
      )
      _ = try await left.events.next {
        $0
          == .packetRefused(
            interfaceIndex: leftIndex, source: .v4(IPv4Address(rawValue: 0x0A00_0002)), reason: .ttl(received: 64, minimum: 255))
      }
    }
  }

  @Test("The thread says at what priority it runs; a port that is taken is told, and opened when it is free")
  func port() async throws {
    try await Self.withEnds { left, right, leftIndex, rightIndex in
      guard case .started = try await left.notices.next() else { throw Failure("not started") }
      let other = try await End(left.namespace)
      try await left.want([Self.definition(leftIndex, "10.0.0.1", "10.0.0.2")])
      try await right.want([Self.definition(rightIndex, "10.0.0.2", "10.0.0.1")])
      _ = try await left.waits(for: .up)
      try await other.want([Self.definition(leftIndex, "10.0.0.1", "10.0.0.2")])
      guard case .started = try await other.notices.next() else { throw Failure("not started") }
      guard case .receivingFailed(let error) = try await other.notices.next() else { throw Failure("no notice") }
      #expect(error.name == "EADDRINUSE")
      try await left.stop()
      _ = try await other.waits(for: .up)
      try await other.stop()
    }
  }
}
