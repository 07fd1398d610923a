import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

/// The design's rule that nothing which has been said waits for a timer: what a neighbor or the kernel tells of an end is an end.
@Suite struct SeenEarly {
  /// What ends the adjacency with `left`, and what becomes of it.
  enum Ending: CaseIterable {
    case goodbye, carrierLost, interfaceGone, bfdSessionDown

    func apply(to between: Between) {
      switch self {
      case .goodbye: between.left.sendHello { $0.neighbors = [] }
      case .carrierLost: between.bench.changeInterface { $0.isUp = false }
      case .interfaceGone: between.bench.setInterfaces([between.bench.interfaces[1]])
      case .bfdSessionDown:
        let instance = between.bench.instance
        between.bench.bfdSession(
          BFDPeer(
            interfaceIndex: 2, localAddress: instance.address("192.0.2.2"), address: instance.address("192.0.2.3")),
          isUp: false)
      }
    }
  }

  @Test(
    "a neighbor that no longer lists us, a link without carrier, an interface that is gone and a BFD session that is down end the adjacency and are told in the same instant",
    arguments: ProtocolInstance.allCases, Ending.allCases)
  func atOnce(instance: ProtocolInstance, ending: Ending) throws {
    let between = try Between(instance)
    between.bench.changeInterface { $0.settings.bfd = .monitor }
    between.bench.run(for: .seconds(10))
    between.bench.forget()
    let begin = between.bench.now
    ending.apply(to: between)
    #expect(between.left.state < .twoWay)
    let told = between.bench.flooded(.router("2.2.2.2", instance)).filter { $0.packet.transmission.interfaceIndex == 3 }
    #expect(told.map(\.time) == [begin])
    #expect(between.right.state == .full)
  }
}
