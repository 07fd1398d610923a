import CPcap

/// A capture file that libpcap has open for reading.
final class PcapFile {
  private let handle: OpaquePointer
  private let path: String
  private var frame = 0

  /// One frame of the file.
  struct Frame {
    var number: Int
    var timestamp: Duration
    var bytes: [UInt8]
    var originalLength: Int
  }

  /// Opens a pcap or pcapng file.
  init(path: String) throws(CaptureError) {
    self.path = path
    var reason = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = pcap_open_offline_with_tstamp_precision(path, UInt32(PCAP_TSTAMP_PRECISION_NANO), &reason) else {
      throw .open(path: path, reason: Self.text(reason))
    }
    self.handle = handle
  }

  deinit { pcap_close(handle) }

  /// The link layer of all frames: libpcap's number.
  var dataLink: Int32 { pcap_datalink(handle) }

  /// The link layer's name.
  var dataLinkName: String {
    pcap_datalink_val_to_name(dataLink).map { String(cString: $0) } ?? "\(dataLink)"
  }

  /// The next frame, nil at the end of the file.
  func next() throws(CaptureError) -> Frame? {
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var data: UnsafePointer<UInt8>?
    switch pcap_next_ex(handle, &header, &data) {
    case 1: break
    case PCAP_ERROR_BREAK: return nil
    default: throw .read(path: path, frame: frame, reason: String(cString: pcap_geterr(handle)))
    }
    guard let header = header?.pointee, let data else { return nil }
    frame += 1
    return Frame(
      number: frame, timestamp: .seconds(header.ts.tv_sec) + .nanoseconds(header.ts.tv_usec),
      bytes: Array(UnsafeBufferPointer(start: data, count: Int(header.caplen))), originalLength: Int(header.len))
  }

  /// The text in one of libpcap's error buffers.
  static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
