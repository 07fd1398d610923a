import CLinux
import Glibc
import NIOCore
import OSPFProtocol
import OSPFWire
import Testing

@testable import LinuxNetwork

@Suite("Service routes")
struct ServiceRoutesTests {
  private func withRoutes(_ body: (Namespace, ServiceRoutes) async throws -> Void) async throws {
    try await Namespace.with { namespace in
      try await namespace.run(
        "ip link add va type veth peer name vb && ip link set vb up && ip link set va up && ip addr add 10.0.0.1/24 dev va"
          + " && ip addr add 2001:db8::1/64 dev va nodad")
      let routes = try await namespace.make { [loop = namespace.loop] in try ServiceRoutes(on: loop) }
      try await body(namespace, try await namespace.on { routes.value })
    }
  }

  private func route(_ prefix: String, via gateway: String? = nil, dev device: String? = nil) throws -> InstalledRoute {
    InstalledRoute(
      prefix: try #require(IPPrefix(prefix)), gateway: try gateway.map { try #require(IPAddress($0)) }, device: device)
  }

  /// The routes of ours that the kernel has, as `ip` prints them.
  private func installed(_ namespace: Namespace) async throws -> Set<KernelRoute> {
    try await namespace.on {
      try RouteTable.list(NetlinkSocket()).snapshot.filter { $0.protocolNumber == ServiceRoutes.protocolNumber }
    }
  }

  @Test("The kernel gets exactly the routes that are wanted, and those of others are left alone")
  func replace() async throws {
    try await withRoutes { namespace, routes in
      try await namespace.run("ip route add 198.51.100.0/24 via 10.0.0.9")
      let wanted: Set = [
        try route("192.0.2.1/32", via: "10.0.0.2"), try route("192.0.2.2/32", dev: "va"),
        try route("2001:db8:1::/48", via: "2001:db8::2", dev: "va"),
      ]
      #expect(try await routes.replace(with: wanted).get().isEmpty)
      #expect(try await Set(installed(namespace).map(\.prefix)) == Set(wanted.map(\.prefix)))
      #expect(try await routes.replace(with: wanted).get().isEmpty, "a second time changes nothing")
      let moved: Set = [try route("192.0.2.1/32", via: "10.0.0.3")]
      #expect(try await routes.replace(with: moved).get().isEmpty)
      #expect(try await installed(namespace).map(\.gateway) == [IPAddress("10.0.0.3")])
      #expect(try await routes.replace(with: []).get().isEmpty)
      #expect(try await installed(namespace).isEmpty)
      try await namespace.run("ip route show 198.51.100.0/24 | grep -q 10.0.0.9")
    }
  }

  @Test("A route that cannot be installed is told with the reason, and the others are installed")
  func refused() async throws {
    try await withRoutes { namespace, routes in
      let failures = try await routes.replace(with: [
        try route("192.0.2.1/32", via: "203.0.113.1"), try route("192.0.2.2/32", dev: "nowhere"),
        try route("192.0.2.3/32", dev: "va"),
      ]).get()
      #expect(Set(failures.keys.map(\.prefix.description)) == ["192.0.2.1/32", "192.0.2.2/32"])
      #expect(failures.values.contains("there is no device nowhere"))
      #expect(try await installed(namespace).map(\.prefix.description) == ["192.0.2.3/32"])
    }
  }

  @Test("What an earlier run has left is taken away by the next")
  func leftOver() async throws {
    try await withRoutes { namespace, routes in
      try await namespace.run("ip route add 192.0.2.9/32 dev va proto 89")
      #expect(try await routes.replace(with: []).get().isEmpty)
      #expect(try await installed(namespace).isEmpty)
    }
  }

  @Test(
    "A route that the kernel does not let go of is told as it was asked for, until it has gone; so is every route when it tells nothing"
  )
  func notRemoved() throws {
    let kernel = try ScriptedKernel()
    let keeper = RouteKeeper(kernel.socket)
    let gone = try route("192.0.2.1/32", via: "10.0.0.2")
    try kernel.answerDumps(from: 1)
    try kernel.answer(5, type: NLMSG_ERROR)
    #expect(keeper.replace(with: [gone]).isEmpty)
    try kernel.answerDumps(from: 6, routes: [gone, route("192.0.2.9/32", via: "10.0.0.9")])
    for number: UInt32 in [10, 11] { try kernel.answer(number, type: NLMSG_ERROR, code: -EPERM) }
    let refused = keeper.replace(with: [])
    #expect(try Set(refused.keys) == [gone, route("192.0.2.9/32", via: "10.0.0.9")])
    #expect(refused.values.allSatisfy { $0.contains("remove the route") })
    try kernel.answer(12, type: NLMSG_DONE, code: -EBUSY)
    #expect(keeper.replace(with: []).keys.contains(gone))
    try kernel.answerDumps(from: 13)
    #expect(keeper.replace(with: []).isEmpty)
  }
}

extension ScriptedKernel {
  /// Answers the four dumps of `RouteKeeper`: no links, no addresses, these routes of ours, and none for IPv6.
  fileprivate func answerDumps(from sequenceNumber: UInt32, routes: [InstalledRoute] = []) throws {
    for number in sequenceNumber..<sequenceNumber + 4 {
      if number == sequenceNumber + 2 {
        for route in routes { try send(Self.message(route), sequenceNumber: number) }
      }
      try answer(number, type: NLMSG_DONE)
    }
  }

  private static func message(_ route: InstalledRoute) -> NetlinkRequest {
    var message = NetlinkRequest(type: RTM_NEWROUTE, flags: 0)
    for octet in [
      UInt8(AF_INET), UInt8(route.prefix.length), 0, 0, UInt8(RT_TABLE_MAIN.rawValue), ServiceRoutes.protocolNumber, 0, 1,
    ] {
      message.append(octet)
    }
    message.append(UInt32(0))
    message.appendAttribute(Int(RTA_DST.rawValue), route.prefix.address.octets)
    if let gateway = route.gateway { message.appendAttribute(Int(RTA_GATEWAY.rawValue), gateway.octets) }
    return message
  }
}
