import ControlAPI
import NIOCore
import NIOPosix
import Testing

@Suite("Clients of the control socket that do not behave", .timeLimit(.minutes(1)))
struct HostileClientTests {
  @Test("A body beyond the limit is refused, whether its length is announced or not")
  func oversizedBody() async throws {
    var limits = ControlServer.Limits()
    limits.bodyLength = 100
    let piece = String(repeating: "x", count: 101)
    try await withSocketPath { [limits] path in
      try await withServer(at: path, limits: limits) { client in
        let announced = "POST /v1/drain HTTP/1.1\r\nContent-Length: 101\r\n\r\n\(piece)"
        let chunked = "POST /v1/drain HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n\(piece)\r\n0\r\n\r\n"
        for request in [announced, chunked] {
          let answer = try await converse(with: path, request)
          #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
          #expect(answer.contains("longer than 100 octets"), "\(answer)")
        }
        let status = try await client.status()
        #expect(status == Samples.status)
      }
    }
  }

  @Test(
    "Bytes that are no HTTP are answered with 400 and the connection is closed",
    arguments: [
      "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "\r\nhello there\r\n\r\n",
      "GET /v1/status HTTP/1.1\r\nContent-Length: minus one\r\n\r\n",
    ])
  func garbage(bytes: String) async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { client in
        let answer = try await converse(with: path, bytes)
        #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        let status = try await client.status()
        #expect(status == Samples.status)
      }
    }
  }

  @Test("A header without end is refused")
  func endlessHeader() async throws {
    try await withSocketPath { path in
      try await withServer(at: path) { client in
        let header = "GET /v1/status HTTP/1.1\r\nX: " + String(repeating: "x", count: 200_000)
        let answer = try? await converse(with: path, header)
        #expect(answer?.hasPrefix("HTTP/1.1 400 ") ?? true)
        let status = try await client.status()
        #expect(status == Samples.status)
      }
    }
  }

  @Test("A client that never finishes its request is cut off when the time for it is over")
  func unfinishedRequest() async throws {
    var limits = ControlServer.Limits()
    limits.transferSeconds = 1
    try await withSocketPath { [limits] path in
      try await withServer(at: path, limits: limits) { _ in
        let answer = try await converse(with: path, "GET /v1/status HTTP/1.1\r\n")
        #expect(answer == "")
      }
    }
  }

  @Test("Connections beyond the limit are closed, and room is made when one leaves")
  func connectionLimit() async throws {
    var limits = ControlServer.Limits()
    limits.connections = 1
    try await withSocketPath { [limits] path in
      let events = EventBroadcaster()
      try await withServer(at: path, events: events, limits: limits) { client in
        try await client.watch(onOpen: {
          await #expect(throws: ControlClientError.self) { try await client.status() }
          events.finish()
        }) { _ in }
        var status: StatusReport?
        while status == nil { status = try? await client.status() }
        #expect(status == Samples.status)
      }
    }
  }
}
