import CLinux
import Glibc
import NIOCore
import OSPFProtocol
import OSPFWire
import Testing

@testable import LinuxNetwork

/// A watcher with everything that its callbacks have said.
private struct Watch {
  let namespace: Namespace
  let watcher: NIOLoopBound<LinkWatcher>
  let snapshots = Inbox<[Link]>()
  let notices = Inbox<KernelWatcherNotice>()

  init(_ namespace: Namespace, reading: NIOLoopBound<KernelReader<LinkTable>>? = nil) async throws {
    self.namespace = namespace
    watcher = try await namespace.make { [snapshots, notices] in
      try LinkWatcher(
        reading?.value ?? KernelReader<LinkTable>(receiveBufferOctets: 4 << 20), on: namespace.loop,
        changed: { snapshots.put($0) },
        notice: { notices.put($0) })
    }
  }

  func stop() async throws { try await namespace.on { [watcher] in watcher.value.stop() } }

  /// Waits for a snapshot in which the device is as `matches` wants it.
  @discardableResult
  func link(_ name: String, where matches: @escaping @Sendable (Link) -> Bool = { _ in true }) async throws -> Link {
    let snapshot = try await snapshots.next { $0.contains { $0.name == name && matches($0) } }
    return try #require(snapshot.first { $0.name == name })
  }
}

/// Runs `body` in a namespace with the veth pair `va` and `vb`, both down, and a watcher.
private func withWatch(_ body: (Namespace, Watch) async throws -> Void) async throws {
  try await Namespace.with { namespace in
    try await namespace.run("ip link add va mtu 1500 type veth peer name vb")
    let watch = try await Watch(namespace)
    try await body(namespace, watch)
    try await watch.stop()
  }
}

private func linkAddress(_ text: String, _ length: Int, peer: String? = nil, tentative: Bool = false) throws -> LinkAddress {
  LinkAddress(
    address: try #require(IPAddress(text)), prefixLength: length, peer: try peer.map { try #require(IPAddress($0)) },
    isTentative: tentative)
}

@Suite("Link watching")
struct LinkWatcherTests {
  @Test("The first snapshot has every link, ordered by index, with its flags")
  func firstSnapshot() async throws {
    try await withWatch { namespace, watch in
      let links = try await watch.snapshots.next()
      #expect(links.map(\.name) == ["lo", "vb", "va"])
      #expect(links.map(\.index) == links.map(\.index).sorted())
      let loopback = try #require(links.first)
      #expect(loopback.index == 1 && loopback.isUp && loopback.isLoopback && !loopback.isPointToPoint)
      #expect(loopback.addresses == [try linkAddress("127.0.0.1", 8), try linkAddress("::1", 128)])
      let a = try #require(links.last)
      #expect(a.mtu == 1500 && !a.isUp && !a.isLoopback && !a.isPointToPoint && a.addresses.isEmpty)
      let index = try await namespace.index(of: "va")
      #expect(a.index == index)
    }
  }

  @Test("A link is up when it is set up and has carrier")
  func carrier() async throws {
    try await withWatch { namespace, watch in
      try await namespace.run("ip link set vb up")
      try await namespace.run("ip link set va up")
      try await watch.link("va") { $0.isUp }
      try await namespace.run("ip link set vb down")
      try await watch.link("va") { !$0.isUp }
      try await namespace.run("ip link set vb up")
      try await watch.link("va") { $0.isUp }
      try await namespace.run("ip link set va down")
      try await watch.link("va") { !$0.isUp }
    }
  }

  @Test("A link that changes its MTU or its name is told")
  func mtuAndName() async throws {
    try await withWatch { namespace, watch in
      try await namespace.run("ip link set va mtu 9000")
      try await watch.link("va") { $0.mtu == 9000 }
      try await namespace.run("ip link set va name uplink")
      #expect(try await watch.link("uplink").mtu == 9000)
    }
  }

