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

/// Tells the packets of a capture, one after the other.
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

  /// The text of a record, without a line feed at its end; nil when it is not wanted. Throws when JSON cannot be made of it.
  public mutating func text(of record: CaptureRecord) throws -> String? {
    switch record {
    case .datagram(let datagram, let frame): return try text(of: InspectedPacket(datagram, frame: frame, keys: keys))
    case .unreadable(let frame, let error):
      guard filter == PacketSelection() else { return nil }
      guard style == .json else { return "frame \(frame): \(error)" }
      var fields = Fields()
      fields.number("Frame", "frame", UInt64(clamping: frame))
      fields.texts("Problems", "problems", [error.description])
      return try fields.json
    }
  }

  /// Times are counted from here, where nothing was printed before.
  public mutating func begin(at timestamp: Duration) { start = start ?? timestamp }

  /// The line of an event between packets; nil when it is not wanted. JSON has an object of a packet in each line, and nothing else.
  public mutating func text(of event: JournalEntry) -> String? {
    let start = self.start ?? event.timestamp
    self.start = start
    guard filter == PacketSelection(), style != .json else { return nil }
    return "\(CaptureTime.seconds(event.timestamp - start)) event: \(event.message)"
  }

  private mutating func text(of packet: InspectedPacket) throws -> String? {
    let start = self.start ?? packet.datagram.timestamp
    self.start = start
    guard filter.accepts(packet) else { return nil }
    if style == .json { return try packet.fields.json }
    var text = ""
    text.reserveCapacity(256)
    packet.appendSummary(to: &text, since: start, filter: filter)
    if style == .fields {
      text += "\n  TTL \(packet.datagram.ttl), \(packet.datagram.bytes.count) octets"
      packet.packetFields.appendLines(to: &text, indentation: 2)
    }
    return text
  }
}
