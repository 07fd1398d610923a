import AnycastPolicy
import Configuration
import NIOCore
import NIOPosix
import OSPFWire
import Testing

@testable import HealthChecks

@Suite("tcp checks", .timeLimit(.minutes(5)))
struct TCPProbeTests {
  @Test("A port that accepts passes", arguments: ["127.0.0.1", "::1"])
  func accepts(host: String) async throws {
    try await withListener(on: host) { port in
      #expect(await probe(.tcp(TCPCheck(address: nil, ports: [port])), addresses: [host]) == .passing(detail: nil))
    }
  }

  @Test("All ports of all addresses must accept, and the reason names those that do not")
  func allMustAccept() async throws {
    try await withListener { port in
      let verdict = await probe(.tcp(TCPCheck(address: nil, ports: [port, closedPort])), addresses: ["127.0.0.1", "127.0.0.2"])
      #expect(
        verdict
          == .failing(
            reason: "127.0.0.1 port \(closedPort): connection refused; 127.0.0.2 port \(port): connection refused; "
              + "127.0.0.2 port \(closedPort): connection refused"))
    }
  }

  @Test("A configured address is probed in place of the service's own")
  func configuredAddress() async throws {
    try await withListener { port in
      let kind = CheckKind.tcp(TCPCheck(address: IPAddress("127.0.0.1"), ports: [port]))
      #expect(await probe(kind, addresses: ["127.0.0.2"]) == .passing(detail: nil))
    }
  }

  @Test("In mode healthy the loopback addresses are probed, because the service's own may be on no device")
  func healthyMode() async throws {
    try await withListener { port in
      let verdict = await probe(
        .tcp(TCPCheck(address: nil, ports: [port])), addresses: ["192.0.2.1", "192.0.2.2", "2001:db8::1"], mode: .healthy)
      #expect(verdict == .failing(reason: "::1 port \(port): connection refused"))
    }
  }

  @Test("A service without addresses and a check without a target do not pass")
  func noTarget() async {
    let verdict = await probe(.tcp(TCPCheck(address: nil, ports: [53])), addresses: [])
    #expect(verdict == .failing(reason: "the service has no address to check"))
  }

  @Test("A port that neither accepts nor refuses fails at the timeout, and the reason names it")
  func noAnswer() async throws {
    // A listener whose queue is full drops further connection requests.
    let listener = try await ServerBootstrap(group: testGroup).serverChannelOption(.backlog, value: 0)
      .serverChannelOption(.autoRead, value: false).bind(host: "127.0.0.1", port: 0).get()
    let address = try #require(listener.localAddress)
    let port = UInt16(try #require(address.port))
    let fillers = (0..<4).map { _ in
      ClientBootstrap(group: testGroup).connectTimeout(.milliseconds(500)).connect(to: address)
    }
    _ = try await EventLoopFuture.whenAllComplete(fillers, on: testGroup.next()).get()
    let check = CheckConfiguration(
      kind: .tcp(TCPCheck(address: nil, ports: [port])), interval: .milliseconds(50), timeout: .milliseconds(300))
    try await withRunner(checking: [.local(check)]) { outcomes in
      let expected = Verdict.failing(reason: "timeout after 300ms: 127.0.0.1 port \(port): no answer")
      _ = try await outcomes.next(1) { outcome in
        #expect(!outcome.verdict.isPassing)
        return outcome.verdict == expected
      }
    }
    try await listener.close()
  }
}