  @Test("A link that disappears is told, and so is the one that returns with a new index")
  func disappearance() async throws {
    try await withWatch { namespace, watch in
      let first = try await watch.link("va").index
      try await namespace.run("ip link del va")
      #expect(try await watch.snapshots.next { !$0.contains { $0.name == "va" } }.map(\.name) == ["lo"])
      try await namespace.run("ip link add va type veth peer name vb")
      let second = try await watch.link("va").index
      #expect(first != second)
    }
  }

  @Test("A port that leaves a bridge is still a link")
  func bridgePort() async throws {
    try await withWatch { namespace, watch in
      try await namespace.run("ip link add bridge type bridge && ip link set va master bridge && ip link set va nomaster")
      try await namespace.run("ip link set va mtu 1400")
      try await watch.link("va") { $0.mtu == 1400 }
    }
  }

  @Test("Addresses come and go, the first of a subnet before its secondary ones")
  func addresses() async throws {
    try await withWatch { namespace, watch in
      try await namespace.run("ip addr add 2001:db8::1/64 dev va nodad && ip addr add 192.0.2.1/24 dev va")
      try await namespace.run("ip addr add 192.0.2.2/24 dev va && ip addr add 198.51.100.1/30 dev va")
      let all = [
        try linkAddress("192.0.2.1", 24), try linkAddress("198.51.100.1", 30), try linkAddress("192.0.2.2", 24),
        try linkAddress("2001:db8::1", 64),
      ]
      try await watch.link("va") { $0.addresses == all }
      try await namespace.run("ip addr del 2001:db8::1/64 dev va && ip addr del 198.51.100.1/30 dev va")
      let rest = [all[0], all[2]]
      try await watch.link("va") { $0.addresses == rest }
    }
  }

  @Test("The other end of a point-to-point address is told")
  func peer() async throws {
    try await withWatch { namespace, watch in
      try await namespace.run("ip addr add 192.0.2.1 peer 192.0.2.9/32 dev va")
      let expected = [try linkAddress("192.0.2.1", 32, peer: "192.0.2.9")]
      try await watch.link("va") { $0.addresses == expected }
    }
  }

  @Test("An IPv6 address is tentative until duplicate address detection has finished")
  func tentative() async throws {
    try await withWatch { namespace, watch in
      try await namespace.run("ip link set vb up && ip link set va up")
      try await namespace.run("ip addr add 2001:db8::1/64 dev va")
      let (tentative, usable) = (try linkAddress("2001:db8::1", 64, tentative: true), try linkAddress("2001:db8::1", 64))
      try await watch.link("va") { $0.addresses.contains(tentative) }
      try await watch.link("va") { $0.addresses.contains(usable) }
    }
  }

  @Test("A tunnel is a point-to-point link")
  func pointToPoint() async throws {
    try await Namespace.with { namespace in
      try await namespace.run("ip tuntap add dev tunnel mode tun")
      let watch = try await Watch(namespace)
      #expect(try await watch.link("tunnel").isPointToPoint)
      try await watch.stop()
    }
  }

  @Test("No snapshot is told twice, and the last of a burst has everything")
  func burst() async throws {
    try await withWatch { namespace, watch in
      try await watch.link("va")
      try await namespace.run("for i in $(seq 250); do echo addr add 10.0.0.$i/32 dev va; done | ip -batch -")
      try await namespace.run("ip addr add 192.0.2.1/32 dev va")
      let last = try linkAddress("192.0.2.1", 32)
      var previous: [Link] = []
      while previous.last?.addresses.last != last {
        let snapshot = try await watch.snapshots.next()
        #expect(snapshot != previous)
        previous = snapshot
      }
      #expect(previous.last?.addresses.count == 251)
    }
  }

