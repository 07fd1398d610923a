import AnycastPolicy
import Configuration
import NIOCore
import NIOEmbedded
import NIOPosix
import OSPFWire
import Synchronization
import Testing

@testable import HealthChecks

@Suite("syslog checks", .timeLimit(.minutes(5)))
struct SyslogProbeTests {
  /// A check whose messages come out at a port that is free: of an address at which nobody else asks or listens, and below those that the
  /// kernel gives. A port that was just let go of may still be held by the child of another test.
  private func check(
    sendPort: UInt16, transport: SyslogCheck.Transport = .udp
  ) throws -> (check: SyslogCheck, out: SocketAddress) {
    let address = IPv4Address(127, .random(in: 100...200), .random(in: 0...255), .random(in: 1...254))
    let port = UInt16.random(in: 20_000...30_000)
    let check = SyslogCheck(
      sendAddress: nil, sendPort: sendPort, receiveAddress: .v4(address), receivePort: port,
      transport: transport)
    return (check, try SocketAddress(ipAddress: "\(address)", port: Int(port)))
  }

  /// A log server that hands on what comes by UDP as the test wants.
  private func withRelay(
    _ relay: @escaping @Sendable ([UInt8], _ out: SocketAddress) -> Void,
    _ body: @Sendable (SyslogCheck) async throws -> Void
  ) async throws {
    let out = Mutex<SocketAddress?>(nil)
    try await withDatagramServer({ message, _ in
      if let out = out.withLock({ $0 }) { relay(message, out) }
      return []
    }) { port in
      let made = try check(sendPort: port)
      out.withLock { $0 = made.out }
      try await body(made.check)
    }
  }

  private static func sendDatagram(_ octets: [UInt8], to out: SocketAddress) {
    DatagramBootstrap(group: testGroup).connect(to: out).whenSuccess { channel in
      channel.writeAndFlush(ByteBuffer(bytes: octets)).whenComplete { _ in channel.close(promise: nil) }
    }
  }

  @Test("A message that comes out by UDP passes, among others, and in whatever format")
  func datagrams() async throws {
    try await withRelay { message, out in
      Self.sendDatagram(Array("<13>Jan  1 00:00:00 host something else".utf8), to: out)
      Self.sendDatagram(Array("<13>Jan  1 00:00:00 host: ".utf8) + message.dropFirst(10) + [0x0A], to: out)
    } _: { check in
      let verdict = await probe(.syslog(check))
      #expect(verdict == .passing(detail: nil))
    }
  }

  @Test("A message that comes out by TCP passes, wherever it is cut, and the connection is kept from probe to probe")
  func stream() async throws {
    let connections = Mutex(0)
    let connection = Mutex<EventLoopFuture<any Channel>?>(nil)
    try await withRelay { message, out in
      let channel = connection.withLock { connection in
        if let connection { return connection }
        connections.withLock { $0 += 1 }
        let new = ClientBootstrap(group: testGroup).channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(to: out)
        connection = new
        return new
      }
      channel.whenSuccess { channel in
        for octet in message + [0x0A] { channel.writeAndFlush(ByteBuffer(bytes: [octet]), promise: nil) }
      }
    } _: { check in
      let configuration = CheckConfiguration(
        kind: .syslog(check), interval: .milliseconds(50), timeout: .milliseconds(50))
      try await withRunner(checking: [.local(configuration)]) { outcomes in
        _ = try await outcomes.next(3) { $0.verdict.isPassing }
      }
    }
    #expect(connections.withLock { $0 } == 1)
  }

  @Test("A message goes in by TCP where that is asked for, with a line feed")
  func sendsByTCP() async throws {
    let out = Mutex<SocketAddress?>(nil)
    try await withStreamServer { received in
      guard received.last == 0x0A, let out = out.withLock({ $0 }) else { return .wait }
      Self.sendDatagram(received.dropLast(), to: out)
      return .wait
    } _: { port in
      let made = try check(sendPort: port, transport: .tcp)
      out.withLock { $0 = made.out }
      let verdict = await probe(.syslog(made.check))
      #expect(verdict == .passing(detail: nil))
    }
  }

