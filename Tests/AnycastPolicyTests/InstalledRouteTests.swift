import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastPolicy

@Suite("A service may have a route of the kernel of its own")
struct InstalledRouteTests {
  private static let target = RouteTarget(device: "eth1")

  private func service(_ target: RouteTarget = Self.target) throws -> ServiceConfiguration {
    var service = try ServiceConfiguration.dns(["192.0.2.1", "2001:db8::1"], mode: .none)
    service.installRoute = target
    return service
  }

  @Test("It is there before the prefix is advertised, and goes when the withdrawal is acknowledged and the linger is over")
  func life() throws {
    let bench = PolicyBench([try service()])
    #expect(bench.routes == [])
    try bench.record("dns", .pass, .pass)
    #expect(Set(bench.routes.map(\.prefix.description)) == ["192.0.2.1/32", "2001:db8::1/128"])
    let orders = bench.outputs.compactMap { output -> String? in
      switch output {
      case .holdRoutes(let set, _): set.isEmpty ? nil : "route"
      case .advertise: "advertise"
      default: nil
      }
    }
    #expect(orders == ["route", "advertise"])
    try bench.record("dns", .fail, .fail, .fail)
    #expect(bench.prefixes == [] && bench.routes.count == 2)
    try bench.acknowledge("192.0.2.1/32")
    bench.pass(.milliseconds(999))
    #expect(bench.routes.count == 2)
    bench.pass(.milliseconds(1))
    #expect(bench.routes.map(\.prefix.description) == ["2001:db8::1/128"])
    bench.pass(.seconds(6))
    #expect(bench.routes == [])
  }

  @Test("A route that the kernel refuses is not advertised; it is tried again, and told once")
  func refused() throws {
    let bench = PolicyBench([try service()])
    bench.routeRefusal = "network is unreachable"
    try bench.record("dns", .pass, .pass)
    bench.pass(.seconds(20))
    #expect(bench.prefixes == [])
    #expect(
      try bench.service("dns").addresses[0].withheldReason == "its route is not installed: network is unreachable")
    #expect(bench.events.count { if case .routeNotInstalled = $0 { true } else { false } } == 2, "once for each route")
    bench.routeRefusal = nil
    bench.pass(.seconds(5))
    #expect(bench.prefixes == ["192.0.2.1/32", "2001:db8::1/128"])
  }

  @Test("A route that the kernel does not let go of is told once, as one that was to go")
  func notRemoved() throws {
    let bench = PolicyBench([try service()])
    let old = ServiceRoute(prefix: try #require(IPPrefix("192.0.2.99/32")), target: RouteTarget(device: "eth0"))
    for request in 1...2 { bench.perform { $0.routesApplied(request: request, failures: [old: "busy"], at: $1) } }
    #expect(bench.events.count { $0 == .routeNotRemoved(prefix: old.prefix, reason: "busy") } == 1)
  }

  @Test("A route that the kernel does not let go of is asked to go again, and told once")
  func askedToGoAgain() throws {
    let bench = PolicyBench([try service()])
    try bench.record("dns", .pass, .pass)
    bench.routeRefusal = "no buffer space"
    try bench.record("dns", .fail, .fail, .fail)
    bench.pass(.seconds(20))
    #expect(bench.prefixes == [] && bench.routes.count == 2)
    #expect(bench.events.count { if case .routeNotRemoved = $0 { true } else { false } } == 2, "once for each route")
    bench.routeRefusal = nil
    bench.pass(.seconds(5))
    #expect(bench.routes == [])
  }

  @Test("A route that vanishes from the kernel is withdrawn until it is back")
  func lost() throws {
    let bench = PolicyBench([try service()])
    try bench.record("dns", .pass, .pass)
    bench.routeRefusal = "no such device"
    bench.perform { $0.setPresentRoutes([], at: $1) }
    #expect(bench.prefixes == [])
    let lost = bench.events.compactMap { if case .routeDisappeared(let prefix) = $0 { prefix.description } else { nil } }
    #expect(lost == ["192.0.2.1/32", "2001:db8::1/128"])
    bench.routeRefusal = nil
    bench.pass(.seconds(5))
    #expect(bench.prefixes == ["192.0.2.1/32", "2001:db8::1/128"])
  }

  @Test("A gateway takes the prefixes of its own family")
  func family() throws {
    let bench = PolicyBench([try service(RouteTarget(gateway: .v4(IPv4Address(10, 0, 0, 1))))])
    try bench.record("dns", .pass, .pass)
    #expect(bench.routes.map(\.prefix.description) == ["192.0.2.1/32"])
  }

  @Test("A reload that changes where it leads replaces it at once; a shutdown takes it away before it is finished")
  func reload() throws {
    let bench = PolicyBench([try service()])
    try bench.record("dns", .pass, .pass)
    let other = RouteTarget(device: "eth2")
    let changed = try service(other)
    bench.perform { $0.apply([changed], at: $1) }
    #expect(Set(bench.routes.map(\.target)) == [other])
    bench.perform { $0.shutDown(at: $1) }
    bench.pass(.seconds(7))
    #expect(bench.routes == [] && bench.outputs.last == .finished)
  }

  @Test("A route that was refused is asked for again as soon as something changes on the devices")
  func askedForAgain() throws {
    let bench = PolicyBench([try service()])
    bench.routeRefusal = "network is unreachable"
    try bench.record("dns", .pass, .pass)
    bench.pass(.seconds(1))
    #expect(bench.prefixes == [])
    bench.routeRefusal = nil
    bench.setDevices([DeviceAddress(device: "eth1", address: try #require(IPAddress("198.51.100.1")))])
    #expect(bench.prefixes == ["192.0.2.1/32", "2001:db8::1/128"])
  }
}
