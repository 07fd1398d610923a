import AnycastPolicy
import Configuration
import NIOCore
import OSPFWire
import Synchronization
import Testing

@testable import HealthChecks

@Suite("http checks", .timeLimit(.minutes(5)))
struct HTTPProbeTests {
  private func check(_ url: String) throws -> HTTPCheck { HTTPCheck(url: try #require(HTTPURL(url))) }

  @Test("Both ends of the range of statuses are in it, and their neighbors are not")
  func statusRange() throws {
    var check = try check("http://www.example.net/")
    check.status = 200...299
    let judge = HTTPJudge(check)
    #expect([200, 201, 299].allSatisfy { judge.head(status: $0) == .right })
    #expect(judge.head(status: 199) == .wrong("status 199, expected 200-299"))
    #expect(judge.head(status: 300) == .wrong("status 300, expected 200-299"))
  }

  private func answer(_ text: String) -> @Sendable ([UInt8]) -> StreamAction {
    { received in isWhole(received) ? .answer(Array(text.utf8)) : .wait }
  }

  /// Asks a server that gives one answer.
  private func ask(_ text: String, _ change: (inout HTTPCheck) throws -> Void = { _ in }) async throws -> Verdict {
    try await withStreamServer(answer(text)) { port in
      var check = try check("http://www.example.net:\(port)/")
      try change(&check)
      let verdict = await probe(.http(check))
      guard case .failing(let reason) = verdict else { return verdict }
      return .failing(reason: reason.replacing("127.0.0.1 port \(port): ", with: ""))
    }
  }

  @Test("A status of success passes, another fails; which they are can be said")
  func status() async throws {
    #expect(try await ask("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok") == .passing(detail: nil))
    #expect(try await ask("HTTP/1.0 204 No Content\r\n\r\n") == .passing(detail: nil))
    #expect(try await ask("HTTP/1.1 503 x\r\n\r\n") == .failing(reason: "status 503, expected 200-299"))
    #expect(try await ask("HTTP/1.1 404 x\r\n\r\n") { $0.status = 404...404 } == .passing(detail: nil))
    #expect(
      try await ask("HTTP/1.1 200 OK\r\n\r\n") { $0.status = 404...404 } == .failing(reason: "status 200, expected 404"))
  }

  @Test("A redirect is not followed")
  func redirect() async throws {
    let text = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
    #expect(try await ask(text) == .failing(reason: "status 302, expected 200-299"))
    #expect(try await ask(text) { $0.status = 300...399 } == .passing(detail: nil))
  }

  @Test("The request names the host of the URL, is of the method, has the header fields, and asks for no second one")
  func request() async throws {
    let requests = Mutex<[String]>([])
    try await withStreamServer { received in
      guard isWhole(received) else { return .wait }
      requests.withLock { $0.append(String(decoding: received, as: UTF8.self)) }
      return .answer(Array("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".utf8))
    } _: { port in
      #expect(try await probe(.http(check("http://www.example.net:\(port)/a?b=c"))) == .passing(detail: nil))
      var other = try check("http://www.example.net:\(port)")
      other.method = .post
      other.headers = [
        HTTPCheck.Header(name: "Host", value: "other"), HTTPCheck.Header(name: "X-A", value: "1"),
        HTTPCheck.Header(name: "x-a", value: "2"),
      ]
      #expect(await probe(.http(other)) == .passing(detail: nil))
      let seen = requests.withLock { $0 }
      #expect(
        seen.first
          == "GET /a?b=c HTTP/1.1\r\nhost: www.example.net:\(port)\r\nuser-agent: anycast-ospfd\r\nconnection: close\r\n\r\n")
      let second = seen.last?.lowercased() ?? ""
      #expect(second.hasPrefix("post / http/1.1\r\n") && second.contains("\r\nhost: other\r\n"))
      #expect(second.contains("\r\nx-a: 1\r\n") && second.contains("\r\nx-a: 2\r\n") && !second.contains("www.example.net"))
    }
  }

