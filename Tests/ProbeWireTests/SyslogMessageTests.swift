import ProbeWire
import Testing

@Suite("The probe's log message")
struct SyslogMessageTests {
  @Test("It has the fields of RFC 5424, and a word that no other has")
  func message() {
    let message = SyslogMessage()
    let words = String(decoding: message.bytes, as: UTF8.self).split(separator: " ")
    #expect(words.dropLast() == ["<47>1", "-", "-", "anycast-ospfd", "-", "probe", "-"])
    #expect(words.last.map(String.init) == String(decoding: message.token, as: UTF8.self))
    #expect(message.token.count == 32 && message.line == message.bytes + [0x0A])
    #expect(Set((0..<50).map { _ in SyslogMessage().token }).count == 50)
  }
}
