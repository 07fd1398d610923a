import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@Suite struct HelloReception {
  /// The neighbor's Hello is refused for this reason.
  private func expectRefused(_ neighbor: HandMadeNeighbor, on bench: Bench, _ reason: Refusal) {
    neighbor.sendHello()
    #expect(bench.refusals == [reason])
    #expect(neighbor.state == .down)
  }

  @Test("RFC 2328 10.5: another network mask is refused and both are named")
  func mask() throws {
    let (bench, neighbor) = strangers(.ospfv2)
    neighbor.networkMask = "255.255.0.0"
    expectRefused(neighbor, on: bench, .networkMaskMismatch(received: "255.255.0.0", ours: "255.255.255.0"))
  }

  @Test("RFC 2328 10.5: the network mask does not matter on a point-to-point network")
  func maskOnPointToPoint() throws {
    let bench = Bench(interfaces: [.bench(type: .pointToPoint)])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.networkMask = "0.0.0.0"
    neighbor.sendHello()
    #expect(bench.state(of: "3.3.3.3") == .exStart)
  }

  @Test("RFC 2328 10.5: another HelloInterval is refused and both are named", arguments: ProtocolInstance.allCases)
  func helloInterval(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    neighbor.helloInterval = 5
    expectRefused(neighbor, on: bench, .helloIntervalMismatch(received: 5, ours: 10))
  }

  @Test("RFC 2328 10.5: another RouterDeadInterval is refused and both are named", arguments: ProtocolInstance.allCases)
  func deadInterval(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    neighbor.routerDeadInterval = 20
    expectRefused(neighbor, on: bench, .routerDeadIntervalMismatch(received: 20, ours: 40))
  }

  @Test("RFC 2328 10.5: a clear E-bit is refused where AS-external-LSAs are flooded", arguments: ProtocolInstance.allCases)
  func externalRouting(instance: ProtocolInstance) throws {
    let (bench, neighbor) = strangers(instance)
    neighbor.options.remove(.externalRouting)
    expectRefused(neighbor, on: bench, .externalRoutingCapabilityMismatch(received: false, ours: true))
    #expect(bench.refusals.first?.sentence.hasPrefix("the E-bit is clear there and set here") ?? false)
  }

  @Test("RFC 2328 10.5: a set E-bit is refused in a stub area", arguments: ProtocolInstance.allCases)
  func externalRoutingInStubArea(instance: ProtocolInstance) throws {
    let bench = Bench(instance, .bench(areas: ["0.0.0.1": .stub]), interfaces: [.bench(area: "0.0.0.1")])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.options.insert(.externalRouting)
    neighbor.sendHello()
    #expect(bench.refusals == [.externalRoutingCapabilityMismatch(received: true, ours: false)])
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test("RFC 3101 2.5: the N-bit must be the same on both sides", arguments: ProtocolInstance.allCases)
  func nssa(instance: ProtocolInstance) throws {
    let bench = Bench(instance, .bench(areas: ["0.0.0.1": .nssa]), interfaces: [.bench(area: "0.0.0.1")])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.options.remove(.nssa)
    neighbor.sendHello()
    #expect(bench.refusals == [.nssaCapabilityMismatch(received: false, ours: true)])
    let stub = Bench(instance, .bench(areas: ["0.0.0.1": .stub]), interfaces: [.bench(area: "0.0.0.1")])
    let other = HandMadeNeighbor(stub, "3.3.3.3", "192.0.2.3")
    other.options.insert(.nssa)
    other.sendHello()
    #expect(stub.refusals == [.nssaCapabilityMismatch(received: true, ours: false)])
  }

  @Test("RFC 2328 10.5: all other option bits are accepted whatever they are", arguments: [UInt32(0x04), 0x20, 0x40, 0x80, 0xE4])
  func otherOptions(_ bits: UInt32) {
    let (bench, neighbor) = strangers(.ospfv2)
    neighbor.options = Options(rawValue: bits).union(.externalRouting)
    neighbor.sendHello()
    #expect(bench.refusals.isEmpty)
    #expect(bench.state(of: "3.3.3.3") > .`init`)
  }

  @Test("with fast Hellos the neighbor's HelloInterval is not compared", arguments: ProtocolInstance.allCases)
  func fastHellos(instance: ProtocolInstance) {
    let bench = Bench(
      instance,
      interfaces: [
        .bench {
          $0.helloInterval = .milliseconds(250); $0.routerDeadInterval = .seconds(1)
        }
      ])
    let neighbor = HandMadeNeighbor(bench, "3.3.3.3", "192.0.2.3")
    neighbor.helloInterval = 1
    neighbor.routerDeadInterval = 1
    neighbor.sendHello()
    #expect(bench.refusals.isEmpty)
    #expect(bench.state(of: "3.3.3.3") > .`init`)
  }

  @Test("RFC 2328 10.5: each Hello restarts the Inactivity Timer, a refused one does not", arguments: ProtocolInstance.allCases)
  func inactivityTimer(instance: ProtocolInstance) {
    let (bench, neighbor) = strangers(instance)
    neighbor.sendHello()
    bench.run(for: .seconds(30))
    #expect(bench.neighbor("3.3.3.3")?.deadDue == .seconds(10))
    neighbor.sendHello()
    #expect(bench.neighbor("3.3.3.3")?.deadDue == .seconds(40))
    bench.run(for: .seconds(30))
    neighbor.sendHello { $0.helloInterval = 9 }
    bench.run(for: .seconds(11))
    #expect(bench.state(of: "3.3.3.3") == .down)
  }

  @Test(
    "RFC 2328 10.5: the neighbor's priority, Designated Router and Backup are remembered", arguments: ProtocolInstance.allCases)
  func remembered(instance: ProtocolInstance) {
    let (bench, neighbor) = strangers(instance)
    neighbor.priority = 9
    neighbor.designatedRouter = instance.identity(8)
    neighbor.backupDesignatedRouter = instance.identity(7)
    neighbor.sendHello()
    let snapshot = bench.neighbor("3.3.3.3")
    #expect(snapshot?.priority == 9)
    #expect(snapshot?.designatedRouter == instance.identity(8))
    #expect(snapshot?.backupDesignatedRouter == instance.identity(7))
  }

  @Test("RFC 2328 10.5: a Hello whose neighbor list is not whole router IDs is refused")
  func neighborList() throws {
    let (bench, neighbor) = strangers(.ospfv2)
    var bytes = Packet(header: neighbor.header(.hello), body: .hello(neighbor.hello)).encode()
    // Two octets more in the packet's length, and the checksum for it.
    bytes += [0, 0]
    bytes[3] += 2
    let checksum = UInt16(bytes[12]) << 8 | UInt16(bytes[13])
    let (sum, carry) = (~checksum).addingReportingOverflow(2)
    let patched = ~(carry ? sum &+ 1 : sum)
    bytes[12] = UInt8(patched >> 8)
    bytes[13] = UInt8(patched & 0xFF)
    neighbor.send(bytes: bytes, to: .allSPFRouters)
    guard case .malformed(.remainder) = try bench.only(bench.refusals, "refusals") else {
      throw TestFailure("\(bench.refusals)")
    }
  }
}
