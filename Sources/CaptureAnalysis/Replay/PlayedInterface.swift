import FlightRecords
import OSPFProtocol
import OSPFWire

/// An interface of the router that an engine plays.
public struct PlayedInterface: Sendable {
  /// The router on this interface, as its packets or its notes show it.
  public let router: RecordedRouter
  /// The interface that the engine is given at first.
  public let definition: InterfaceDefinition
  /// Its parameters as the node has noted them; nil in a capture of another program, where its Hellos tell some.
  public let recorded: RecordedInterface?
  /// Whether it was there when the recording began.
  let isThereAtBeginning: Bool

  /// The interfaces of `played`, one for each device of the recording: those that it has noted, or those where it has sent a Hello.
  static func all(
    of played: RecordedRouter, among candidates: [RecordedRouter], in recording: Recording
  ) -> [PlayedInterface] {
    if let instance = played.instance, recording.notes.routerID(of: instance) == played.routerID {
      let noted = noted(instance, played.routerID, in: recording)
      if !noted.isEmpty { return noted }
    }
    var devices: Set<String?> = []
    let routers = ([played] + candidates).filter { router in
      router.version == played.version && router.instance == played.instance && router.hello != nil
        && devices.insert(router.device).inserted
    }
    return routers.enumerated().compactMap { number, router in
      let peers = recording.routers.filter { $0.device == router.device && $0 != router && $0.version == router.version }
      return router.interface(among: peers, index: UInt32(number + 1)).map {
        PlayedInterface(router: router, definition: $0, recorded: nil, isThereAtBeginning: true)
      }
    }
  }

  private static func noted(
    _ instance: ProtocolInstance, _ routerID: RouterID, in recording: Recording
  ) -> [PlayedInterface] {
    let start = recording.packets.first?.datagram.timestamp ?? .zero
    // A device with several subnets has several interfaces, which a recording cannot tell from each other by the device alone.
    var devices: Set<String> = []
    let interfaces = recording.notes.interfaces(of: instance).sorted { $0.definition.index < $1.definition.index }
    return interfaces.compactMap { first in
      guard !first.definition.isLoopback, !first.definition.settings.isPassive, let own = RecordedRouter(routerID, first),
        devices.insert(first.definition.name).inserted
      else { return nil }
      var interface: RecordedInterface?
      for note in recording.notes.all where note.time <= start {
        switch note.fact {
        case .interface(let other) where other.name == first.name: interface = other
        case .interfaceRemoved(first.name): interface = nil
        default: break
        }
      }
      let router = recording.routers.first { router in
        router.routerID == routerID && router.address == own.address && router.device == own.device
          && router.instance == instance
      }
      return PlayedInterface(
        router: router ?? own, definition: (interface ?? first).playable, recorded: interface ?? first,
        isThereAtBeginning: interface != nil)
    }
  }
}

extension RecordedInterface {
  /// For an engine that has no keys, and is told nothing of TTLs.
  var playable: InterfaceDefinition {
    var definition = definition
    definition.settings.hasTTLSecurity = false
    return definition
  }
}

extension Recording {
  /// The frames that the node has noted to have refused for a reason that an engine could not find out. A note follows on its packet.
  var refusedFrames: Set<Int> {
    var frames: Set<Int> = []
    var waiting: [IPAddress: [Int]] = [:]
    var notes = notes.all[...]
    func take(until time: Duration) {
      while let note = notes.first, note.time < time {
        notes.removeFirst()
        guard case .refusal(_, _, let source, let kind) = note.fact, kind.isBeyondReplay,
          let frame = waiting[source]?.popLast()
        else { continue }
        frames.insert(frame)
      }
    }
    for packet in packets {
      take(until: packet.datagram.timestamp)
      waiting[packet.datagram.source, default: []].append(packet.frame)
    }
    if let last = self.notes.all.last { take(until: last.time + .nanoseconds(1)) }
    return frames
  }
}
