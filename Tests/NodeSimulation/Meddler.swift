import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// Somebody on the network who sends what nobody should believe: noise, packets with octets changed or missing, and, where a
/// cryptographic sequence number gives them away, packets that were sent before.
final class Meddler {
  private unowned let agenda: Agenda
  private unowned let lan: SimulatedLAN

  init(_ agenda: Agenda, _ lan: SimulatedLAN) {
    self.agenda = agenda
    self.lan = lan
  }

  func meddle() {
    guard let packet = lan.recent.randomElement(using: &agenda.random), !packet.bytes.isEmpty else { return }
    var bytes = packet.bytes
    var hasRightChecksum = false
    switch Int.random(in: 0..<4, using: &agenda.random) {
    case 0:
      bytes = (0..<Int.random(in: 1...200, using: &agenda.random)).map { _ in
        UInt8.random(in: .min ... .max, using: &agenda.random)
      }
    case 1: bytes.removeLast(Int.random(in: 1...bytes.count, using: &agenda.random))
    case 2 where lan.scenario.isAuthenticated: hasRightChecksum = true
    default: bytes[Int.random(in: bytes.indices, using: &agenda.random)] ^= 1 << UInt8.random(in: 0...7, using: &agenda.random)
    }
    lan.forge(bytes, from: packet.source, to: packet.destination, hasRightChecksum: hasRightChecksum)
  }
}
