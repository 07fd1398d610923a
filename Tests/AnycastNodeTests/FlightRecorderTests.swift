import AnycastPolicy
import OSPFProtocol
import OSPFWire
import Testing

@testable import AnycastNode

@Suite("The flight recorder")
struct FlightRecorderTests {
  private func packet(_ octets: Int) -> FlightRecord.Packet {
    FlightRecord.Packet(
      interfaceIndex: 2, source: .v4(IPv4Address(10, 0, 0, 1)), destination: .v4(IPv4Address(224, 0, 0, 5)), direction: .inbound,
      bytes: [UInt8](repeating: 7, count: octets))
  }

  private func at(_ seconds: Int64) -> Instant { Instant.zero + .seconds(seconds) }

  @Test("However much comes, the memory is bounded, and the newest is kept")
  func memory() {
    var recorder = FlightRecorder(memoryLimit: 256 << 10)
    for number in 0..<2000 {
      recorder.note(packet(number % 3 == 0 ? 9000 : 64), at: at(0) + .milliseconds(Int64(number)))
      #expect(recorder.octets <= 256 << 10)
    }
    let kept = recorder.records(at: at(2))
    #expect(kept.count > 20 && kept.last?.time == at(0) + .milliseconds(1999))
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.time < $1.time })
  }

  @Test("What is older than five minutes is forgotten, also by the memory")
  func period() {
    var recorder = FlightRecorder()
    recorder.note("first", at: at(0))
    recorder.note("second", at: at(200))
    #expect(recorder.records(at: at(300)).count == 2)
    #expect(recorder.records(at: at(301)).map(\.content) == [.event("second")])
    for second in 0..<3000 { recorder.note(packet(1000), at: at(1000 + Int64(second))) }
    #expect(recorder.octets < 1200 * (300 + 256))
  }

  private func flap(_ from: ServiceState, _ to: ServiceState) -> NodeEvent {
    .policy(.serviceStateChanged(service: "dns", from: from, to: to, reason: ""))
  }

  @Test(
    "A service that its checks withdraw twice in five minutes flaps; a drain is no such thing, and after a recording it is quiet")
  func occasions() {
    var recorder = FlightRecorder()
    #expect(recorder.occasion(of: flap(.up, .down), at: at(0)) == nil)
    #expect(recorder.occasion(of: flap(.down, .up), at: at(10)) == nil)
    #expect(recorder.occasion(of: flap(.up, .draining), at: at(20)) == nil)
    #expect(recorder.occasion(of: flap(.up, .down), at: at(300)) == .serviceFlaps)
    #expect(recorder.occasion(of: flap(.up, .down), at: at(359)) == nil)
    #expect(recorder.occasion(of: flap(.up, .down), at: at(360)) == .serviceFlaps)
    #expect(recorder.occasion(of: flap(.up, .down), at: at(961)) == nil)
  }

  @Test("Simple passwords are in no recording, those of BFD neither")
  func passwords() throws {
    var ospf = packet(44)
    ospf.bytes.replaceSubrange(0..<2, with: [2, 1])
    ospf.bytes.replaceSubrange(14..<24, with: [0, 1] + Array("geheim!!".utf8))
    var bfd = packet(32)
    bfd.kind = .bfd
    bfd.bytes.replaceSubrange(0..<2, with: [0x20, 0xC4])
    bfd.bytes.replaceSubrange(24..<32, with: [1, 8, 1] + Array("gehei".utf8))
    for packet in [ospf, bfd] {
      let recording = FlightRecording(
        records: [FlightRecord(time: .zero, content: .packet(packet))], comment: "", devices: [:], epoch: 0)
      let text = String(decoding: recording.pcapng, as: UTF8.self)
      #expect(!text.contains("gehei"))
    }
  }
}
