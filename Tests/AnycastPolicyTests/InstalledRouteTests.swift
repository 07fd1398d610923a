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
    #expect(bench.routes.map(\.prefix.description) == ["192.0.2.1/32", "2001:db8::1/128"])
    let orders = bench.outputs.compactMap { output -> String? in
      switch output {
      case .installRoutes: "route"
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
}
