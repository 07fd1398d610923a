import ControlAPI
import Foundation
import NIOCore
import NIOPosix
import OSPFProtocol
import Testing

@Suite("Requests with wrong octets", .timeLimit(.minutes(5)))
struct MutatedRequestTests {
  private static let requests = [
    ("GET", "/v1/status", ""), ("GET", "/v1/services/dns", ""), ("GET", "/metrics", ""),
    ("POST", "/v1/drain", #"{"names":["dns"],"durationSeconds":60.5,"reason":"caf\u00e9 \"x\""}"#),
    ("POST", "/v1/undrain", #"{"names":["dns"]}"#),
    ("PUT", "/v1/services/web", #"{"text":"address 192.0.2.9","isPersistent":true}"#),
    ("POST", "/v1/clear", #"{"protocol":"ospf","routerID":"192.0.2.1"}"#), ("POST", "/v1/reload?x=%20&y", #"{"dryRun":true}"#),
  ].map { method, path, body in
    "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private static let count = ProcessInfo.processInfo.environment["CONTROL_MUTATIONS"].flatMap(Int.init) ?? 1_500

  @Test(
    "Whatever octets of a request are changed, removed or doubled, the answer is HTTP or none, and the next client is answered")
  func mutated() async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { client in
        for seed in 0..<Self.count {
          let answer = try await send(Self.mutation(seed), to: path)
          #expect(
            answer.isEmpty || answer.starts(with: "HTTP/1.1 ".utf8), "seed \(seed): \(String(decoding: answer, as: UTF8.self))")
          guard seed % 50 == 0 else { continue }
          let status = try await client.status()
          #expect(status == Samples.status)
        }
      }
    }
  }

  private static func mutation(_ seed: Int) -> [UInt8] {
    var random = SplitMix64(seed: UInt64(seed))
    var request = Array(requests[seed % requests.count].utf8)
    for _ in 0..<Int.random(in: 1...6, using: &random) where !request.isEmpty {
      let position = Int.random(in: 0..<request.count, using: &random)
      let end = min(position + Int.random(in: 1...12, using: &random), request.count)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: request[position] = UInt8.random(in: .min ... .max, using: &random)
      case 1: request.removeSubrange(position..<end)
      case 2: request.insert(contentsOf: request[position..<end], at: position)
      case 3: request.insert(contentsOf: Array("\r\n\0%{}[]\"\\:;,/?#".utf8).shuffled(using: &random).prefix(3), at: position)
      default: request.swapAt(position, end - 1)
      }
    }
    return request
  }

  /// Sends octets and the end of them, and returns what comes back.
  private func send(_ request: [UInt8], to path: String) async throws -> [UInt8] {
    let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(unixDomainSocketPath: path) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
      }
    return try await connection.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(bytes: request))
      outbound.finish()
      var answer: [UInt8] = []
      // A server that closes before it has read everything resets the connection.
      do { for try await piece in inbound { answer += piece.readableBytesView } } catch is IOError {}
      return answer
    }
  }
}
