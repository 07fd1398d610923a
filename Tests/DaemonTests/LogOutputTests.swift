import Glibc
import Testing

@testable import anycast_ospfd

@Suite("The log")
struct LogOutputTests {
  @Test("A reader that has stopped makes nobody wait; what it missed is counted when it goes on", .timeLimit(.minutes(1)))
  func stoppedReader() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let output = LogOutput(descriptor: ends[1])
    let written = 5000
    for number in 0..<written { output.write("line \(number) " + String(repeating: "x", count: 100)) }
    let first = read(everythingIn: ends[0])
    #expect(first.first?.hasPrefix("line 0 ") == true)
    #expect(first.count < written)
    output.write("the next one")
    #expect(
      read(everythingIn: ends[0])
        == ["\(written - first.count) lines of the log were lost: its reader did not keep up", "the next one"])
  }

  @Test("A line that is longer than a pipe takes at once never makes anybody wait, and loses nothing", .timeLimit(.minutes(1)))
  func longLine() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let output = LogOutput(descriptor: ends[1])
    let long = String(repeating: "é", count: 9_000)
    output.write(long, prefix: "<3>")
    let lines = read(everythingIn: ends[0])
    #expect(lines.count > 1 && lines.allSatisfy { $0.hasPrefix("<3>") && $0.utf8.count < LogOutput.atomicLength })
    #expect(lines.map { $0.dropFirst(3) }.joined() == long)
    // The pipe is never full enough for poll(2) to say so, and never empty enough for such a line.
    for _ in 0..<100 { output.write(long) }
  }

  /// The lines that are in the pipe now.
  private func read(everythingIn descriptor: Int32) -> [String] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&request, 1, 0) == 1 {
      let count = Glibc.read(descriptor, &piece, piece.count)
      guard count > 0 else { break }
      bytes += piece.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