  @Test("When events are lost, everything is learned anew")
  func overrun() async throws {
    try await withWatch { namespace, _ in
      let reader = try await namespace.make { try KernelReader<LinkTable>(receiveBufferOctets: 1) }
      try await namespace.on { try reader.value.resynchronize() }
      // Nobody reads while this happens, and the buffer holds only a few events.
      try await namespace.run("for i in $(seq 250); do echo addr add 10.0.0.$i/32 dev va; done | ip -batch -")
      try await namespace.run("ip addr del 10.0.0.1/32 dev va")
      let (overruns, count) = try await namespace.on {
        try reader.value.catchUp()
        return (reader.value.overruns, reader.value.snapshot?.last?.addresses.count)
      }
      #expect(overruns == 1)
      #expect(count == 249)

      // And it hears again.
      try await namespace.run("ip addr del 10.0.0.2/32 dev va")
      let (later, rest) = try await namespace.on {
        try reader.value.catchUp()
        return (reader.value.overruns, reader.value.snapshot?.last?.addresses.count)
      }
      #expect(later == 1)
      #expect(rest == 248)
    }
  }

  @Test("50,000 addresses that come faster than anybody reads are all known in the end, and so are those that go")
  func largeOverrun() async throws {
    try await Namespace.with { namespace in
      // On one device the kernel takes longer for each further address.
      try await namespace.run("for d in $(seq 25); do echo link add a$d type veth peer name b$d; done | ip -batch -")
      let reader = try await namespace.make { try KernelReader<LinkTable>(receiveBufferOctets: 64 << 10) }
      try await namespace.on { try reader.value.resynchronize() }
      let each = "for x in $(seq 0 7); do for y in $(seq 250); do"
      try await namespace.run(
        "for d in $(seq 25); do \(each) echo addr add 10.$d.$x.$y/32 dev a$d; done; done; done | ip -batch -")
      let (overruns, count) = try await namespace.on {
        try reader.value.catchUp()
        return (reader.value.overruns, reader.value.snapshot?.reduce(0) { $0 + $1.addresses.count })
      }
      #expect(overruns == 1)
      #expect(count == 50_000 + 2)
      try await namespace.run("for d in $(seq 25); do echo link del a$d; done | ip -batch -")
      let left = try await namespace.on {
        try reader.value.catchUp()
        return reader.value.snapshot?.map(\.name)
      }
      #expect(left == ["lo"])
    }
  }

  @Test("A watcher that has lost events says so, and misses nothing")
  func overrunNotice() async throws {
    try await withWatch { namespace, _ in
      let reader = try await namespace.make { try KernelReader<LinkTable>(receiveBufferOctets: 1) }
      try await namespace.run("for i in $(seq 250); do echo addr add 10.0.0.$i/32 dev va; done | ip -batch -")
      let watch = try await Watch(namespace, reading: reader)
      #expect(try await watch.notices.next() == .recoveredFromOverrun)
      #expect(try await watch.link("va").addresses.count == 250)
      try await watch.stop()
    }
  }

  @Test("A watcher that the kernel refuses says so, and tries again")
  func refusal() async throws {
    try await Namespace.with { namespace in
      let kernel = try ScriptedKernel()
      try kernel.answer(1, type: NLMSG_ERROR, code: -EPERM)
      for sequenceNumber in 2...3 { try kernel.answer(UInt32(sequenceNumber), type: NLMSG_DONE) }
      let reader = try await namespace.make { KernelReader<LinkTable>(events: try NetlinkSocket(), requests: kernel.socket) }
      let watch = try await Watch(namespace, reading: reader)
      #expect(
        try await watch.notices.next() == .failed("cannot list the links: Operation not permitted (EPERM)"))
      #expect(try await watch.snapshots.next() == [])
      try await watch.stop()
    }
  }

  @Test("After the stop nothing is told")
  func stop() async throws {
    try await withWatch { namespace, watch in
      try await watch.link("va")
      try await watch.stop()
      try await namespace.run("ip link del va")
      let other = try await Watch(namespace)
      _ = try await other.snapshots.next()
      watch.snapshots.put([])
      #expect(try await watch.snapshots.next() == [])
      try await other.stop()
    }
  }
}