  @Test("What is wanted of the content is found wherever it is cut, and missed where it is not")
  func content() async throws {
    let page = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nall w\r\n3\r\nell\r\n0\r\n\r\n"
    #expect(try await ask(page) { $0.body = "all well" } == .passing(detail: nil))
    #expect(try await ask(page) { $0.body = "all Well" } == .failing(reason: "the page does not contain 'all Well'"))
    #expect(
      try await ask("HTTP/1.1 500 x\r\ncontent-length: 2\r\n\r\nok") { $0.body = "ok" }
        == .failing(reason: "status 500, expected 200-299"))
    let cut = try await ask("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok") { $0.body = "well" }
    #expect(cut == .failing(reason: "connection closed within the answer"))
  }

  @Test("A page without end is read as far as what is wanted, or for 1 MiB")
  func endless() async throws {
    try await withStreamServer { received in
      guard isWhole(received) else { return .wait }
      let part = [UInt8](repeating: 0x61, count: 10_000) + Array("needle".utf8)
      return .stream(Array("HTTP/1.1 200 OK\r\n\r\n".utf8), endlessly: part)
    } _: { port in
      var check = try check("http://www.example.net:\(port)/")
      #expect(await probe(.http(check)) == .passing(detail: nil))
      check.body = "needle"
      #expect(await probe(.http(check)) == .passing(detail: nil))
      check.body = "pin"
      #expect(
        await probe(.http(check))
          == .failing(reason: "127.0.0.1 port \(port): the first 1024 KiB of the page do not contain 'pin'"))
    }
  }

  @Test("Answers that are none fail, and say what they are")
  func hostile() async throws {
    for text in ["SSH-2.0-x\r\n", "HTTP/1.1 abc\r\n\r\n", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"] {
      let verdict = try await ask(text)
      #expect(verdict.text?.hasPrefix("malformed answer: ") == true, "\(verdict)")
    }
    let giant = "HTTP/1.1 200 OK\r\nx: " + String(repeating: "y", count: 1 << 20)
    #expect(try await ask(giant).text?.hasPrefix("malformed answer: ") == true)
    #expect(try await ask("") == .failing(reason: "connection closed"))
    try await withStreamServer { _ in
      .close
    } _: { port in
      let verdict = try await probe(.http(check("http://www.example.net:\(port)/")))
      #expect(!verdict.isPassing)
    }
    let closed = try await probe(.http(check("http://www.example.net:1/")))
    #expect(closed == .failing(reason: "127.0.0.1 port 1: connection refused"))
  }

  @Test("A server that says nothing, or half an answer, fails at the timeout")
  func silent() async throws {
    try await withStreamServer { _ in
      .wait
    } _: { port in
      try await expectTimeout(of: .http(check("http://www.example.net:\(port)/")), saying: "127.0.0.1 port \(port): no answer")
    }
    try await withStreamServer { received in
      isWhole(received) ? .reply(Array("HTTP/1.1 200 OK\r\nx: y\r\n".utf8)) : .wait
    } _: { port in
      try await expectTimeout(of: .http(check("http://www.example.net:\(port)/")), saying: "127.0.0.1 port \(port): no answer")
    }
  }

  @Test("All addresses of the service are asked, or the one in the URL, or the one that is named")
  func targets() async throws {
    try await withStreamServer(answer("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")) { port in
      var named = try check("http://www.example.net:\(port)/")
      let all = await probe(.http(named), addresses: ["127.0.0.1", "127.0.0.2"])
      #expect(all == .failing(reason: "127.0.0.2 port \(port): connection refused"))
      #expect(
        try await probe(.http(check("http://127.0.0.1:\(port)/")), addresses: ["127.0.0.2"]) == .passing(detail: nil))
      named.server = .v4(IPv4Address(127, 0, 0, 1))
      #expect(await probe(.http(named), addresses: ["127.0.0.2"]) == .passing(detail: nil))
    }
  }

  @Test("A forward proxy is asked for a whole URL, at the service's address")
  func proxy() async throws {
    let requests = Mutex<[String]>([])
    try await withStreamServer { received in
      guard isWhole(received) else { return .wait }
      requests.withLock { $0.append(String(decoding: received, as: UTF8.self)) }
      return .answer(Array("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".utf8))
    } _: { port in
      var check = try check("http://www.example.com/page")
      check.proxy = HTTPURL("http://proxy.example.net:\(port)")
      #expect(await probe(.http(check)) == .passing(detail: nil))
      #expect(
        requests.withLock { $0.first }?.hasPrefix("GET http://www.example.com/page HTTP/1.1\r\nhost: www.example.com\r\n")
          == true)
    }
  }

  @Test("Every probe makes a connection of its own")
  func connections() async throws {
    let requests = Mutex(0)
    try await withStreamServer { received in
      // A second request on a connection would be answered with an error.
      guard isWhole(received) else { return .wait }
      requests.withLock { $0 += 1 }
      return .reply(Array("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".utf8))
    } _: { port in
      let check = try check("http://www.example.net:\(port)/")
      for _ in 0..<3 { #expect(await probe(.http(check)) == .passing(detail: nil)) }
    }
    #expect(requests.withLock { $0 } == 3)
  }
}

/// Whether the head of a request has come.
func isWhole(_ received: [UInt8]) -> Bool { received.suffix(4) == [0x0D, 0x0A, 0x0D, 0x0A] }
