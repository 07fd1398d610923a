import NIOCore

/// The end of what a command has written: 4 KiB are kept, the rest is read and thrown away.
struct CommandOutput: Sendable {
  /// How much is kept, in octets.
  static let limit = 4096
  /// The longest reason, in characters.
  static let longestLine = 200

  /// The most that a command may write, in octets.
  static let longest = 16 << 20

  private var tail = ByteBuffer()
  private var written = 0

  /// Whether it has written more than it may.
  var isTooLong: Bool { written > Self.longest }

  /// Takes over what the command wrote next.
  mutating func append(_ bytes: RawSpan) {
    written += bytes.byteCount
    tail.writeBytes(bytes)
    tail.moveReaderIndex(forwardBy: max(tail.readableBytes - Self.limit, 0))
    tail.discardReadBytes()
  }

  /// The number of octets that are kept.
  var count: Int { tail.readableBytes }

  /// The last line that is not blank, its control characters replaced so that it can stand in a log; nil when there is none.
  var lastLine: String? {
    let lines = String(decoding: tail.readableBytesView, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard let line = lines.last(where: { !$0.allSatisfy(\.isWhitespace) }) else { return nil }
    let printable = line.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
    let text = String(String(printable).drop(while: \.isWhitespace))
    return text.count > Self.longestLine ? text.prefix(Self.longestLine) + "..." : text
  }
}
