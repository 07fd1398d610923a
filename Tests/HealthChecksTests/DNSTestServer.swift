import NIOCore
import NIOPosix
import Subprocess
import Testing

@testable import HealthChecks

/// Writes DNS messages by hand, right ones and wrong ones.
enum HandMadeDNS {
  /// An answer to `query` with records of the given type.
  static func answer(
    to query: [UInt8], type: UInt16 = 1, records: [[UInt8]] = [], responseCode: UInt8 = 0, isTruncated: Bool = false
  ) -> [UInt8] {
    var message = query
    message[2] = 0x81 | (isTruncated ? 0x02 : 0)
    message[3] = 0x80 | responseCode
    message[6] = UInt8(truncatingIfNeeded: records.count >> 8)
    message[7] = UInt8(truncatingIfNeeded: records.count)
    for record in records {
      message += [0xC0, 0x0C] + octets(type) + [0, 1, 0, 0, 0, 60] + octets(UInt16(record.count)) + record
    }
    return message
  }

  private static func octets(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
}

/// A DNS server over UDP whose answers are made by a function: any number of messages for each query.
func withDNSServer<Result>(
  _ answers: @escaping @Sendable (_ query: [UInt8], _ client: SocketAddress) -> [[UInt8]],
  _ body: (_ port: UInt16) async throws -> Result
) async throws -> Result {
  let channel = try await DatagramBootstrap(group: testGroup)
    .channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Answerer(answers)) }
    }
    .bind(host: "127.0.0.1", port: 0).get()
  let port = UInt16(try #require(channel.localAddress?.port))
  do {
    let result = try await body(port)
    try await channel.close()
    return result
  } catch {
    try await channel.close()
    throw error
  }
}

private final class Answerer: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  typealias OutboundOut = AddressedEnvelope<ByteBuffer>

  private let answers: @Sendable ([UInt8], SocketAddress) -> [[UInt8]]

  init(_ answers: @escaping @Sendable ([UInt8], SocketAddress) -> [[UInt8]]) { self.answers = answers }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let query = unwrapInboundIn(data)
    for answer in answers(Array(query.data.readableBytesView), query.remoteAddress) {
      let envelope = AddressedEnvelope(remoteAddress: query.remoteAddress, data: ByteBuffer(bytes: answer))
      context.writeAndFlush(wrapOutboundOut(envelope), promise: nil)
    }
  }
}

/// A real server that knows the zone `example.net` and nothing else.
struct Unbound: Sendable {
  let port: UInt16
  private let signal: @Sendable (Signal) throws -> Void

  /// Sends it a signal.
  func send(_ signal: Signal) throws { try self.signal(signal) }

  /// Runs `unbound` on 127.0.0.1 for the length of `body`.
  static func run(_ body: @escaping @Sendable (Unbound) async throws -> Void) async throws {
    // Another process may take the port between our choice and unbound's start.
    for _ in 0..<5 where try await attempt(port: try await withListener { $0 }, body) { return }
    Issue.record("unbound does not start")
  }

  private static func attempt(port: UInt16, _ body: @escaping @Sendable (Unbound) async throws -> Void) async throws -> Bool {
    var options = PlatformOptions()
    options.teardownSequence = [.send(signal: .kill, allowedDurationToNextStep: .zero)]
    let result = try await Subprocess.run(
      .path("/bin/sh"),
      arguments: ["-c", "exec setpriv --pdeathsig KILL unbound -d -p -c /dev/stdin <<'END'\n\(configuration(port: port))\nEND"],
      platformOptions: options, input: .none, output: .discarded, error: .sequence
    ) { execution in
      for try await line in execution.standardError.strings() where line.contains("start of service") {
        defer { try? execution.send(signal: .kill) }
        try await body(Unbound(port: port) { try execution.send(signal: $0) })
        return true
      }
      return false
    }
    return result.closureResult
  }

  private static func configuration(port: UInt16) -> String {
    let text = String(repeating: "x", count: 250)
    return """
      server:
        interface: 127.0.0.1@\(port)
        verbosity: 1
        use-syslog: no
        logfile: ""
        chroot: ""
        username: ""
        directory: "/"
        module-config: "iterator"
        local-zone: "example.net." static
        local-data: "www.example.net. A 192.0.2.80"
        local-data: "www.example.net. A 192.0.2.81"
        local-data: "www.example.net. AAAA 2001:db8::80"
        local-data: 'long.example.net. TXT "\(text)1"'
        local-data: 'long.example.net. TXT "\(text)2"'
        local-data: 'long.example.net. TXT "\(text)3"'
        local-zone: "." refuse
      remote-control:
        control-enable: no
      """
  }
}
