import Testing

@testable import anycastctl

@Suite("The archive for whoever helps")
struct TarArchiveTests {
  @Test("Files are padded to blocks, and each header has the sum of its octets")
  func format() throws {
    var archive = TarArchive(modified: 1_796_000_000)
    archive.add("support/a.txt", Array("hello\n".utf8))
    archive.add("support/b", Array(repeating: 65, count: 512))
    let octets = archive.octets
    #expect(octets.count == 512 * 6)
    for (start, size) in [(0, "00000000006"), (1024, "00000001000")] {
      var header = Array(octets[start..<start + 512])
      #expect(String(decoding: header[257..<262], as: UTF8.self) == "ustar")
      #expect(String(decoding: header[124..<135], as: UTF8.self) == size)
      let sum = try #require(Int(String(decoding: header[148..<154], as: UTF8.self), radix: 8))
      for index in 148..<156 { header[index] = UInt8(ascii: " ") }
      #expect(header.reduce(0) { $0 + Int($1) } == sum)
    }
    #expect(Array(octets[512..<518]) == Array("hello\n".utf8) && octets[518..<1024].allSatisfy { $0 == 0 })
  }
}
