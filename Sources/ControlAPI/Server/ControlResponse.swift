import NIOCore
import NIOHTTP1

/// The daemon's answer as it comes in.
struct ControlResponse {
  private var parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator
  private let path: String

  init(parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator, path: String) {
    self.parts = parts
    self.path = path
  }

  /// The status line and headers.
  mutating func head() async throws -> HTTPResponseHead {
    guard case .head(let head) = try await parts.next() else { throw ControlClientError.cutOff(path: path) }
    return head
  }

  /// The next piece of the body, nil at its end. Throws `cutOff` when the connection ends before the body does.
  mutating func nextPiece() async throws -> ByteBuffer? {
    switch try await parts.next() {
    case .body(let piece): piece
    case .end: nil
    case .head, nil: throw ControlClientError.cutOff(path: path)
    }
  }

  /// The whole body.
  mutating func wholeBody() async throws -> ByteBuffer {
    var body = ByteBuffer()
    while var piece = try await nextPiece() { body.writeBuffer(&piece) }
    return body
  }
}

/// Cuts a stream of bytes at line feeds, whatever the pieces in which it arrives.
struct LineSplitter {
  private var pending = ByteBuffer()

  /// The lines that `piece` completes, without their line feeds.
  mutating func split(_ piece: ByteBuffer) -> [ByteBuffer] {
    pending.writeImmutableBuffer(piece)
    var lines: [ByteBuffer] = []
    while let end = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
      guard let line = pending.readSlice(length: end - pending.readerIndex) else { break }
      pending.moveReaderIndex(forwardBy: 1)
      lines.append(line)
    }
    pending.discardReadBytes()
    return lines
  }
}
