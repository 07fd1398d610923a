import CPcap

/// A capture file that libpcap has open for reading.
final class PcapFile: FrameSource {
  let name: String
  private let handle: OpaquePointer
  private var frame = 0

  /// Opens a pcap or pcapng file; `-` is standard input.
  init(path: String) throws(CaptureError) {
    name = path
    var reason = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = pcap_open_offline_with_tstamp_precision(path, UInt32(PCAP_TSTAMP_PRECISION_NANO), &reason) else {
      // libpcap names the file in some of its reasons.
      let text = PcapHandle.text(reason)
      throw .open(path: path, reason: text.hasPrefix(path + ": ") ? String(text.dropFirst(path.count + 2)) : text)
    }
    self.handle = handle
  }

  deinit { pcap_close(handle) }

  var dataLink: Int32 { pcap_datalink(handle) }

  func next() throws(CaptureError) -> CapturedFrame? {
    switch PcapHandle.next(handle, number: frame + 1) {
    case .frame(let next, _):
      frame += 1
      return next
    case .none, .end: return nil
    case .failed(let reason): throw .read(path: name, frame: frame, reason: reason)
    }
  }
}
