import AnycastPolicy
import Configuration
import Glibc
import NIOCore
import OSPFWire
import Synchronization
import Testing

@testable import HealthChecks

@Suite("A probe asks this node, never another one that has the same address")
struct AnycastTargetTests {
  private func assignment(_ kind: CheckKind, targets: [String], addresses: [String] = ["127.0.0.1"]) -> CheckAssignment {
    CheckAssignment(
      number: 1, service: "dns", addresses: addresses.compactMap { IPAddress($0) }, targets: targets.compactMap { IPAddress($0) },
      configuration: CheckConfiguration(kind: kind))
  }

  private func verdict(
    _ assignment: CheckAssignment, isOnHost: @escaping @Sendable (IPAddress) -> Bool
  ) async -> Verdict {
    await assignment.makeProbe(on: testGroup.next(), commandUser: .unprivileged(), isOnHost: isOnHost).run()
  }

  @Test("An address of the service that is not on this host fails, whoever answers there")
  func elsewhere() async throws {
    try await withListener { port in
      let check = assignment(.tcp(TCPCheck(address: nil, ports: [port])), targets: ["127.0.0.1"])
      #expect(await verdict(check) { _ in true } == .passing(detail: nil))
      #expect(
        await verdict(check) { _ in false }
          == .failing(reason: "127.0.0.1 is not on this host, where only this node would answer"))
    }
  }

  @Test("An address that goes while it is being asked does not pass")
  func leaving() async throws {
    try await withListener { port in
      let questions = Mutex(0)
      let result = await verdict(assignment(.tcp(TCPCheck(address: nil, ports: [port])), targets: ["127.0.0.1"])) { _ in
        questions.withLock { questions in
          questions += 1
          return questions == 1
        }
      }
      #expect(result.isFailing)
    }
  }

  @Test("Another target than the service's own addresses may be anywhere")
  func other() async throws {
    try await withListener { port in
      let check = assignment(.tcp(TCPCheck(address: nil, ports: [port])), targets: ["127.0.0.1"], addresses: ["192.0.2.1"])
      #expect(await verdict(check) { _ in false } == .passing(detail: nil))
    }
  }

  @Test("A check that has nobody to ask fails, and says whom it would ask")
  func nobody() async {
    let check = assignment(.tcp(TCPCheck(address: nil, ports: [53])), targets: [], addresses: ["192.0.2.1", "2001:db8::1"])
    #expect(await verdict(check) { _ in true } == .failing(reason: "not on this host: 192.0.2.1, 2001:db8::1"))
  }

  private func awaiting(_ kind: CheckKind, _ addresses: [String]) -> CheckAssignment {
    let awaited = addresses.compactMap { IPAddress($0) }
    return CheckAssignment(
      number: 1, service: "dns", addresses: awaited, targets: awaited.map(\.loopbackOfFamily), awaited: awaited,
      configuration: CheckConfiguration(kind: kind))
  }

  @Test("A server that listens on an address that is not there yet passes, whoever answers on the loopback")
  func listensOnAbsentAddress() async throws {
    let absent = try BoundSocket(to: "192.0.2.217", .tcp)
    let check = awaiting(.tcp(TCPCheck(address: nil, ports: [absent.port])), ["192.0.2.217"])
    #expect(
      await verdict(check) { _ in false } == .passing(detail: "a server listens on 192.0.2.217, which is not there yet"))
    // Another port of the same check has no server.
    let other = awaiting(.tcp(TCPCheck(address: nil, ports: [absent.port, 1])), ["192.0.2.217"])
    #expect(await verdict(other) { _ in false }.isFailing)
    // Nobody listens on another address of the service.
    let both = awaiting(.tcp(TCPCheck(address: nil, ports: [absent.port])), ["192.0.2.217", "192.0.2.218"])
    #expect(await verdict(both) { _ in false }.isFailing)
    absent.close()
    // A command that another test starts at this moment keeps the socket until it becomes its program.
    var last = await verdict(check) { _ in false }
    for _ in 0..<100 where !last.isFailing { last = await verdict(check) { _ in false } }
    #expect(last.isFailing)
  }

  @Test("The same for UDP, and for IPv6")
  func listensByDatagram() async throws {
    let absent = try BoundSocket(to: "2001:db8::217", .udp)
    defer { absent.close() }
    let check = awaiting(.dns(DNSCheck(name: "www.example.net", port: absent.port)), ["2001:db8::217"])
    #expect(await verdict(check) { _ in false } == .passing(detail: "a server listens on 2001:db8::217, which is not there yet"))
    let stream = awaiting(.dns(DNSCheck(name: "www.example.net", port: absent.port, transport: .tcp)), ["2001:db8::217"])
    #expect(await verdict(stream) { _ in false }.isFailing)
  }

  @Test("A server on all addresses is asked at the loopback")
  func listensOnAll() async throws {
    try await withListener { port in
      let check = awaiting(.tcp(TCPCheck(address: nil, ports: [port])), ["192.0.2.217"])
      #expect(await verdict(check) { _ in false } == .passing(detail: nil))
    }
  }
}

/// A socket that is bound to an address which this host does not have.
private struct BoundSocket {
  enum Kind {
    case tcp, udp
  }

  let descriptor: CInt
  let port: UInt16

  init(to address: String, _ kind: Kind) throws {
    let type = CInt((kind == .tcp ? SOCK_STREAM : SOCK_DGRAM).rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    let isIPv6 = address.contains(":")
    descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, type, 0)
    try #require(descriptor >= 0)
    var on: CInt = 1
    // IP_FREEBIND of ip(7) does for IPv6 as well.
    try #require(setsockopt(descriptor, CInt(IPPROTO_IP), IP_FREEBIND, &on, socklen_t(MemoryLayout<CInt>.size)) == 0)
    let wanted = try SocketAddress(ipAddress: address, port: 0)
    let descriptor = descriptor
    let result = wanted.withSockAddr { Glibc.bind(descriptor, $0, socklen_t($1)) }
    try #require(result == 0)
    if kind == .tcp { try #require(listen(descriptor, 1) == 0) }
    port = try #require(try Self.port(of: descriptor))
  }

  private static func port(of descriptor: CInt) throws -> UInt16? {
    var storage = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let result = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    // The port is in the same place for both families.
    return result == 0 ? UInt16(bigEndian: storage.sin6_port) : nil
  }

  func close() { Glibc.close(descriptor) }
}
