/// Reads the OSPF packets of a capture file, of any format that libpcap reads, or of an interface.
///
/// Frames of other protocols are ignored. A frame that looks like OSPF and from which no packet can be taken is reported as
/// `CaptureRecord.unreadable`; reading goes on behind it.
public final class CaptureReader {
  private let source: any FrameSource
  private let linkLayer: LinkLayer
  private var reassembly = Reassembly()
  private var ready: [CaptureRecord] = []
  private var isAtEnd = false
  /// The number of frames read so far, those of other protocols included.
  public private(set) var frameCount = 0

  /// Opens a file; `-` is standard input.
  public convenience init(path: String) throws(CaptureError) {
    try self.init(PcapFile(path: path))
  }

  /// Captures on an interface until one of `signals` comes. With `file`, every frame is also written there as it is.
  public convenience init(interface: String, until signals: StopSignals, writing file: String? = nil) throws(CaptureError) {
    try self.init(PcapInterface(name: interface, signals: signals, file: file))
  }

  private init(_ source: any FrameSource) throws(CaptureError) {
    self.source = source
    guard let linkLayer = LinkLayer(dataLink: source.dataLink) else {
      throw .linkLayer(path: source.name, name: PcapHandle.name(dataLink: source.dataLink))
    }
    self.linkLayer = linkLayer
  }

  /// The next OSPF packet or unreadable frame; nil at the end of the file, or when a signal has ended the capture. Throws when the file
  /// itself is damaged, or the interface is gone.
  public func next() throws(CaptureError) -> CaptureRecord? {
    while ready.isEmpty, !isAtEnd {
      guard let frame = try source.next() else {
        isAtEnd = true
        report(reassembly.abandon(at: nil))
        break
      }
      frameCount = frame.number
      if !reassembly.isEmpty { report(reassembly.abandon(at: frame.timestamp)) }
      guard let record = record(of: frame) else { continue }
      guard !ready.isEmpty else { return record }
      ready.append(record)
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

  private func record(of frame: CapturedFrame) -> CaptureRecord? {
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

  private func packet(in frame: CapturedFrame) throws(FrameError) -> IPPacket? {
    var cursor = FrameCursor(frame.bytes, originalLength: frame.originalLength)
    guard try linkLayer.skipToIP(&cursor), let packet = try IPPacket(&cursor) else { return nil }
    guard let fragment = packet.fragment else { return packet }
    return try reassembly.take(packet, fragment: fragment, frame: frame.number, at: frame.timestamp)
  }
}