  @Test("A message that does not come out, or another than the one that went in, fails at the timeout")
  func swallowed() async throws {
    try await withRelay { message, out in
      Self.sendDatagram(message.dropLast() + [message.last == 0x30 ? 0x31 : 0x30], to: out)
    } _: { check in
      try await expectTimeout(
        of: .syslog(check),
        saying: "127.0.0.1 port \(check.sendPort): the message has not come out at "
          + "\(check.receiveAddress) port \(check.receivePort)")
    }
  }

  @Test("A log server that is not there is known at once")
  func refused() async throws {
    for transport in SyslogCheck.Transport.allCases {
      let made = try check(sendPort: closedPort, transport: transport)
      let verdict = await probe(.syslog(made.check))
      #expect(verdict == .failing(reason: "127.0.0.1 port 1: connection refused"), "\(transport)")
    }
  }

  @Test("A port that somebody else listens on fails the check, and says so")
  func portInUse() async throws {
    try await withListener { port in
      let check = SyslogCheck(
        sendAddress: nil, sendPort: closedPort, receiveAddress: .v4(IPv4Address(127, 0, 0, 1)), receivePort: port)
      #expect(
        await probe(.syslog(check)) == .failing(reason: "cannot listen on 127.0.0.1 port \(port): address already in use"))
    }
  }

  @Test("A port in use is tried again: it is taken when it becomes free, and given up after a few attempts")
  func heldForAMoment() async throws {
    for transport in SyslogCheck.Transport.allCases {
      let out = try check(sendPort: closedPort).out
      let holder =
        switch transport {
        case .udp: try await DatagramBootstrap(group: testGroup).bind(to: out).get()
        case .tcp: try await ServerBootstrap(group: testGroup).bind(to: out).get()
        }
      let pauses = Mutex(0)
      let patient = SyslogListener(eventLoop: testGroup.next(), patience: 3) { pauses.withLock { $0 += 1 } }
      await #expect(throws: IOError.self, "\(transport)") { try await patient.open(at: out) }
      #expect(pauses.withLock { $0 } == 3, "\(transport)")
      // The child of another test may have a copy of the holder's socket for some time more.
      let loop = testGroup.next()
      let lucky = SyslogListener(eventLoop: loop, patience: 20_000) {
        try? await holder.close()
        try await loop.scheduleTask(in: .milliseconds(5)) {}.futureResult.get()
      }
      try await lucky.open(at: out)
    }
  }

  @Test("When the check is gone, so is its listener")
  func released() async throws {
    let made = try check(sendPort: closedPort)
    _ = await probe(.syslog(made.check))
    // The listener is closed on its own loop, and then another one can have the port.
    var verdict: Verdict
    repeat { verdict = await probe(.syslog(made.check)) } while verdict.text?.hasPrefix("cannot listen") == true
    #expect(verdict == .failing(reason: "127.0.0.1 port 1: connection refused"))
  }

  @Test("A word that is cut between two reads of a connection is found, wherever", arguments: 1...8)
  func cut(at position: Int) throws {
    let word = Array("word4711".utf8)
    let arrivals = SyslogArrivals()
    let channel = EmbeddedChannel(handler: SyslogStreamReader(arrivals))
    let found = channel.eventLoop.makePromise(of: Void.self)
    arrivals.waiting[word] = found
    let isFound = Mutex(false)
    found.futureResult.whenSuccess { isFound.withLock { $0 = true } }
    let line = Array(repeating: UInt8(ascii: "x"), count: 500)
    try channel.writeInbound(ByteBuffer(bytes: line + word.prefix(position)))
    #expect(isFound.withLock { $0 } == (position == word.count))
    try channel.writeInbound(ByteBuffer(bytes: word.dropFirst(position) + line))
    #expect(isFound.withLock { $0 })
    _ = try channel.finish()
  }
}
