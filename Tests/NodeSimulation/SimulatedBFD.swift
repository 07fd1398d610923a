import BFDProtocol
import OSPFProtocol
import OSPFWire

/// The BFD sessions of a station.
final class SimulatedBFD {
  private unowned let agenda: Agenda
  private let sessions: SessionSet
  private let send: (_ octets: [UInt8], _ source: IPAddress, _ destination: IPAddress) -> Void
  private let onChange: (SessionSetEvent) -> Void
  private(set) var deadline: Instant?

  init(
    seed: UInt64, _ agenda: Agenda, send: @escaping (_ octets: [UInt8], _ source: IPAddress, _ destination: IPAddress) -> Void,
    onChange: @escaping (SessionSetEvent) -> Void
  ) {
    self.agenda = agenda
    self.send = send
    self.onChange = onChange
    sessions = SessionSet(seed: seed, sink: SessionSink())
  }

  func hold(_ definitions: [SessionDefinition]) { call { $0.setSessions(definitions, at: $1) } }

  func receive(_ octets: [UInt8], from source: IPAddress, to destination: IPAddress, interfaceIndex: UInt32) {
    call { sessions, now in
      let arrival = Arrival(interfaceIndex: interfaceIndex, source: source, destination: destination, ttl: 255, time: now)
      sessions.receive(arrival, octets.span.bytes, at: now)
    }
  }

  func advance() {
    guard let deadline, deadline <= agenda.now else { return }
    call { $0.advance(to: $1) }
  }

  private func call(_ body: (SessionSet, Instant) -> Void) {
    body(sessions, agenda.now)
    deadline = sessions.nextDeadline
    let sink = sessions.sink
    for transmission in sink.transmissions {
      send(Array(sink.octets[transmission.range]), transmission.key.local, transmission.key.remote)
    }
    let events = sink.events
    sink.removeAll()
    for event in events { onChange(event) }
  }
}
