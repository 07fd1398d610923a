import OSPFWire
import PacketCapture

/// How much of each packet is told.
public enum PrintStyle: Hashable, Sendable {
  /// One line.
  case summary
  /// A line, and below it every field.
  case fields
  /// Every field as a JSON object in one line.
  case json
}

/// Tells the packets of a capture, one after the other. What is told of each ends with a line feed.
public struct PacketPrinter: Sendable {
  /// How much is told.
  public let style: PrintStyle
  /// Which packets are told.
  public let filter: PacketSelection
  /// What authentication is verified with.
  public let keys: [PacketKey]
  private var start: Duration?

  public init(style: PrintStyle, filter: PacketSelection = PacketSelection(), keys: [PacketKey] = []) {
    self.style = style
    self.filter = filter
    self.keys = keys
  }

  /// Appends what a record says; nothing when it is not wanted. Throws when JSON cannot be made of it.
  public mutating func append(_ record: CaptureRecord, to text: inout TextBuffer) throws {
    switch record {
    case .datagram(let datagram, let frame): try append(InspectedPacket(datagram, frame: frame, keys: keys), to: &text)
    case .unreadable(let frame, let error):
      guard filter == PacketSelection() else { return }
      guard style == .json else { return text.append("frame ", frame, ": ", error.description, "\n") }
      var fields = Fields()
      fields.number("Frame", "frame", UInt64(clamping: frame))
      fields.texts("Problems", "problems", [error.description])
      text.append(try fields.json, "\n")
    }
  }

  /// Times are counted from here, where nothing was printed before.
  public mutating func begin(at timestamp: Duration) { start = start ?? timestamp }

  /// Appends the line of an event between packets; nothing when it is not wanted. JSON has an object of a packet in each line, and nothing
  /// else.
  public mutating func append(_ event: JournalEntry, to text: inout TextBuffer) {
    let start = self.start ?? event.timestamp
    self.start = start
    guard filter == PacketSelection(), style != .json else { return }
    text.append(CaptureTime(event.timestamp - start), " event: ", event.message, "\n")
  }

  private mutating func append(_ packet: InspectedPacket, to text: inout TextBuffer) throws {
    let start = self.start ?? packet.datagram.timestamp
    self.start = start
    guard filter.accepts(packet) else { return }
    if style == .json { return text.append(try packet.fields.json, "\n") }
    packet.appendSummary(to: &text, since: start, filter: filter)
    if style == .fields {
      text.append("\n  TTL ", packet.datagram.ttl, ", ", packet.datagram.bytes.count, " octets")
      packet.appendLines(to: &text, indentation: 2)
    }
    text.append("\n")
  }
}
