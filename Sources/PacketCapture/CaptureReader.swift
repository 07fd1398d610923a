/// Reads the OSPF packets of a capture file, of any format that libpcap reads.
///
/// Frames of other protocols are passed over. A frame that looks like OSPF and from which no packet can be taken is reported as
/// `CaptureRecord.unreadable`; reading goes on behind it.
public final class CaptureReader {
  private let file: PcapFile
  private let linkLayer: LinkLayer
  private var reassembly = Reassembly()
  private var ready: [CaptureRecord] = []
  private var isAtEnd = false
  /// The number of frames read so far, those of other protocols included.
  public private(set) var frameCount = 0

  /// Opens a file.
  public init(path: String) throws(CaptureError) {
    file = try PcapFile(path: path)
    guard let linkLayer = LinkLayer(dataLink: file.dataLink) else {
      throw .linkLayer(path: path, name: file.dataLinkName)
    }
    self.linkLayer = linkLayer
  }

  /// The next OSPF packet or unreadable frame; nil at the end of the file. Throws when the file itself is damaged.
  public func next() throws(CaptureError) -> CaptureRecord? {
    while ready.isEmpty, !isAtEnd {
      guard let frame = try file.next() else {
        isAtEnd = true
        report(reassembly.abandon(at: nil))
        break
      }
      frameCount = frame.number
      report(reassembly.abandon(at: frame.timestamp))
      if let record = record(of: frame) { ready.append(record) }
    }
    return ready.isEmpty ? nil : ready.removeFirst()
  }

  /// Reads a whole file. Throws when it cannot be read to its end; unreadable frames come back beside the packets.
  public static func read(
    path: String
  ) throws(CaptureError) -> (datagrams: [CapturedDatagram], unreadable: [(frame: Int, error: FrameError)]) {
    let reader = try CaptureReader(path: path)
    var datagrams: [CapturedDatagram] = []
    var unreadable: [(frame: Int, error: FrameError)] = []
    while let record = try reader.next() {
      switch record {
      case .datagram(let datagram, _): datagrams.append(datagram)
      case .unreadable(let frame, let error): unreadable.append((frame, error))
      }
    }
    return (datagrams, unreadable)
  }

  private func report(_ abandoned: [Reassembly.Abandoned]) {
    ready += abandoned.map { .unreadable(frame: $0.frame, .fragmentsMissing(received: $0.received)) }
  }

  private func record(of frame: PcapFile.Frame) -> CaptureRecord? {
    do throws(FrameError) {
      guard let packet = try packet(in: frame) else { return nil }
      let datagram = CapturedDatagram(
        timestamp: frame.timestamp, source: packet.source, destination: packet.destination, ttl: packet.ttl,
        bytes: Array(packet.payload))
      return .datagram(datagram, frame: frame.number)
    } catch {
      return .unreadable(frame: frame.number, error)
    }
  }

  private func packet(in frame: PcapFile.Frame) throws(FrameError) -> IPPacket? {
    var cursor = FrameCursor(frame.bytes, originalLength: frame.originalLength)
    guard try linkLayer.skipToIP(&cursor), let packet = try IPPacket(&cursor) else { return nil }
    guard let fragment = packet.fragment else { return packet }
    return try reassembly.take(packet, fragment: fragment, frame: frame.number, at: frame.timestamp)
  }
}
