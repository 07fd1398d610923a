import NIOCore
import Testing

@testable import ControlAPI

@Suite("Text from outside comes out harmless in every sink")
struct HarmlessTextTests {
  /// A forged line of a log, a colour, C1's control sequence introducer, a right-to-left override, quotes, and markup.
  private static let evil = "x\nfake: notice\u{1B}[31m\u{9B}2J\u{202E}\"<script>'&\\\u{E0041}"

  private func isHarmless(_ text: String) -> Bool { !text.unicodeScalars.contains(where: HarmlessText.isHarmful) }

  @Test("A line stays one line, and says what was there")
  func line() {
    #expect(isHarmless(HarmlessText.line(Self.evil)))
    #expect(HarmlessText.line("a\nb\u{1B}c") == "a\\nb\\u{1b}c")
    #expect(HarmlessText.line("größe 日本 🙂") == "größe 日本 🙂")
  }

  @Test("JSON is harmless to print, and means the same")
  func json() throws {
    let event = EventReport(time: .now, level: .notice, kind: .drainStarted, message: Self.evil, reason: Self.evil)
    let buffer = try JSONCoding.encode(event)
    #expect(isHarmless(String(buffer: buffer)))
    let decoded = try JSONCoding.decode(EventReport.self, from: buffer)
    #expect(decoded.reason.map { Array($0.unicodeScalars) } == Array(Self.evil.unicodeScalars))
  }

  @Test("What the tool decodes has no harmful scalar left, whatever a daemon sent")
  func terminal() throws {
    let report = CommandReport(messages: [Self.evil, "plain \\n \\u001b", "tab\there"])
    let decoded = try JSONCoding.decode(CommandReport.self, from: HarmlessText.named(in: JSONCoding.encode(report)))
    #expect(decoded.messages.dropLast(2).allSatisfy(isHarmless))
    #expect(decoded.messages[1] == "plain \\n \\u001b")
    #expect(decoded.messages[2] == "tab\\there")
    #expect(decoded.messages[0].hasPrefix("x\\nfake: notice\\u{1b}[31m"))
  }

  @Test("Labels and markup are escaped as their readers want it")
  func others() {
    #expect(HarmlessText.label("a\"b\\c\nd") == "a\\\"b\\\\c\\\\nd")
    #expect(HarmlessText.html("<b a='\"'>&") == "&lt;b a=&#39;&quot;&#39;&gt;&amp;")
    #expect(isHarmless(HarmlessText.html(Self.evil)))
    #expect(isHarmless(HarmlessText.label(Self.evil)))
  }
}
