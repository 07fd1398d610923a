import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@testable import AnycastNode

@Suite("RFC 3623, RFC 5187: a node that restarts without anybody noticing")
struct RestartTests {
  /// A node whose service is up and known to its router.
  private func announced(
    _ text: String = RestartBench.text, helping: GracefulRestartPolicy = GracefulRestartPolicy()
  ) throws -> RestartBench {
    let bench = try RestartBench(text, helping: helping)
    try bench.check(.passing(detail: nil))
    try bench.check(.passing(detail: nil))
    try bench.run(for: .seconds(60)) { $0.isRouted && $0.isFull }
    #expect(bench.isRouted && bench.isFull)
    try bench.run(for: .seconds(15))
    return bench
  }

  /// From now on the router must have its routes at each instant.
  private func expectRoutes(_ bench: RestartBench) {
    bench.onStep = { bench in try #require(bench.isRouted, "at \(bench.now)") }
  }

  @Test(
    "Told to: the neighbors know, nothing is withdrawn, addresses stay, and the next run goes on; the router never loses a route")
  func planned() throws {
    let bench = try announced()
    let addresses = bench.addresses
    expectRoutes(bench)
    try bench.restart()
    #expect(bench.restarts == [.restoring, .restoring])
    try bench.run(for: .seconds(60)) { $0.outcomes.count == 2 && $0.isFull }
    try bench.check(.passing(detail: nil))
    try bench.run(for: .seconds(6))
    #expect(bench.outcomes == [.completed, .completed])
    #expect(bench.addresses == addresses)
    #expect(bench.serviceChanges.isEmpty)
    #expect(
      bench.routerEvents.count {
        if case .helping(_, let period, .softwareRestart) = $0 { period == .seconds(119) } else { false }
      } == 2)
    #expect(bench.routerEvents.count { if case .helpEnded(_, .completed) = $0 { true } else { false } } == 2)
    try bench.run(for: .seconds(3600))
  }

  @Test("Nothing is noticed either when the next run needs longer than the dead interval")
  func slow() throws {
    let bench = try announced()
    expectRoutes(bench)
    try bench.restart(gap: .seconds(100))
    try bench.run(for: .seconds(19)) { $0.outcomes.count == 2 && $0.isFull }
    #expect(bench.outcomes == [.completed, .completed])
  }

  @Test("After a crash the next run says that it restarts before its first Hello, and goes on with what was remembered")
  func crashed() throws {
    let bench = try announced()
    expectRoutes(bench)
    let memory = try #require(bench.crash())
    try bench.run(for: .seconds(3))
    try bench.start(restart: NodeRestart(memory: memory, age: .seconds(3), isPlanned: false))
    #expect(bench.restarts == [.restoring, .restoring])
    try bench.run(for: .seconds(60)) { $0.outcomes.count == 2 && $0.isFull }
    #expect(bench.outcomes == [.completed, .completed])
    #expect(bench.routerEvents.count { if case .helping(_, _, .unknown) = $0 { true } else { false } } == 2)
    #expect(bench.serviceChanges.isEmpty)
  }

  @Test("After a crash that has lasted longer than the dead interval nothing is presumed")
  func stale() throws {
    let bench = try announced()
    let memory = try #require(bench.crash())
    try bench.run(for: .seconds(41))
    #expect(!bench.isRouted)
    try bench.start(restart: NodeRestart(memory: memory, age: .seconds(41), isPlanned: false))
    #expect(bench.restarts == [.none, .none])
    #expect(bench.node.serviceSnapshots(at: bench.now).services.map(\.state) == [.down])
    try bench.check(.passing(detail: nil))
    try bench.check(.passing(detail: nil))
    try bench.run(for: .seconds(60)) { $0.isRouted }
    #expect(bench.isRouted)
  }

  @Test("After a crash nothing is presumed where the configuration does not ask for it")
  func crashedWithoutStatement() throws {
    let text = RestartBench.text.replacing(" graceful-restart\n", with: "")
    let bench = try announced(text)
    let memory = try #require(bench.crash())
    try bench.run(for: .seconds(3))
    try bench.start(text, restart: NodeRestart(memory: memory, age: .seconds(3), isPlanned: false))
    #expect(bench.restarts == [.none, .none])
    #expect(bench.node.serviceSnapshots(at: bench.now).services.map(\.state) == [.down])
  }

  @Test("A router that helps only planned restarts drops the adjacency after a crash, and the restart ends early and says so")
  func helperRefuses() throws {
    let bench = try announced(helping: GracefulRestartPolicy(helpsOnlyPlanned: true))
    expectRoutes(bench)
    try bench.restart()
    try bench.run(for: .seconds(60)) { $0.outcomes.count == 2 && $0.isFull }
    #expect(bench.outcomes == [.completed, .completed])
    bench.onStep = { _ in }
    let memory = try #require(bench.crash())
    try bench.start(restart: NodeRestart(memory: memory, age: .zero, isPlanned: false))
    try bench.run(for: .seconds(60)) { $0.outcomes.count == 2 && $0.isFull }
    #expect(bench.routerEvents.count { if case .helpRefused(_, .notPlanned) = $0 { true } else { false } } > 0)
    #expect(bench.outcomes.count == 2)
    try bench.run(for: .seconds(10))
    #expect(bench.isRouted)
  }

  @Test("A check that fails after the restart withdraws the service, in its time; what was advertised is flushed")
  func fails() throws {
    let bench = try announced()
    try bench.restart()
    try bench.run(for: .seconds(20)) { $0.outcomes.count == 2 }
    for _ in 0..<3 { try bench.check(.failing(reason: "refused")) }
    try bench.run(for: .seconds(3))
    #expect(!bench.isRouted)
    #expect(bench.serviceChanges.count == 1)
  }

