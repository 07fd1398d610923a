import AnycastPolicy
import Configuration
import NIOCore
import OSPFWire
import ProbeTestSupport
import Synchronization
import Testing

@testable import HealthChecks

@Suite("dns checks", .timeLimit(.minutes(5)))
struct DNSProbeTests {
  private func ask(
    _ port: UInt16, name: String = "www.example.net", type: String = "A", transport: DNSCheck.Transport = .udp,
    expect expectation: DNSCheck.Expectation = .any, addresses: [String] = ["127.0.0.1"]
  ) async -> Verdict {
    let check = DNSCheck(name: name, type: type, port: port, transport: transport, expectation: expectation)
    return await probe(.dns(check), addresses: addresses)
  }

  private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

  @Test("A real server's answers are judged by what is expected of them, over UDP, TCP and both")
  func realServer() async throws {
    let expected = try address("192.0.2.81")
    let expected6 = try address("2001:db8::80")
    let other = try address("192.0.2.99")
    try await Unbound.run { server in
      for transport in DNSCheck.Transport.allCases {
        #expect(await ask(server.port, transport: transport) == .passing(detail: nil))
      }
      #expect(await ask(server.port, expect: .address(expected)) == .passing(detail: nil))
      #expect(await ask(server.port, type: "AAAA", expect: .address(expected6)) == .passing(detail: nil))
      #expect(await ask(server.port, name: "WWW.Example.NET.") == .passing(detail: nil))
      #expect(await ask(server.port, name: "no.example.net", expect: .nxdomain) == .passing(detail: nil))
      #expect(await ask(server.port, name: "example.com", expect: .rcode("REFUSED")) == .passing(detail: nil))
      let wrong = await ask(server.port, expect: .address(other))
      #expect(wrong.text?.hasSuffix(", expected 192.0.2.99") == true && !wrong.isPassing)
      #expect(
        await ask(server.port, name: "no.example.net")
          == .failing(reason: "127.0.0.1: NXDOMAIN, expected NOERROR"))
      #expect(
        await ask(server.port, type: "MX") == .failing(reason: "127.0.0.1: NOERROR without a record of type MX"))
      #expect(await ask(server.port, name: "example.com") == .failing(reason: "127.0.0.1: REFUSED, expected NOERROR"))
    }
  }

  @Test("An answer that is too long for a datagram is fetched over TCP from a real server")
  func truncatedByRealServer() async throws {
    try await Unbound.run { server in
      #expect(await ask(server.port, name: "long.example.net", type: "TXT") == .passing(detail: nil))
    }
  }

  @Test("A real server that is stopped fails its check at the timeout, and one that goes on passes again")
  func stoppedServer() async throws {
    try await Unbound.run { server in
      let check = CheckConfiguration(
        kind: .dns(DNSCheck(name: "www.example.net", port: server.port)), interval: .milliseconds(50), timeout: .milliseconds(400)
      )
      try await withRunner(checking: [.local(check)]) { outcomes in
        _ = try await outcomes.next(1) { $0.verdict.isPassing }
        try server.send(.suspend)
        _ = try await outcomes.next(1) { $0.verdict == .failing(reason: "timeout after 400ms: 127.0.0.1: no answer") }
        try server.send(.resume)
        _ = try await outcomes.next(1) { $0.verdict.isPassing }
      }
    }
  }

  @Test("All of the service's addresses must answer, and the reason names the one that does not")
  func allAddresses() async throws {
    try await withDatagramServer({ query, _ in [HandMadeDNS.answer(to: query, records: [[192, 0, 2, 1]])] }) { port in
      let verdict = await ask(port, addresses: ["127.0.0.1", "127.0.0.2"])
      #expect(verdict == .failing(reason: "127.0.0.2: connection refused"))
    }
  }

  @Test("A server that answers over UDP only fails where both transports are asked for")
  func bothTransports() async throws {
    try await withDatagramServer({ query, _ in [HandMadeDNS.answer(to: query, records: [[192, 0, 2, 1]])] }) { port in
      #expect(await ask(port, transport: .both) == .failing(reason: "127.0.0.1 tcp: connection refused"))
      #expect(await ask(port, transport: .udp) == .passing(detail: nil))
    }
  }

  @Test("Messages that answer something else, or are malformed, are ignored; the right answer after them counts")
  func wrongAnswers() async throws {
    let forgeries: @Sendable ([UInt8]) -> [[UInt8]] = { query in
      let right = HandMadeDNS.answer(to: query, records: [[192, 0, 2, 66]])
      var otherID = right
      otherID[0] ^= 0xFF
      var otherName = right
      otherName[13] = UInt8(ascii: "x")
      var otherType = right
      otherType[query.count - 3] = 28
      var otherClass = right
      otherClass[query.count - 1] = 3
      var cut = right
      cut.removeLast(3)
      return [otherID, otherName, otherType, otherClass, query, cut, [], Array(right.prefix(11))]
    }
    let expected = try address("192.0.2.1")
    try await withDatagramServer({ query, _ in
      forgeries(query) + [HandMadeDNS.answer(to: query, records: [[192, 0, 2, 1]])]
    }) { port in
      #expect(await ask(port, expect: .address(expected)) == .passing(detail: nil))
    }
    try await withDatagramServer({ query, _ in forgeries(query) }) { port in
      let check = CheckConfiguration(
        kind: .dns(DNSCheck(name: "www.example.net", port: port)), interval: .milliseconds(50), timeout: .milliseconds(300))
      try await withRunner(checking: [.local(check)]) { outcomes in
        let expected = Verdict.failing(reason: "timeout after 300ms: 127.0.0.1: no answer, but a malformed DNS message")
        _ = try await outcomes.next(1) { outcome in
          #expect(!outcome.verdict.isPassing)
          return outcome.verdict == expected
        }
      }
    }
  }

  @Test("Every query has an ID and a port of its own")
  func fresh() async throws {
    let seen = Mutex<(identifiers: Set<[UInt8]>, ports: Set<Int>)>(([], []))
    try await withDatagramServer({ query, client in
      seen.withLock {
        $0.identifiers.insert(Array(query.prefix(2)))
        if let port = client.port { $0.ports.insert(port) }
      }
      return [HandMadeDNS.answer(to: query, records: [[192, 0, 2, 1]])]
    }) { port in
      for _ in 0..<40 { #expect(await ask(port) == .passing(detail: nil)) }
    }
    // Chance may repeat one; a fixed or counted-from-start number would repeat them all.
    let counts = seen.withLock { ($0.identifiers.count, $0.ports.count) }
    #expect(counts.0 > 35 && counts.1 > 20)
  }

  @Test("A truncated answer without a server on TCP fails")
  func truncatedWithoutTCP() async throws {
    try await withDatagramServer({ query, _ in [HandMadeDNS.answer(to: query, isTruncated: true)] }) { port in
      #expect(await ask(port) == .failing(reason: "127.0.0.1: connection refused"))
    }
  }

  @Test("Where it is asked for, the server must say that it has validated the answer (AD), and is told to (AD and DO)")
  func dnssec() async throws {
    let queries = Mutex<[[UInt8]]>([])
    for isValidated in [true, false] {
      try await withDatagramServer({ query, _ in
        queries.withLock { $0.append(query) }
        return [HandMadeDNS.answer(to: query, records: [[192, 0, 2, 1]], isAuthenticData: isValidated)]
      }) { port in
        let check = DNSCheck(name: "www.example.net", port: port, isValidated: true)
        #expect(
          await probe(.dns(check))
            == (isValidated
              ? .passing(detail: nil)
              : .failing(reason: "127.0.0.1: NOERROR without the AD flag: the answer is not validated")))
      }
    }
    #expect(queries.withLock { $0.allSatisfy { $0[3] & 0x20 != 0 && $0.suffix(11)[7 + $0.count - 11] == 0x80 } })
  }

  @Test("A server that is not there is known at once, without waiting for the timeout")
  func refused() async {
    #expect(await ask(closedPort) == .failing(reason: "127.0.0.1: connection refused"))
    #expect(await ask(closedPort, transport: .tcp) == .failing(reason: "127.0.0.1 tcp: connection refused"))
  }

  @Test("A TCP server that closes without an answer fails")
  func closesWithoutAnswer() async throws {
    try await withListener(closing: true) { port in
      let verdict = await ask(port, transport: .tcp)
      #expect(!verdict.isPassing && verdict.text?.hasPrefix("127.0.0.1 tcp: ") == true)
    }
  }

  @Test("A name that is none, and a type that does not exist, fail and say so")
  func cannotAsk() async {
    let label = String(repeating: "a", count: 64)
    #expect(
      await ask(53, name: "\(label).example") == .failing(reason: "127.0.0.1: '\(label).example' is no domain name"))
    #expect(await ask(53, type: "AAAAA") == .failing(reason: "unknown record type 'AAAAA'"))
  }
}
