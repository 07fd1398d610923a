import Testing

@testable import Configuration

@Suite("The native form")
struct RoundTripTests {
  @Test("parsing what is printed gives an equal configuration, and printing that the same text")
  func exampleRoundTrip() throws {
    let first = try configuration(example)
    let text = first.rendered()
    let second = try configuration(text)
    #expect(second == first)
    #expect(second.rendered() == text)
  }
}
