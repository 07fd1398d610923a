import NIOCore
import OSPFWire
import Testing

@testable import LinuxNetwork

@Suite("IPv4 headers of raw sockets")
struct IPv4HeaderTests {
  /// A packet from 192.0.2.1 to 224.0.0.5 with `options` and `payload`.
  private func packet(options: [UInt8] = [], payload: [UInt8] = [9, 9], totalLength: Int? = nil) -> ByteBuffer {
    let headerLength = 20 + options.count
    let total = totalLength ?? headerLength + payload.count
    let header: [UInt8] =
      [0x40 | UInt8(headerLength / 4), 0xC0, UInt8(total >> 8), UInt8(total & 0xFF), 0, 0, 0, 0, 1, 89, 0, 0]
      + [192, 0, 2, 1, 224, 0, 0, 5]
    return ByteBuffer(bytes: header + options + payload)
  }

  @Test("Options are skipped, and what is behind the total length is not part of the packet")
  func optionsAndPadding() throws {
    let buffer = packet(options: [1, 1, 1, 0], payload: [9, 9, 0, 0, 0], totalLength: 26)
    let header = try IPv4Header(parsing: buffer)
    #expect(header.source == IPv4Address(192, 0, 2, 1))
    #expect(header.destination == IPv4Address(224, 0, 0, 5))
    #expect(buffer.getBytes(at: header.payload.lowerBound, length: header.payload.count) == [9, 9])
  }

  @Test("A payload may be empty")
  func emptyPayload() throws {
    #expect(try IPv4Header(parsing: packet(payload: [])).payload.isEmpty)
  }

  @Test("A malformed header is refused with its reason")
  func malformed() {
    #expect(throws: MalformedIPHeader.truncated(octets: 0)) { try IPv4Header(parsing: ByteBuffer()) }
    #expect(throws: MalformedIPHeader.truncated(octets: 19)) {
      try IPv4Header(parsing: ByteBuffer(repeating: 0x45, count: 19))
    }
    #expect(throws: MalformedIPHeader.version(6)) { try IPv4Header(parsing: ByteBuffer(repeating: 0x65, count: 40)) }
    #expect(throws: MalformedIPHeader.headerLength(octets: 16, packet: 40)) {
      try IPv4Header(parsing: ByteBuffer(repeating: 0x44, count: 40))
    }
    #expect(throws: MalformedIPHeader.headerLength(octets: 60, packet: 40)) {
      try IPv4Header(parsing: ByteBuffer(repeating: 0x4F, count: 40))
    }
    #expect(throws: MalformedIPHeader.totalLength(19, header: 20, received: 22)) {
      try IPv4Header(parsing: packet(totalLength: 19))
    }
    #expect(throws: MalformedIPHeader.totalLength(23, header: 20, received: 22)) {
      try IPv4Header(parsing: packet(totalLength: 23))
    }
  }
}
