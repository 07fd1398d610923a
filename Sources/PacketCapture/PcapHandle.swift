import CPcap

/// What files and interfaces have in common for libpcap.
enum PcapHandle {
  /// libpcap's name of a link layer.
  static func name(dataLink: Int32) -> String {
    pcap_datalink_val_to_name(dataLink).map { String(cString: $0) } ?? "\(dataLink)"
  }

  /// What libpcap's `pcap_next_ex` finds.
  enum Next {
    case frame(CapturedFrame, pcap_pkthdr)
    /// None now; an interface may have one later.
    case none
    case end
    case failed(String)
  }

  /// Asks for the next frame, which will have the number `number`.
  static func next(_ handle: OpaquePointer, number: Int) -> Next {
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var data: UnsafePointer<UInt8>?
    switch pcap_next_ex(handle, &header, &data) {
    case 1: break
    case 0: return .none
    case PCAP_ERROR_BREAK: return .end
    default: return .failed(String(cString: pcap_geterr(handle)))
    }
    guard let header = header?.pointee, let data else { return .none }
    let frame = CapturedFrame(
      number: number, timestamp: .seconds(header.ts.tv_sec) + .nanoseconds(header.ts.tv_usec),
      bytes: Array(UnsafeBufferPointer(start: data, count: Int(header.caplen))), originalLength: Int(header.len))
    return .frame(frame, header)
  }

  /// The text in one of libpcap's error buffers.
  static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Why an interface could not be opened.
  static func reason(_ status: Int32, _ handle: OpaquePointer) -> String {
    switch status {
    case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
      "not permitted: capturing needs root or the capability CAP_NET_RAW"
    case PCAP_ERROR_NO_SUCH_DEVICE: "there is no such interface"
    case PCAP_ERROR_IFACE_NOT_UP: "the interface is down"
    default: String(cString: pcap_geterr(handle))
    }
  }
}
