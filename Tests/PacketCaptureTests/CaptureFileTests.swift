import FoundationEssentials
import OSPFWire
import PacketCapture
import Testing

@Suite("Capture files")
struct CaptureFileTests {
  static let ipv4 = CapturedDatagram(
    timestamp: .seconds(1_700_000_000) + .nanoseconds(123_456_789), source: .v4(IPv4Address(10, 0, 0, 1)),
    destination: .v4(IPv4Address(224, 0, 0, 5)), ttl: 1, bytes: Frames.payload)
  static let ipv6 = CapturedDatagram(
    timestamp: .seconds(1_700_000_001), source: .v6(IPv6Address(high: 0xFE80 << 48, low: 1)),
    destination: .v6(IPv6Address(high: 0xFF02 << 48, low: 5)), ttl: 64, bytes: [1])

  @Test("What is written is read back, to the nanosecond", arguments: [CaptureWriter.Encapsulation.rawIP, .ethernet])
  func roundTrip(encapsulation: CaptureWriter.Encapsulation) throws {
    try TemporaryFile.with { path in
      let writer = try CaptureWriter(path: path, encapsulation: encapsulation)
      try writer.write(Self.ipv4)
      try writer.write(Self.ipv6)
      try writer.close()
      let read = try CaptureReader.read(path: path)
      #expect(read.datagrams == [Self.ipv4, Self.ipv6])
      #expect(read.unreadable.isEmpty)
    }
  }

  @Test("RFC 1071: the header checksum that the writer computes makes the header's sum all ones")
  func headerChecksum() throws {
    try TemporaryFile.with { path in
      let writer = try CaptureWriter(path: path)
      try writer.write(Self.ipv4)
      try writer.close()
      let header = try Data(contentsOf: URL(filePath: path)).dropFirst(24 + 16).prefix(20)
      let words = stride(from: header.startIndex, to: header.endIndex, by: 2).map {
        UInt32(header[$0]) << 8 | UInt32(header[$0 + 1])
      }
      let sum = words.reduce(0, +)
      #expect((sum & 0xFFFF) + sum >> 16 == 0xFFFF)
    }
  }

  @Test("What no IP datagram can hold is refused, and a closed writer writes nothing")
  func refusals() throws {
    try TemporaryFile.with { path in
      let writer = try CaptureWriter(path: path)
      var long = Self.ipv4
      long.bytes = Array(repeating: 0, count: 65_516)
      #expect(throws: CaptureError.datagram(length: 65_516)) { try writer.write(long) }
      var mixed = Self.ipv4
      mixed.destination = Self.ipv6.destination
      #expect(throws: CaptureError.datagram(length: 48)) { try writer.write(mixed) }
      try writer.close()
      #expect(throws: CaptureError.write(path: path, reason: "closed")) { try writer.write(Self.ipv4) }
    }
  }

  @Test("A file that cannot be opened, or is no capture, is named with libpcap's reason")
  func unopenable() throws {
    let missing = #expect(throws: CaptureError.self) { _ = try CaptureReader(path: "/nonexistent.pcap") }
    #expect(missing.map { "\($0)" }?.contains("No such file") == true)
    try TemporaryFile.with(Array("this is no capture".utf8)) { path in
      let unknown = #expect(throws: CaptureError.self) { _ = try CaptureReader(path: path) }
      #expect(unknown.map { "\($0)" }?.contains("unknown file format") == true)
    }
    let unwritable = #expect(throws: CaptureError.self) { _ = try CaptureWriter(path: "/nonexistent/a.pcap") }
    guard case .write(path: "/nonexistent/a.pcap", _) = unwritable else {
      Issue.record("\(String(describing: unwritable))")
      return
    }
  }

  @Test("A file that ends inside of a frame gives the frames before it, then the error with their number")
  func damaged() throws {
    let file = Frames.pcap(linkType: 101, [.init(bytes: Frames.ipv4()), .init(bytes: Frames.ipv4())]).dropLast(3)
    try TemporaryFile.with(Array(file)) { path in
      let reader = try CaptureReader(path: path)
      #expect(try reader.next() != nil)
      let error = #expect(throws: CaptureError.self) { _ = try reader.next() }
      guard case .read(path, frame: 1, let reason) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(reason.contains("truncated"))
      #expect(reader.frameCount == 1)
    }
  }

  @Test("A pcapng file is read")
  func pcapng() throws {
    func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
      let length = Frames.octets(UInt32(body.count + 12))
      return Frames.octets(type) + length + body + length
    }
    let frame = Frames.ipv4()
    let section = block(0x0A0D_0D0A, [0x1A, 0x2B, 0x3C, 0x4D, 0, 1, 0, 0] + Array(repeating: 0xFF, count: 8))
    let interface = block(1, [0, 101, 0, 0, 0, 0, 0xFF, 0xFF])
    let length = Frames.octets(UInt32(frame.count))
    let packet = block(6, Frames.octets(0) + Frames.octets(0) + Frames.octets(250) + length + length + frame)
    try TemporaryFile.with(section + interface + packet) { path in
      let datagrams = try CaptureReader.read(path: path).datagrams
      #expect(datagrams.map(\.bytes) == [Frames.payload])
      #expect(datagrams.map(\.timestamp) == [.microseconds(250)])
    }
  }

  @Test("Errors are told in words")
  func words() {
    #expect("\(FrameError.snapLength(captured: 60, original: 78))" == "only 60 of the frame's 78 octets were captured")
    #expect("\(CaptureError.linkLayer(path: "a.pcap", name: "USB"))" == "a.pcap: link layer USB is not supported")
  }
}
