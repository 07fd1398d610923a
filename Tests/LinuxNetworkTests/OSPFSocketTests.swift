import Dispatch
import Glibc
import LinuxNetwork
import NIOCore
import OSPFProtocol
import OSPFWire
import Testing

private let allSPFRouters = IPAddress.v4(IPv4Address(224, 0, 0, 5))
private let allDRouters = IPAddress.v4(IPv4Address(224, 0, 0, 6))

private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

/// An OSPF socket with everything that its callbacks have said.
private struct Station {
  let namespace: Namespace
  let socket: NIOLoopBound<OSPFSocket>
  let index: UInt32
  let received = Inbox<Datagram>()
  let malformed = Inbox<MalformedIPHeader>()
  let refused = Inbox<TransmissionError>()

  init(
    _ namespace: Namespace, _ device: String, _ version: IPVersion = .v4, receiveBufferOctets: Int32 = 4 << 20,
    sendBufferOctets: Int32 = 1 << 20
  ) async throws {
    self.namespace = namespace
    let index = try await namespace.index(of: device)
    self.index = index
    socket = try await namespace.make { [received, malformed, refused] in
      try OSPFSocket(
        version, interfaceIndex: index, on: namespace.loop, receiveBufferOctets: receiveBufferOctets,
        sendBufferOctets: sendBufferOctets,
        callbacks: .init(
          received: { received.put($0) }, malformed: { malformed.put($0) },
          transmissionFailed: { _, error in refused.put(error) }, failed: { Issue.record("the socket failed: \($0)") }))
    }
  }

  func join(_ group: IPAddress) async throws { try await namespace.on { [socket] in try socket.value.join(group) } }
  func leave(_ group: IPAddress) async throws { try await namespace.on { [socket] in try socket.value.leave(group) } }
  func close() async throws { try await namespace.on { [socket] in socket.value.close() } }
  func counters() async throws -> OSPFSocket.Counters { try await namespace.on { [socket] in socket.value.counters } }

  func send(_ bytes: [UInt8], from source: IPAddress, to destination: IPAddress) async throws {
    try await namespace.on { [socket, index] in
      socket.value.send(Transmission(interfaceIndex: index, source: source, destination: destination, bytes: bytes))
      socket.value.flush()
    }
  }
}

/// Runs `body` with two stations on a link between 192.0.2.1 and 192.0.2.2, both members of AllSPFRouters.
private func withStations(_ body: (Station, Station) async throws -> Void) async throws {
  try await Namespace.withPair { leftSpace, rightSpace in
    try await leftSpace.run("ip addr add 192.0.2.1/24 dev left")
    try await rightSpace.run("ip addr add 192.0.2.2/24 dev right")
    let (left, right) = (try await Station(leftSpace, "left"), try await Station(rightSpace, "right"))
    try await left.join(allSPFRouters)
    try await right.join(allSPFRouters)
    try await body(left, right)
    try await left.close()
    try await right.close()
  }
}

@Suite("Raw OSPF sockets")
struct OSPFSocketTests {
  let ours = IPAddress.v4(IPv4Address(192, 0, 2, 1))
  let theirs = IPAddress.v4(IPv4Address(192, 0, 2, 2))

  @Test("RFC 2328 A.1: a packet has protocol 89, TTL 1, precedence internetwork control, and may be fragmented")
  func header() async throws {
    try await withStations { left, right in
      let observer = try await right.namespace.make { try PacketObserver() }
      try await left.send([1, 2, 3, 4], from: ours, to: allSPFRouters)
      let packet = try await right.namespace.on { try observer.value.next { $0.count > 20 && $0[9] == 89 } }
      #expect(packet[0] == 0x45)
      #expect(packet[1] == 0xC0)
      #expect(packet[6] & 0x40 == 0)
      #expect(packet[8] == 1)
      #expect(Array(packet[12..<20]) == [192, 0, 2, 1, 224, 0, 0, 5])
      #expect(Array(packet[20...]) == [1, 2, 3, 4])
    }
  }

