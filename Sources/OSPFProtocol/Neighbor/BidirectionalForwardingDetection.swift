import OSPFWire

/// What a BFD session means to the neighbors of an interface (RFC 5882 section 4.3, RFC 9355).
public enum BFDMode: String, Hashable, Sendable, CaseIterable {
  /// No session.
  case none
  /// A session with each neighbor in state 2-Way or higher. One that goes down takes the adjacency along; one that never came up holds
  /// nothing back.
  case monitor
  /// A session with each neighbor that hears us, and no adjacency until it is up.
  case strict
}

/// A neighbor with which a BFD session is wanted.
public struct BFDPeer: Hashable, Sendable {
  /// The device.
  public var interfaceIndex: UInt32
  /// Our address on the network.
  public var localAddress: IPAddress
  /// The neighbor's address on the network.
  public var address: IPAddress

  public init(interfaceIndex: UInt32, localAddress: IPAddress, address: IPAddress) {
    self.interfaceIndex = interfaceIndex
    self.localAddress = localAddress
    self.address = address
  }
}

/// RFC 5882: OSPF as a client of BFD. The engine says which sessions it wants (``bfdPeers``); whoever has them says what became of them.
extension Router {
  /// A BFD session has come up. This is remembered until the session is down or not wanted any more.
  public func bfdSessionUp(_ peer: BFDPeer, at now: Instant) {
    guard bfdPeers.contains(peer), bfdSessionsUp.insert(peer).inserted else { return }
    turn(at: now) {
      for neighbor in neighbors(behind: peer) where neighbor.hearsUs && neighbor.state == .`init` {
        process(.twoWayReceived, of: neighbor, at: now)
      }
    }
  }

  /// A BFD session is down: the neighbor cannot be reached, whatever its Hellos say, and the adjacency ends at once.
  public func bfdSessionDown(_ peer: BFDPeer, at now: Instant) {
    bfdSessionsUp.remove(peer)
    turn(at: now) {
      for neighbor in neighbors(behind: peer) { process(.bfdSessionDown, of: neighbor, at: now) }
    }
  }

  private func neighbors(behind peer: BFDPeer) -> [Neighbor] {
    interfaces.filter { $0.definition.index == peer.interfaceIndex && $0.settings.bfd != .none }.flatMap { interface in
      interface.neighbors.filter { interface.bfdPeer($0) == peer && $0.state >= .`init` }
    }
  }

  /// RFC 9355 section 4: whether 2-WayReceived has to wait for the BFD session.
  func awaitsBFDSession(_ neighbor: Neighbor) -> Bool {
    let interface = neighbor.interface
    return interface.settings.bfd == .strict && !bfdSessionsUp.contains(interface.bfdPeer(neighbor))
  }

  /// RFC 9355 section 2: in strict mode Hellos have the B-bit.
  func linkLocalSignaling(on interface: Interface) -> LinkLocalSignaling? {
    guard interface.settings.bfd == .strict, interface.keys.sending?.carriesLinkLocalSignaling ?? false else { return nil }
    return LinkLocalSignaling([.extendedOptions(.bfdStrictMode)])
  }

  /// Decides anew with whom a session is wanted. What is known about one that is not wanted any more is forgotten with it.
  func updateBFDPeers() {
    var wanted: Set<BFDPeer> = []
    for interface in interfaces where interface.settings.bfd != .none {
      let strict = interface.settings.bfd == .strict
      for neighbor in interface.neighbors where neighbor.state >= .twoWay || strict && neighbor.hearsUs {
        wanted.insert(interface.bfdPeer(neighbor))
      }
    }
    guard wanted != bfdPeers else { return }
    bfdPeers = wanted
    bfdSessionsUp.formIntersection(wanted)
  }
}

extension Interface {
  /// How a session with a neighbor is named.
  func bfdPeer(_ neighbor: Neighbor) -> BFDPeer {
    BFDPeer(interfaceIndex: definition.index, localAddress: address, address: neighbor.address)
  }
}
