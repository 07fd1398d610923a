import ProbeTestSupport
import ProbeWire
import Testing

@Suite("NTP packets")
struct NTPMessageTests {
  private let request = NTPRequest(transmitTimestamp: 0x0102_0304_0506_0708)

  @Test("The request is a client's of version 4, and says nothing but a random timestamp")
  func requestOctets() {
    #expect(request.bytes == [0x23] + [UInt8](repeating: 0, count: 39) + [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(Set((0..<50).map { _ in NTPRequest().bytes }).count == 50)
  }

  @Test("An answer yields leap indicator and stratum, with extensions behind it or not")
  func answer() throws {
    let message = HandMadeNTP.answer(to: request.bytes, leapIndicator: 1, stratum: 3)
    for extra in [0, 20] {
      let answer = try NTPAnswer(message + [UInt8](repeating: 1, count: extra), to: request)
      #expect(answer.leapIndicator == 1 && answer.stratum == 3 && answer.kissCode == nil)
    }
  }

  @Test("Stratum 0 is a kiss-o'-death packet, which need not bear the time")
  func kiss() throws {
    var message = HandMadeNTP.answer(to: request.bytes, leapIndicator: 3, stratum: 0, referenceID: Array("RATE".utf8))
    message.replaceSubrange(40..<48, with: [UInt8](repeating: 0, count: 8))
    #expect(try NTPAnswer(message, to: request).kissCode == "RATE")
    message.replaceSubrange(12..<16, with: [0, 0, 0, 0])
    #expect(try NTPAnswer(message, to: request).kissCode == "without a code")
  }

  @Test("Packets that are malformed, no server's or no answer are refused, and it is said why")
  func refusals() {
    func refusal(_ message: [UInt8]) -> String? {
      do throws(MessageRefusal) {
        _ = try NTPAnswer(message, to: request)
        return nil
      } catch {
        return error.description
      }
    }
    let right = HandMadeNTP.answer(to: request.bytes)
    #expect(refusal(right) == nil)
    for length in 0..<48 { #expect(refusal(Array(right.prefix(length))) == "a malformed NTP packet") }
    for mode: UInt8 in [0, 1, 2, 3, 5, 6, 7] {
      #expect(refusal(HandMadeNTP.answer(to: request.bytes, mode: mode)) == "an NTP packet that is no server's")
    }
    var otherOrigin = right
    otherOrigin[31] ^= 1
    #expect(refusal(otherOrigin) == "an NTP packet with another Origin Timestamp")
    var timeless = right
    timeless.replaceSubrange(40..<48, with: [UInt8](repeating: 0, count: 8))
    #expect(refusal(timeless) == "an NTP packet without a time")
  }
}
