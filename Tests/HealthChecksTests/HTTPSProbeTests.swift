import AnycastPolicy
import Configuration
import Glibc
import OSPFWire
import Synchronization
import Testing

@testable import HealthChecks

@Suite("https checks", .timeLimit(.minutes(5)))
struct HTTPSProbeTests {
  private func check(_ url: String, _ trust: HTTPCheck.Trust) throws -> HTTPCheck {
    HTTPCheck(url: try #require(HTTPURL(url)), trust: trust)
  }

  @Test("The certificate must be signed by somebody who is trusted, and bear the URL's name, unless it is not looked at")
  func certificates() async throws {
    try await Certificate.with(names: "DNS:www.example.net") { certificate in
      try await withStreamServer(tls: certificate.context) { received in
        isWhole(received) ? .answer(Array("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".utf8)) : .wait
      } _: { port in
        func ask(_ name: String, _ trust: HTTPCheck.Trust) async throws -> Verdict {
          try await probe(.http(check("https://\(name):\(port)/", trust)))
        }
        let place = "127.0.0.1 port \(port): "
        let right = try await ask("www.example.net", .authority(file: certificate.file))
        #expect(right == .passing(detail: nil))
        #expect(try await ask("www.example.net.", .authority(file: certificate.file)) == .passing(detail: nil))
        #expect(
          try await ask("www.example.net", .system)
            == .failing(
              reason: place + "TLS: no authority that this system trusts has signed the certificate, and the server sends no "
                + "intermediate certificate"))
        for name in ["www.example.com", "127.0.0.1"] {
          #expect(
            try await ask(name, .authority(file: certificate.file))
              == .failing(reason: place + "TLS: the certificate is not for \(name)"))
        }
        #expect(try await ask("www.example.com", .anybody) == .passing(detail: nil))
        #expect(
          try await ask("www.example.net", .authority(file: "/no/such/file"))
            == .failing(reason: place + "/no/such/file: no certificates can be read from it"))
      }
    }
  }

  @Test("A file of authorities that never opens delays no other check", .timeLimit(.minutes(1)))
  func hangingAuthority() async throws {
    try await withFile("") { path in
      // Nobody can read a pipe before somebody writes to it.
      try #require(unlink(path) == 0 && mkfifo(path, 0o600) == 0)
      let hanging = CheckConfiguration(kind: .http(try check("https://127.0.0.1/", .authority(file: path))))
      try await withListener { port in
        let other = CheckConfiguration(
          kind: .tcp(TCPCheck(address: nil, ports: [port])), interval: .milliseconds(20), timeout: .seconds(20))
        try await withRunner(checking: [.local(hanging, name: "web"), .local(other)]) { outcomes in
          let failure = try await outcomes.next(1) { $0.check.service == "web" }
          #expect(failure.allSatisfy { $0.verdict.isFailing })
          _ = try await outcomes.next(3) { $0.check.service == "dns" && $0.verdict.isPassing }
          // The probe that waits reads an empty file, and the next one finds none.
          let writer = open(path, O_WRONLY | O_CLOEXEC)
          unlink(path)
          close(writer)
        }
      }
    }
  }

  @Test("An expired certificate is told apart from an unknown authority and a wrong name")
  func expired() async throws {
    try await Certificate.with(names: "DNS:www.example.net", days: -1) { certificate in
      try await withStreamServer(tls: certificate.context) { received in
        isWhole(received) ? .answer(Array("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".utf8)) : .wait
      } _: { port in
        for trust in [HTTPCheck.Trust.authority(file: certificate.file), .system] {
          let verdict = try await probe(.http(check("https://www.example.net:\(port)/", trust)))
          #expect(verdict == .failing(reason: "127.0.0.1 port \(port): TLS: the certificate expired 24 h ago"))
        }
      }
    }
  }

  @Test("A certificate that bears the address is right for a URL with that address")
  func address() async throws {
    try await Certificate.with(names: "IP:127.0.0.1") { certificate in
      try await withStreamServer(tls: certificate.context) { received in
        isWhole(received) ? .answer(Array("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".utf8)) : .wait
      } _: { port in
        let check = try check("https://127.0.0.1:\(port)/", .authority(file: certificate.file))
        #expect(await probe(.http(check)) == .passing(detail: nil))
      }
    }
  }

  @Test("A server that speaks no TLS fails and says so")
  func noTLS() async throws {
    try await withStreamServer { _ in
      .answer(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
    } _: { port in
      let verdict = try await probe(.http(check("https://www.example.net:\(port)/", .anybody)))
      #expect(verdict == .failing(reason: "127.0.0.1 port \(port): TLS: wrong version number"))
    }
  }

  @Test("A forward proxy is asked for a tunnel to the server of a page over TLS")
  func tunnel() async throws {
    let requests = Mutex<[String]>([])
    try await Certificate.with(names: "DNS:www.example.com") { certificate in
      try await withStreamServer(tls: certificate.context, beginsWithTLS: false) { received in
        guard isWhole(received) else { return .wait }
        let request = String(decoding: received, as: UTF8.self)
        requests.withLock { $0.append(request) }
        return request.hasPrefix("CONNECT")
          ? .startTLS(Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8))
          : .answer(Array("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nall well".utf8))
      } _: { port in
        var check = try check("https://www.example.com/page", .authority(file: certificate.file))
        check.proxy = HTTPURL("http://proxy.example.net:\(port)")
        check.body = "all well"
        let verdict = await probe(.http(check))
        #expect(verdict == .passing(detail: nil))
        let seen = requests.withLock { $0 }
        #expect(seen.first?.hasPrefix("CONNECT www.example.com:443 HTTP/1.1\r\n") == true, "\(seen)")
        #expect(seen.last?.hasPrefix("GET /page HTTP/1.1\r\nhost: www.example.com\r\n") == true, "\(seen)")
      }
    }
  }

  @Test("A proxy that grants no tunnel fails, and one that says nothing at the timeout")
  func noTunnel() async throws {
    let refusals: [(StreamAction, String)] = [
      (.answer(Array("HTTP/1.1 403 Forbidden\r\n\r\n".utf8)), "the proxy makes no tunnel: status 403"),
      (.close, "connection closed"),
      (.answer(Array("SSH-2.0-x\r\n".utf8)), "malformed answer: invalid constant string"),
      // Nothing more may come before the handshake.
      (.answer(Array("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n".utf8)), "connection closed"),
    ]
    for (action, words) in refusals {
      try await withStreamServer { received in
        isWhole(received) ? action : .wait
      } _: { port in
        var check = try check("https://www.example.com/", .anybody)
        check.proxy = HTTPURL("http://proxy.example.net:\(port)")
        let verdict = await probe(.http(check))
        #expect(verdict == .failing(reason: "127.0.0.1 port \(port): \(words)"))
      }
    }
    try await withStreamServer { _ in
      .wait
    } _: { port in
      var check = try check("https://www.example.com/", .anybody)
      check.proxy = HTTPURL("http://proxy.example.net:\(port)")
      try await expectTimeout(of: .http(check), saying: "127.0.0.1 port \(port): no answer")
    }
  }
}
