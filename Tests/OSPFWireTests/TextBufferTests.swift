import OSPFWire
import Testing

@Suite("Text that grows")
struct TextBufferTests {
  private func text(_ append: (inout TextBuffer) -> Void) -> String {
    var text = TextBuffer()
    append(&text)
    return String(decoding: text.octets, as: UTF8.self)
  }

  @Test("Numbers in decimal", arguments: [0, 1, 9, 10, 99, 100, 255, 65_536, Int.max, -1, Int.min])
  func decimal(number: Int) { #expect(text { $0.append(number) } == "\(number)") }

  @Test("The largest number has twenty digits, and a small one zeros where more digits are wanted")
  func digits() {
    #expect(text { $0.append(UInt64.max) } == "18446744073709551615")
    #expect(text { $0.append(decimal: 42, digits: 6) } == "000042")
    #expect(text { $0.append(decimal: 1_234_567, digits: 6) } == "1234567")
    #expect(text { $0.append(hexadecimal: UInt64(0xA), digits: 4) } == "000a")
    #expect(text { $0.append(hexadecimal: UInt64.max) } == "ffffffffffffffff")
    #expect(text { $0.append(hexadecimal: [0x00, 0x9F, 0xFF]) } == "009fff")
  }

  @Test("Padding goes in front of what was appended last, and cuts nothing off")
  func padding() {
    #expect(
      text {
        $0.append("x", "7")
        $0.pad(from: 1, to: 4)
        $0.pad(from: 0, to: 2)
      } == "x   7")
  }

  @Test("What was written out is removed from the front, and no more than there is")
  func removal() {
    var text = TextBuffer()
    text.append("Hello")
    text.removeFirst(2)
    #expect(text.octets == Array("llo".utf8))
    text.removeFirst(9)
    #expect(text.count == 0)
  }
}