  @Test("A service that fails while the adjacencies are not back yet ends the restart early, so that it is withdrawn")
  func failsEarly() throws {
    let bench = try announced()
    bench.isDeaf = true
    try bench.restart(gap: .seconds(1))
    for _ in 0..<3 { try bench.check(.failing(reason: "refused")) }
    bench.isDeaf = false
    try bench.run(for: .seconds(60)) { $0.outcomes.count == 2 }
    try bench.run(for: .seconds(3))
    #expect(!bench.isRouted)
  }

  @Test("A router that does not come back ends the restart with its grace period")
  func expires() throws {
    let bench = try announced(
      RestartBench.text + "router ospf\n graceful-restart grace-period 30\nrouter ospf6\n graceful-restart grace-period 30\n")
    try bench.restart()
    bench.isDeaf = true
    try bench.run(for: .seconds(27))
    #expect(bench.restarts == [.restoring, .restoring])
    try bench.run(for: .seconds(2))
    #expect(bench.outcomes == [.gracePeriodExpired, .gracePeriodExpired])
  }

  @Test("A service that the next run no longer has is withdrawn, and its addresses stay as long as the router has its routes")
  func removedService() throws {
    let bench = try announced()
    bench.onStep = { bench in #expect(!bench.isRouted || bench.addresses.count == 2, "at \(bench.now)") }
    let text = try #require(RestartBench.text.split(separator: "anycast service").first.map(String.init))
    try bench.restart(text)
    try bench.run(for: .seconds(30)) { $0.outcomes.count == 2 }
    try bench.run(for: .seconds(3))
    #expect(!bench.isRouted)
    #expect(bench.addresses.isEmpty)
  }

  @Test("Under another router ID it is another router, and no restart")
  func otherRouterID() throws {
    let bench = try announced()
    try bench.restart(RestartBench.text.replacing("198.51.100.2", with: "198.51.100.3"))
    #expect(bench.restarts == [.none, .none])
  }

  @Test("Where it is switched off it leaves in order, and where nothing may restart it refuses")
  func switchedOff() throws {
    let bench = try announced(RestartBench.text + "router ospf\n no graceful-restart\n")
    #expect(bench.node.memory(at: bench.now)?.instances.keys.map(\.version) == [.v3])
    try bench.restart()
    #expect(bench.restarts == [.none, .restoring])
    let other = try announced(RestartBench.text + "router ospf\n no graceful-restart\nrouter ospf6\n no graceful-restart\n")
    #expect(throws: GracefulRestartRefusal.notConfigured) { try other.perform { try $0.restartGracefully(at: $1) } }
    #expect(other.node.state == .running)
  }

  @Test("A restart while another one is not over is refused, and so is one while the node leaves")
  func refuses() throws {
    let bench = try announced()
    try bench.restart()
    #expect(throws: GracefulRestartRefusal.restoring) { try bench.perform { try $0.restartGracefully(at: $1) } }
    #expect(bench.node.memory(at: bench.now) == nil)
    try bench.run(for: .seconds(60)) { $0.outcomes.count == 2 && $0.isFull }
    #expect(bench.node.memory(at: bench.now) != nil)
    try bench.perform { $0.leave(at: $1) }
    #expect(throws: GracefulRestartRefusal.notRunning) { try bench.perform { try $0.restartGracefully(at: $1) } }
    #expect(bench.node.memory(at: bench.now) == nil, "what has left in order has nothing to go on with")
  }

  @Test("A suspended node restarts as a suspended one")
  func suspended() throws {
    let bench = try announced()
    try bench.perform { $0.suspend(at: $1) }
    try bench.run(for: .seconds(5))
    try bench.restart()
    #expect(bench.node.state == .suspended)
    #expect(bench.node.serviceSnapshots(at: bench.now).services.map(\.state) == [.suspended])
    #expect(bench.serviceChanges.isEmpty)
  }

  @Test("RFC 5882 4.3: BFD sessions end with the old run, and begin with the new one")
  func sessions() throws {
    let text = RestartBench.text + "interface eth0\n ip ospf bfd\n ipv6 ospf6 bfd\n"
    let bench = try announced(text)
    #expect(bench.sessions.count == 2)
    expectRoutes(bench)
    try bench.perform { try $0.restartGracefully(at: $1) }
    try bench.run(for: .seconds(4)) { $0.handedOver != nil }
    #expect(bench.sessions.isEmpty)
    let memory = try #require(bench.handedOver)
    try bench.start(text, restart: NodeRestart(memory: memory, age: .zero, isPlanned: true))
    try bench.run(for: .seconds(60)) { $0.outcomes.count == 2 && $0.isFull }
    #expect(bench.sessions.count == 2)
  }

  @Test("Redistributed routes of the kernel go on too until they were read")
  func redistribution() throws {
    let bench = try announced(RestartBench.text + "router ospf\n redistribute kernel\n")
    let route = KernelRoute(prefix: "203.0.113.0/24", protocolNumber: 4)
    try bench.perform { $0.setRoutes([route], at: $1) }
    let advertised = {
      bench.node.instanceSnapshots(at: bench.now).first?.router.advertisements.map(\.advertisement.prefix) ?? []
    }
    #expect(advertised().contains(route.prefix))
    try bench.restart(RestartBench.text + "router ospf\n redistribute kernel\n")
    #expect(advertised().contains(route.prefix))
    try bench.perform { $0.setRoutes([], at: $1) }
    #expect(!advertised().contains(route.prefix))
  }
}
