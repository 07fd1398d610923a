import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import Testing

@testable import BFDProtocol

@Suite("RFC 5880 4.1: the packet")
struct CodingTests {
  /// Down, C bit, Detect Mult 3, one second, 300 ms, Echo 50 ms.
  private static let plain: [UInt8] = [
    0x20, 0x48, 0x03, 0x18, 0x8F, 0x6A, 0x4B, 0x11, 0, 0, 0, 0, 0x00, 0x0F, 0x42, 0x40, 0x00, 0x04, 0x93, 0xE0, 0x00, 0x00, 0xC3,
    0x50,
  ]

  @Test("Every field is where the RFC has it")
  func fields() throws {
    let packet = try ControlPacket.decode(Self.plain.rawSpan)
    #expect(
      packet
        == ControlPacket(
          diagnostic: .none, state: .down, controlPlaneIndependent: true, detectMultiplier: 3,
          myDiscriminator: Discriminator(rawValue: 0x8F6A_4B11), yourDiscriminator: .zero,
          desiredMinTxInterval: Microseconds(.seconds(1)), requiredMinRxInterval: Microseconds(.milliseconds(300)),
          requiredMinEchoRxInterval: Microseconds(.milliseconds(50))))
  }

  @Test("What is decoded encodes to the same octets, for every value of the first two octets")
  func roundTrip() {
    for first in UInt8.min ... .max {
      for second in UInt8.min ... .max {
        var octets = Self.plain
        octets[0] = first
        octets[1] = second
        guard let packet = try? ControlPacket.decode(octets.rawSpan) else { continue }
        var encoded: [UInt8] = []
        packet.encode(into: &encoded)
        #expect(encoded == octets)
      }
    }
  }

  @Test("Random octets never trap, and what is accepted encodes to the same octets")
  func random() {
    var random = SplitMix64(seed: 5880)
    var accepted = 0
    for _ in 0..<20_000 {
      var octets = (0..<Int.random(in: 20...60, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      octets[0] = octets[0] & 0x1F | 0x20
      octets[1] &= 0xFE
      octets[3] = UInt8(Int.random(in: 20...60, using: &random))
      guard let packet = try? ControlPacket.decode(octets.rawSpan) else { continue }
      accepted += 1
      var encoded: [UInt8] = []
      packet.encode(into: &encoded)
      let size = packet.authentication == nil ? 24 : Int(octets[3])
      #expect(encoded.dropFirst(4) == octets[4..<size])
    }
    #expect(accepted > 1000)
  }

  @Test("A refusal is a sentence", arguments: [[], [UInt8](repeating: 0xFF, count: 24), [UInt8](repeating: 0x20, count: 24)])
  func sentences(octets: [UInt8]) {
    #expect { try ControlPacket.decode(octets.rawSpan) } throws: { !"\($0)".isEmpty }
  }

  @Test("The diagnostics have the RFC's numbers and words")
  func diagnostics() {
    let named: [Diagnostic] = [
      .none, .controlDetectionTimeExpired, .echoFunctionFailed, .neighborSignaledSessionDown, .forwardingPlaneReset, .pathDown,
      .concatenatedPathDown, .administrativelyDown, .reverseConcatenatedPathDown,
    ]
    #expect(named.map(\.rawValue) == Array(0...8))
    #expect(named[2].description == "Echo Function Failed")
    #expect(Diagnostic(rawValue: 9).description == "Diagnostic 9")
  }

  @Test("An Authentication Section that ends within the sequence number has none")
  func cutSequenceNumber() {
    #expect(AuthenticationSection(type: .keyedMD5, data: [5, 0, 0, 0, 7]).sequenceNumber == nil)
    #expect(AuthenticationSection(type: .keyedMD5, data: [5, 0, 0, 0, 0, 7]).sequenceNumber == 7)
  }
}
