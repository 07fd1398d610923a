import OSPFWire
import PacketCapture
import Testing

@Suite("Fragments")
struct ReassemblyTests {
  static let payload: [UInt8] = (0..<100).map { UInt8($0) }

  /// A fragment of `payload`, from 10.0.0.1, with the offset in octets.
  private func fragment(_ range: Range<Int>, identification: UInt16 = 7, isLast: Bool = false) -> Frames.Frame {
    let flags: UInt16 = isLast ? 0 : 0x2000
    return .init(
      bytes: Frames.ipv4(
        payload: Array(Self.payload[range]), flagsAndOffset: flags | UInt16(range.lowerBound / 8),
        identification: identification))
  }

  private func read(_ frames: Frames.Frame...) throws -> [CaptureRecord] { try Frames.read(linkType: 101, frames) }

  private func expectWhole(_ records: [CaptureRecord], frame: Int, _ comment: Comment? = nil) {
    guard records.count == 1, case .datagram(let found, frame) = records[0] else {
      Issue.record("\(records)")
      return
    }
    #expect(found.bytes == Self.payload, comment)
  }

  @Test("RFC 791: fragments in any order make the datagram, when the last one comes")
  func anyOrder() throws {
    let pieces = [fragment(0..<40), fragment(40..<80), fragment(80..<100, isLast: true)]
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      expectWhole(try Frames.read(linkType: 101, order.map { pieces[$0] }), frame: 3, "\(order)")
    }
  }

  @Test("A fragment that comes twice changes nothing")
  func duplicate() throws {
    expectWhole(try read(fragment(0..<40), fragment(0..<40), fragment(40..<100, isLast: true)), frame: 3)
  }

  @Test("Datagrams with different identifications are kept apart")
  func identification() throws {
    let records = try read(
      fragment(0..<40, identification: 1), fragment(0..<40, identification: 2),
      fragment(40..<100, identification: 2, isLast: true))
    #expect(records.count == 2)
    #expect(records.last == .unreadable(frame: 1, .fragmentsMissing(received: 1)))
  }

  @Test("RFC 5722: a fragment that overlaps makes the datagram unreadable")
  func overlap() throws {
    let records = try read(fragment(0..<40), fragment(32..<100, isLast: true))
    #expect(records == [.unreadable(frame: 2, .fragment(offset: 32, length: 68))])
  }

  @Test("A fragment behind the last one, and a last one in front of another, are refused")
  func beyondEnd() throws {
    #expect(
      try read(fragment(40..<80, isLast: true), fragment(80..<96)) == [.unreadable(frame: 2, .fragment(offset: 80, length: 16))])
    #expect(
      try read(fragment(80..<96), fragment(40..<60, isLast: true)) == [.unreadable(frame: 2, .fragment(offset: 40, length: 20))])
  }

  @Test("A fragment that is not the last is a multiple of eight octets long")
  func length() throws {
    #expect(try read(fragment(0..<41)) == [.unreadable(frame: 1, .fragment(offset: 0, length: 41))])
  }

  @Test("A fragment that reaches beyond 65,535 octets is refused")
  func tooLong() throws {
    let frame = Frames.ipv4(payload: Self.payload, flagsAndOffset: 0x1FFF)
    #expect(
      try read(.init(bytes: frame)) == [.unreadable(frame: 1, .fragment(offset: 65_528, length: 100))])
  }

  @Test("Fragments that stay alone are reported when their time is over, and at the end of the file")
  func missing() throws {
    var late = fragment(0..<40, identification: 2)
    late.seconds = 60
    #expect(
      try read(fragment(0..<40, identification: 1), late) == [
        .unreadable(frame: 1, .fragmentsMissing(received: 1)), .unreadable(frame: 2, .fragmentsMissing(received: 1)),
      ])
  }

  @Test("No more than 64 datagrams are held incomplete, nor more than 128 fragments of one")
  func limits() throws {
    let datagrams = (0..<70).map { fragment(0..<40, identification: $0) }
    let refused = try Frames.read(linkType: 101, datagrams).filter { record in
      if case .unreadable(_, .tooManyFragments(limit: 64)) = record { true } else { false }
    }
    #expect(refused.count == 6)
    let pieces = (0..<130).map { index in
      Frames.Frame(bytes: Frames.ipv4(payload: Array(repeating: 0, count: 8), flagsAndOffset: 0x2000 | UInt16(index)))
    }
    #expect(try Frames.read(linkType: 101, pieces).contains(.unreadable(frame: 129, .tooManyFragments(limit: 128))))
  }

  @Test("RFC 8200 section 4.5: IPv6 fragments make the datagram, with the headers that were split off")
  func ipv6() throws {
    let whole: [UInt8] = [89, 4, 0, 0] + Array(repeating: 7, count: 20) + Self.payload
    let frames = [(0..<64, true), (64..<124, false)].map { range, more in
      let offset = UInt16(range.lowerBound) | (more ? 1 : 0)
      let header: [UInt8] = [51, 0, UInt8(offset >> 8), UInt8(offset & 0xFF), 0, 0, 0, 9]
      return Frames.Frame(bytes: Frames.ipv6Datagram(nextHeader: 44, payload: header + whole[range]))
    }
    expectWhole(try Frames.read(linkType: 101, frames), frame: 2)
    expectWhole(try Frames.read(linkType: 101, frames.reversed()), frame: 2)
  }

  @Test("Fragments of other protocols are passed over")
  func otherProtocol() throws {
    #expect(try read(.init(bytes: Frames.ipv4(payload: Self.payload, protocol: 17, flagsAndOffset: 0x2000))) == [])
  }
}