  @Test("A received packet has its interface, source, destination and payload, without the IP header")
  func reception() async throws {
    try await withStations { left, right in
      try await left.send([1, 2, 3], from: ours, to: allSPFRouters)
      try await left.send([4, 5], from: ours, to: theirs)
      let index = right.index
      let multicast = try await right.received.next()
      #expect(
        multicast == Datagram(interfaceIndex: index, source: ours, destination: allSPFRouters, bytes: [1, 2, 3], timeToLive: 1))
      let unicast = try await right.received.next()
      #expect(unicast == Datagram(interfaceIndex: index, source: ours, destination: theirs, bytes: [4, 5], timeToLive: 1))
      #expect(try await right.counters().received == 2)
      #expect(try await left.counters().sent == 2)
    }
  }

  @Test("Our own multicasts do not come back")
  func noLoopback() async throws {
    try await withStations { left, right in
      try await left.send([1], from: ours, to: allSPFRouters)
      _ = try await right.received.next()
      try await right.send([2], from: theirs, to: allSPFRouters)
      #expect(try await left.received.next().bytes == [2])
    }
  }

  @Test("A group's packets arrive from the first join to the last leave")
  func groups() async throws {
    try await withStations { left, right in
      try await right.join(allDRouters)
      try await right.join(allDRouters)
      try await right.leave(allDRouters)
      try await left.send([1], from: ours, to: allDRouters)
      #expect(try await right.received.next().bytes == [1])
      try await right.leave(allDRouters)
      try await left.send([2], from: ours, to: allDRouters)
      try await left.send([3], from: ours, to: allSPFRouters)
      #expect(try await right.received.next().bytes == [3])
      try await right.leave(allDRouters)
    }
  }

  @Test("A group that only another socket of this host has joined is not received")
  func foreignGroups() async throws {
    try await withStations { left, right in
      let other = try await Station(right.namespace, "right")
      try await other.join(allDRouters)
      try await left.send([1], from: ours, to: allDRouters)
      try await left.send([2], from: ours, to: allSPFRouters)
      #expect(try await right.received.next().bytes == [2])
      #expect(try await other.received.next().bytes == [1])
      try await other.close()
    }
  }

  @Test("An interface with two subnets sends from each one's address")
  func sourceSelection() async throws {
    try await withStations { left, right in
      try await left.namespace.run("ip addr add 198.51.100.1/24 dev left")
      let second = try address("198.51.100.1")
      for source in [second, ours, second] {
        try await left.send([7], from: source, to: allSPFRouters)
        #expect(try await right.received.next().source == source)
      }
    }
  }

  @Test("A source that is not ours is refused, and the packets behind it are sent")
  func foreignSource() async throws {
    try await withStations { left, right in
      let (foreign, ours) = (try address("203.0.113.9"), ours)
      try await left.namespace.on { [socket = left.socket, index = left.index] in
        for (source, byte) in [(ours, UInt8(1)), (foreign, 2), (ours, 3)] {
          socket.value.send(
            Transmission(interfaceIndex: index, source: source, destination: allSPFRouters, bytes: [byte]))
        }
        socket.value.flush()
      }
      #expect([.sourceNotAvailable, .unreachable].contains(try await left.refused.next()))
      #expect(try await right.received.next().bytes == [1])
      #expect(try await right.received.next().bytes == [3])
      #expect(try await left.counters().failed == 1)
    }
  }

  @Test("A packet that is longer than the MTU arrives whole, in fragments", arguments: [1500, 30_000, 65_515])
  func fragmentation(length: Int) async throws {
    try await withStations { left, right in
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
      try await left.send(bytes, from: ours, to: allSPFRouters)
      #expect(try await right.received.next().bytes == bytes)
    }
  }

  @Test("A packet that is too long for IP is refused")
  func tooLong() async throws {
    try await withStations { left, _ in
      try await left.send(Array(repeating: 0, count: 65_516), from: ours, to: allSPFRouters)
      #expect(try await left.refused.next() == .tooLong(octets: 65_516))
    }
  }

  @Test("The socket and its groups survive the link going down and up")
  func linkDown() async throws {
    try await withStations { left, right in
      try await left.namespace.run("ip link set left down")
      try await left.send([1], from: ours, to: allSPFRouters)
      #expect([.unreachable, .interfaceDown].contains(try await left.refused.next()))
      try await left.namespace.run("ip link set left up")
      try await left.namespace.waitUntilUp("left")
      try await right.namespace.waitUntilUp("right")
      try await left.send([2], from: ours, to: allSPFRouters)
      #expect(try await right.received.next().bytes == [2])
      try await right.send([3], from: theirs, to: allSPFRouters)
      #expect(try await left.received.next().bytes == [3])
    }
  }

  @Test("A device that disappears fails the sends, and a new socket works on the one that returns")
  func deviceReturns() async throws {
    try await withStations { left, right in
      try await left.namespace.run("ip link del left")
      try await left.send([1], from: ours, to: allSPFRouters)
      #expect([.interfaceGone, .unreachable].contains(try await left.refused.next()))
      try await left.leave(allSPFRouters)

      let peer = right.namespace
      try await left.namespace.run("ip link add left type veth peer name right netns \(peer.path)")
      try await left.namespace.run("ip addr add 192.0.2.1/24 dev left && ip link set left up")
      try await peer.run("ip addr add 192.0.2.2/24 dev right && ip link set right up")
      try await left.namespace.waitUntilUp("left")
      try await peer.waitUntilUp("right")
      let (newLeft, newRight) = (try await Station(left.namespace, "left"), try await Station(peer, "right"))
      try await newRight.join(allSPFRouters)
      try await newLeft.send([2], from: ours, to: allSPFRouters)
      #expect(try await newRight.received.next().bytes == [2])
      try await newLeft.close()
      try await newRight.close()
    }
  }

  @Test("There is no socket on a device that does not exist")
  func noSuchDevice() async throws {
    try await Namespace.with { namespace in
      let code = try await namespace.on { () -> Int32 in
        let callbacks = OSPFSocket.Callbacks(
          received: { _ in }, malformed: { _ in }, transmissionFailed: { _, _ in }, failed: { _ in })
        do throws(SystemCallError) {
          try OSPFSocket(.v4, interfaceIndex: 4711, on: namespace.loop, callbacks: callbacks).close()
          return 0
        } catch {
          return error.code
        }
      }
      #expect(code == ENODEV)
    }
  }

  @Test("With TTL 255, what arrives with less is known by it, in both versions of IP", arguments: [IPVersion.v4, .v6])
  func timeToLive(version: IPVersion) async throws {
    try await Namespace.withPair { leftSpace, rightSpace in
      try await leftSpace.run("ip addr add 192.0.2.1/24 dev left; ip -6 addr add fe80::1/64 dev left nodad")
      try await rightSpace.run("ip addr add 192.0.2.2/24 dev right; ip -6 addr add fe80::2/64 dev right nodad")
      let left = try await Station(leftSpace, "left", version)
      let right = try await Station(rightSpace, "right", version)
      let (ours, theirs) = version == .v4 ? ("192.0.2.1", "192.0.2.2") : ("fe80::1", "fe80::2")
      let (source, destination) = (try address(ours), try address(theirs))
      func send(_ byte: UInt8, _ hops: UInt8, from station: Station, _ source: IPAddress, _ destination: IPAddress) async throws {
        let bytes = Array(repeating: byte, count: 40)
        try await station.namespace.on { [socket = station.socket, index = station.index] in
          socket.value.send(
            Transmission(
              interfaceIndex: index, source: source, destination: destination, bytes: bytes, wantsChecksum: false,
              timeToLive: hops))
          socket.value.flush()
        }
      }
      // The receiver looks from when it sends with 255 itself.
      try await send(9, 255, from: right, destination, source)
      _ = try await left.received.next()
      try await send(1, 1, from: left, source, destination)
      let distant = try await right.received.next()
      #expect(distant.timeToLive.map { $0 < 255 } == true)
      try await send(2, 255, from: left, source, destination)
      let near = try await right.received.next()
      #expect(near.timeToLive == 255 && near.bytes == Array(repeating: 2, count: 40))
      // And no longer when it does not.
      try await send(9, 1, from: right, destination, source)
      try await send(3, 1, from: left, source, destination)
      #expect(try await right.received.next().bytes == Array(repeating: 3, count: 40))
      try await left.close()
      try await right.close()
    }
  }

  @Test("A burst of packets arrives complete and in order")
  func burst() async throws {
    try await withStations { left, right in
      let ours = ours
      try await left.namespace.on { [socket = left.socket, index = left.index] in
        for number in 0..<1000 {
          let bytes = [UInt8(number >> 8), UInt8(number & 0xFF)] + Array(repeating: 0, count: 1400)
          socket.value.send(Transmission(interfaceIndex: index, source: ours, destination: allSPFRouters, bytes: bytes))
        }
        socket.value.flush()
      }
      for number in 0..<1000 {
        let bytes = try await right.received.next().bytes
        try #require(Int(bytes[0]) << 8 | Int(bytes[1]) == number)
      }
    }
  }

  @Test("What does not fit into the send buffer is sent when there is room again")
  func fullSendBuffer() async throws {
    try await Namespace.withPair { leftSpace, rightSpace in
      try await leftSpace.run("ip addr add 192.0.2.1/24 dev left")
      let left = try await Station(leftSpace, "left", sendBufferOctets: 4096)
      let ours = ours, theirs = theirs
      // Nobody answers for the neighbor's address, so its packets stay in the send buffer until there is an answer.
      try await leftSpace.on { [socket = left.socket, index = left.index] in
        for byte in 0..<UInt8(20) {
          let bytes = [byte] + Array(repeating: 0, count: 1000)
          socket.value.send(Transmission(interfaceIndex: index, source: ours, destination: theirs, bytes: bytes))
        }
        socket.value.flush()
      }
      #expect(try await left.counters().sent < 20)
      let right = try await Station(rightSpace, "right")
      try await rightSpace.run("ip addr add 192.0.2.2/24 dev right")
      #expect(try await right.received.next { $0.bytes.first == 19 }.source == ours)
      #expect(try await left.counters().failed == 0)
      try await left.close()
      try await right.close()
    }
  }

  @Test("Packets that come faster than they are read are counted")
  func overflow() async throws {
    try await withStations { left, right in
      let ours = ours
      let small = try await Station(right.namespace, "right", receiveBufferOctets: 4096)
      try await small.join(allSPFRouters)
      // The receiver's loop is kept busy until everything is sent.
      let isBusy = Inbox<Void>()
      let isSent = DispatchSemaphore(value: 0)
      async let dropped = right.namespace.on { [socket = small.socket] in
        isBusy.put(())
        isSent.wait()
        return socket.value.counters.dropped
      }
      try await isBusy.next()
      try await left.namespace.on { [socket = left.socket, index = left.index] in
        let bytes = [UInt8](repeating: 0, count: 1400)
        for _ in 0..<50 {
          socket.value.send(Transmission(interfaceIndex: index, source: ours, destination: allSPFRouters, bytes: bytes))
        }
        socket.value.flush()
      }
      isSent.signal()
      #expect(try await dropped > 0)
      for _ in 0..<50 { _ = try await right.received.next() }
      let counters = try await small.counters()
      #expect(counters.received + counters.dropped == 50)
      try await small.close()
    }
  }

  @Test("A closed socket has left its groups, also where a child of the process still has it")
  func close() async throws {
    try await withStations { _, right in
      try await right.close()
      let size: Int32 = 12345
      let station = try await Station(right.namespace, "right", receiveBufferOctets: size)
      try await station.join(allSPFRouters)
      let copies = copies(ofSocketsWithReceiveBuffer: size)
      defer { for copy in copies { Glibc.close(copy) } }
      #expect(!copies.isEmpty)
      try await right.namespace.run("ip maddr show dev right | grep -q 224.0.0.5")
      try await station.close()
      try await right.namespace.run("! ip maddr show dev right | grep -q 224.0.0.5")
    }
  }

  /// The same open sockets under other descriptors, as a child has them that has been forked.
  private func copies(ofSocketsWithReceiveBuffer octets: Int32) -> [Int32] {
    (Int32(0)..<1024).compactMap { descriptor in
      var size: Int32 = 0
      var length = socklen_t(MemoryLayout<Int32>.size)
      // The kernel reports the double of what was set.
      guard getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, &length) == 0, size == 2 * octets else { return nil }
      return fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    }
  }

  @Test("A packet of the wrong IP version is refused, and one after the close too")
  func refusals() async throws {
    try await withStations { left, _ in
      try await left.send([1], from: ours, to: address("ff02::5"))
      #expect(try await left.refused.next() == .wrongVersion)
      try await left.close()
      try await left.send([1], from: ours, to: allSPFRouters)
      #expect(try await left.refused.next() == .closed)
    }
  }

  @Test("RFC 5340 A.1: an IPv6 packet has next header 89, hop limit 1, traffic class CS6, and a checksum")
  func ipv6() async throws {
    try await Namespace.withPair { leftSpace, rightSpace in
      try await leftSpace.run("ip addr add fe80::1/64 dev left nodad")
      try await rightSpace.run("ip addr add fe80::2/64 dev right nodad")
      let (left, right) = (try await Station(leftSpace, "left", .v6), try await Station(rightSpace, "right", .v6))
      let (ours, group) = (try address("fe80::1"), try address("ff02::5"))
      try await right.join(group)
      let observer = try await rightSpace.make { try PacketObserver() }
      try await left.send([3, 1, 0, 16] + Array(repeating: 1, count: 8) + [0, 0, 1, 1], from: ours, to: group)

      let packet = try await rightSpace.on { try observer.value.next { $0.count > 40 && $0[0] >> 4 == 6 && $0[6] == 89 } }
      #expect(packet[0] == 0x6C && packet[1] >> 4 == 0)
      #expect(packet[7] == 1)
      let datagram = try await right.received.next()
      #expect(datagram.interfaceIndex == right.index)
      #expect(datagram.source == ours)
      #expect(datagram.destination == group)
      #expect(datagram.bytes.count == 16)
      #expect(Array(datagram.bytes[12..<14]) != [0, 0])
      #expect(datagram.hasRightChecksum)

      try await right.send(Array(repeating: 0, count: 9000), from: address("fe80::2"), to: ours)
      #expect(try await left.received.next().bytes.count == 9000)
      try await left.close()
      try await right.close()
    }
  }
}

extension Transmission {
  /// A packet that travels one hop.
  fileprivate init(
    interfaceIndex: UInt32, source: IPAddress, destination: IPAddress, bytes: [UInt8], wantsChecksum: Bool = true
  ) {
    self.init(
      interfaceIndex: interfaceIndex, source: source, destination: destination, bytes: bytes, wantsChecksum: wantsChecksum,
      timeToLive: 1)
  }
}
