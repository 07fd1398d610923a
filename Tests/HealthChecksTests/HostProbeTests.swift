import AnycastPolicy
import Configuration
import Glibc
import OSPFWire
import Testing

@testable import HealthChecks

@Suite("Checks of the host itself", .timeLimit(.minutes(5)))
struct HostProbeTests {
  private static let table = [
    "IP Virtual Server version 1.2.1 (size=4096)",
    "Prot LocalAddress:Port Scheduler Flags",
    "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn",
    "TCP  C0000235:0050 wlc  ",
    "  -> 0A000001:0050      Masq    1      12         3         ",
    "  -> 0A000002:0050      Masq    0      0          0         ",
    "  -> 0A000003:0050      Masq    5      0          0         ",
    "",
  ].joined(separator: "\n")

  @Test("A virtual server with enough real servers of a weight above zero passes")
  func ipvs() async throws {
    try await withFile(Self.table) { path in
      func ask(minimum: Int = 1, port: UInt16 = 80, transport: IPVSCheck.Transport = .tcp) async -> Verdict {
        let check = IPVSCheck(address: nil, port: port, transport: transport, minimum: minimum)
        return await IPVSProbe(check: check, addresses: [.v4(IPv4Address(192, 0, 2, 53))], table: path).run()
      }
      #expect(await ask() == .passing(detail: nil))
      #expect(await ask(minimum: 2) == .passing(detail: nil))
      #expect(
        await ask(minimum: 3)
          == .failing(reason: "192.0.2.53 port 80: 2 of 3 real servers have a weight above zero, 3 wanted"))
      #expect(await ask(port: 81) == .failing(reason: "192.0.2.53 port 81: no such virtual service for tcp"))
      #expect(await ask(transport: .udp) == .failing(reason: "192.0.2.53 port 80: no such virtual service for udp"))
    }
  }

  @Test("A kernel without IPVS, and a table that is none, fail and say so")
  func noIPVS() async throws {
    let check = IPVSCheck(address: nil, port: 80, transport: .tcp)
    let addresses: [IPAddress] = [.v4(IPv4Address(192, 0, 2, 53))]
    let missing = await IPVSProbe(check: check, addresses: addresses, table: "/proc/net/no_such_table").run()
    #expect(
      missing
        == .failing(
          reason: "/proc/net/no_such_table: no such file or directory: the kernel has no IPVS, or its module ip_vs is not loaded"
        ))
    try await withFile("something\n") { path in
      #expect(
        await IPVSProbe(check: check, addresses: addresses, table: path).run()
          == .failing(reason: "\(path): no table of virtual servers"))
    }
  }

  @Test("A file is there or not, and where that cannot be known the check fails either way")
  func file() async throws {
    try await withFile("") { path in
      #expect(await probe(.file(FileCheck(path: path, condition: .exists))) == .passing(detail: nil))
      #expect(await probe(.file(FileCheck(path: path, condition: .absent))) == .failing(reason: "\(path) exists"))
      for missing in ["\(path)-missing", "\(path)/below"] {
        #expect(await probe(.file(FileCheck(path: missing, condition: .absent))) == .passing(detail: nil))
        #expect(await probe(.file(FileCheck(path: missing, condition: .exists))) == .failing(reason: "\(missing) does not exist"))
      }
      let loop = path + "-loop"
      try #require(symlink(loop, loop) == 0)
      defer { unlink(loop) }
      for condition in FileCheck.Condition.allCases {
        #expect(
          await probe(.file(FileCheck(path: loop, condition: condition)))
            == .failing(reason: "\(loop): too many levels of symbolic links"))
      }
    }
  }

  @Test(
    "A unit is active, or the reason is its state",
    arguments: [
      ("echo active", Verdict.passing(detail: nil)),
      ("echo failed; exit 3", .failing(reason: "dns.service is failed")),
      ("echo inactive; exit 4", .failing(reason: "there is no unit dns.service: inactive")),
      ("exit 4", .failing(reason: "there is no unit dns.service")),
    ])
  func systemd(script: String, verdict: Verdict) async throws {
    try await withFile("#!/bin/sh\ntest \"$*\" = 'is-active -- dns.service' || exit 9\n\(script)\n", mode: 0o755) { path in
      #expect(await SystemdProbe(unit: "dns.service", program: path).run() == verdict)
    }
  }

  @Test("A host without systemd fails and says so")
  func noSystemd() async throws {
    #expect(
      await SystemdProbe(unit: "dns", program: "/no/such/systemctl").run()
        == .failing(reason: "cannot run /no/such/systemctl: No such file or directory"))
    try await withFile("#!/bin/sh\necho 'System has not been booted with systemd'; exit 1\n", mode: 0o755) { path in
      #expect(
        await SystemdProbe(unit: "dns", program: path).run()
          == .failing(reason: "\(path) ended with exit status 1: System has not been booted with systemd"))
    }
  }
}
