import ProbeTestSupport
import ProbeWire
import Testing

@Suite("RADIUS packets")
struct RADIUSMessageTests {
  /// RFC 5997 section 6.1
  private let example = RADIUSRequest(
    secret: Array("xyzzy5461".utf8), identifier: 0xDA,
    authenticator: [
      0x8A, 0x54, 0xF4, 0x68, 0x6F, 0xB3, 0x94, 0xC5, 0x28, 0x66, 0xE3, 0x02, 0x18, 0x5D, 0x06, 0x23,
    ])

  @Test("The request is that of the standard's example (RFC 5997 section 6.1)")
  func request() {
    #expect(
      example.bytes == [
        0x0C, 0xDA, 0x00, 0x26, 0x8A, 0x54, 0xF4, 0x68, 0x6F, 0xB3, 0x94, 0xC5, 0x28, 0x66, 0xE3, 0x02, 0x18, 0x5D, 0x06, 0x23,
        0x50, 0x12, 0x5A, 0x66, 0x5E, 0x2E, 0x1E, 0x84, 0x11, 0xF3, 0xE2, 0x43, 0x82, 0x20, 0x97, 0xC8, 0x4F, 0xA3,
      ])
  }

  @Test("The standard's answer is taken (RFC 5997 section 6.1)")
  func answer() throws {
    let answer = try RADIUSAnswer(
      [
        0x02, 0xDA, 0x00, 0x14, 0xEF, 0x0D, 0x55, 0x2A, 0x4B, 0xF2, 0xD6, 0x93, 0xEC, 0x2B, 0x6F, 0xE8, 0xB5, 0x41, 0x1D, 0x66,
      ], to: example)
    #expect(answer.isAlive && !answer.hasMessageAuthenticator)
  }

  @Test("Two requests are never alike")
  func fresh() {
    let requests = (0..<50).map { _ in RADIUSRequest(secret: "s").bytes }
    #expect(Set(requests.map { $0[4..<20] }).count == 50)
    #expect(Set(requests.map { $0[1] }).count > 20)
  }

  @Test("Access-Accept and Accounting-Response mean that the server is alive, with padding behind them or not")
  func codes() throws {
    for (code, isAlive) in [(2, true), (5, true), (3, false), (11, false)] as [(UInt8, Bool)] {
      let message = HandMadeRADIUS.answer(to: example.bytes, code: code, attributes: [18, 4, 65, 66], secret: "xyzzy5461")
      for padding in [0, 7] {
        let answer = try RADIUSAnswer(message + [UInt8](repeating: 9, count: padding), to: example)
        #expect(answer.isAlive == isAlive && answer.code == code && answer.hasMessageAuthenticator)
      }
    }
  }

  private func refusal(_ message: [UInt8]) -> String? {
    do throws(MessageRefusal) {
      _ = try RADIUSAnswer(message, to: example)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("Packets that are malformed or forged are refused, and it is said why")
  func refusals() {
    let right = HandMadeRADIUS.answer(to: example.bytes, secret: "xyzzy5461")
    #expect(refusal(right) == nil)
    var other = right
    other[1] ^= 1
    #expect(refusal(other) == "a RADIUS packet with another Identifier")
    let wrongSecret = "a RADIUS packet whose Response Authenticator is wrong: is the secret right?"
    #expect(refusal(HandMadeRADIUS.answer(to: example.bytes, secret: "xyzzy5462")) == wrongSecret)
    var changed = right
    changed[0] = 5
    #expect(refusal(changed) == wrongSecret)
    let spoiled = HandMadeRADIUS.answer(to: example.bytes, secret: "xyzzy5461", spoilsMessageAuthenticator: true)
    #expect(refusal(spoiled) == "a RADIUS packet whose Message-Authenticator is wrong")
    for length in 0..<right.count { #expect(refusal(Array(right.prefix(length))) == "a malformed RADIUS packet") }
    for attributes in [[18], [18, 1], [18, 0], [18, 40, 1]] as [[UInt8]] {
      let message = HandMadeRADIUS.answer(
        to: example.bytes, attributes: attributes, secret: "xyzzy5461", hasMessageAuthenticator: false)
      #expect(refusal(message) == "a RADIUS packet with a malformed attribute")
    }
    for attributes in [[80, 3, 1], [80, 18] + [UInt8](repeating: 0, count: 16)] {
      let message = HandMadeRADIUS.answer(to: example.bytes, attributes: attributes, secret: "xyzzy5461")
      #expect(refusal(message) == "a RADIUS packet with a malformed Message-Authenticator")
    }
  }

  @Test("No change of one octet is taken")
  func everyOctet() {
    let right = HandMadeRADIUS.answer(to: example.bytes, attributes: [18, 4, 65, 66], secret: "xyzzy5461")
    for index in right.indices {
      var message = right
      message[index] ^= 0x10
      #expect(refusal(message) != nil)
    }
  }
}
