import ProbeWire
import Testing

@Suite("ICMP echo")
struct ICMPEchoTests {
  private let tail: [UInt8] = [0, 7] + Array("abcdefgh".utf8)
  private var v4: ICMPEchoRequest { ICMPEchoRequest(.v4, identifier: 0x1234, tail: tail) }
  private var v6: ICMPEchoRequest { ICMPEchoRequest(.v6, identifier: 0x1234, tail: tail) }
  private let ipHeader: [UInt8] = [0x46] + [UInt8](repeating: 0, count: 23)

  private func refusal(
    _ message: [UInt8], _ request: ICMPEchoRequest, _ delivery: ICMPEchoRequest.Delivery
  ) -> String? {
    do throws(MessageRefusal) {
      try request.accept(message, delivery)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("The request has type 8 and a checksum, or type 128 and none (RFC 792, RFC 4443 section 4.1)")
  func request() {
    #expect(v4.bytes == [8, 0, 0x54, 0x2F, 0x12, 0x34] + tail)
    #expect(v6.bytes == [128, 0, 0, 0, 0x12, 0x34] + tail)
    #expect(Set((0..<50).map { _ in ICMPEchoRequest(.v4).bytes }).count == 50)
  }

  @Test("A reply is taken from either kind of socket: behind an IP header where the socket is raw and the protocol IPv4")
  func reply() {
    let reply4: [UInt8] = [0, 0, 9, 9, 0x12, 0x34] + tail
    let reply6: [UInt8] = [129, 0, 9, 9, 0x12, 0x34] + tail
    #expect(refusal(ipHeader + reply4, v4, .all) == nil)
    #expect(refusal(reply4, v4, .own) == nil)
    #expect(refusal(reply6, v6, .all) == nil)
    #expect(refusal(reply6, v6, .own) == nil)
  }

  @Test("A datagram socket has an Identifier of the kernel's; a raw one hears the replies to others")
  func identifier() {
    let other: [UInt8] = [0, 0, 9, 9, 0x43, 0x21] + tail
    #expect(refusal(other, v4, .own) == nil)
    #expect(refusal(ipHeader + other, v4, .all) == "an Echo Reply to somebody else")
  }

  @Test("Requests, other messages, other data and fragments of messages are refused")
  func refusals() {
    #expect(refusal(v4.bytes, v4, .own) == "an ICMP message that is no Echo Reply")
    #expect(refusal([129] + v4.bytes.dropFirst(), v4, .own) == "an ICMP message that is no Echo Reply")
    #expect(refusal([3, 1, 0, 0, 0, 0, 0, 0], v4, .own) == "an ICMP message that is no Echo Reply")
    let otherData: [UInt8] = [0, 0, 9, 9, 0x12, 0x34, 0, 7] + Array("abcdefgi".utf8)
    #expect(refusal(otherData, v4, .own) == "an Echo Reply to somebody else")
    let otherSequence: [UInt8] = [0, 0, 9, 9, 0x12, 0x34, 0, 8] + Array("abcdefgh".utf8)
    #expect(refusal(otherSequence, v4, .own) == "an Echo Reply to somebody else")
    for length in 0..<8 {
      #expect(refusal([UInt8](repeating: 0, count: length), v4, .own) == "a malformed ICMP message")
      #expect(refusal(ipHeader + [UInt8](repeating: 0, count: length), v4, .all) == "a malformed ICMP message")
    }
    #expect(refusal(Array(ipHeader.prefix(23)), v4, .all) == "a malformed IP packet")
    #expect(refusal([0x44] + [UInt8](repeating: 0, count: 40), v4, .all) == "a malformed IP packet")
    #expect(refusal([], v4, .all) == "a malformed IP packet")
  }
}
