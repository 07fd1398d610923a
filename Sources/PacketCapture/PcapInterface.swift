import CLinux
import CPcap
import Glibc

/// An interface on which libpcap captures. Only OSPF is asked for: what the kernel filters out is never copied.
final class PcapInterface: FrameSource {
  let name: String
  private let handle: OpaquePointer
  private let signals: StopSignals
  private var frame = 0
  private let file: String?
  private var dumper: OpaquePointer?

  /// OSPF in IPv4 and IPv6, in fragments and behind an authentication header too.
  private static let packets = "(ip proto 89 or ip proto 51 or ip6 proto 89 or ip6 proto 44 or ip6 proto 51)"
  /// What is asked for, and the same for a link layer without VLAN tags, for which libpcap refuses the first one. Each `vlan` makes the
  /// filter look one tag deeper, in everything that stands behind it.
  static let filters = ["\(packets) or (vlan and (\(packets) or (vlan and \(packets))))", packets]

  /// Opens an interface; frames come until one of `signals` does. With `file`, every frame is also written there as it is.
  init(name: String, signals: StopSignals, file: String?) throws(CaptureError) {
    self.name = name
    self.signals = signals
    self.file = file
    var reason = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = pcap_create(name, &reason) else { throw .interface(name: name, reason: PcapHandle.text(reason)) }
    self.handle = handle
    pcap_set_snaplen(handle, 65_535)
    // AllSPFRouters may have no member on this machine, and what neighbors say to each other is of interest.
    pcap_set_promisc(handle, 1)
    pcap_set_immediate_mode(handle, 1)
    pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
    let status = pcap_activate(handle)
    guard status >= 0 else { throw .interface(name: name, reason: PcapHandle.reason(status, handle)) }
    try setFilter()
    guard pcap_setnonblock(handle, 1, &reason) == 0 else { throw .interface(name: name, reason: PcapHandle.text(reason)) }
    if let file {
      dumper = pcap_dump_open(handle, file)
      if dumper == nil { throw .write(path: file, reason: String(cString: pcap_geterr(handle))) }
    }
  }

  deinit {
    if let dumper { pcap_dump_close(dumper) }
    pcap_close(handle)
  }

  var dataLink: Int32 { pcap_datalink(handle) }

  /// The next frame, when it has come; nil when a signal came first.
  func next() throws(CaptureError) -> CapturedFrame? {
    while true {
      switch PcapHandle.next(handle, number: frame + 1) {
      case .frame(let next, var header):
        frame += 1
        write(next, &header)
        return next
      case .none: guard try wait() else { return nil }
      case .end: return nil
      case .failed(let reason): throw .interface(name: name, reason: reason)
      }
    }
  }

  /// Waits until a frame or a signal is there; false when it is a signal.
  private func wait() throws(CaptureError) -> Bool {
    if let dumper, pcap_dump_flush(dumper) != 0 {
      throw .write(path: file ?? "", reason: String(cString: clinux_error_description(errno)))
    }
    var descriptors = [pcap_get_selectable_fd(handle), signals.descriptor].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    while poll(&descriptors, nfds_t(descriptors.count), -1) < 0 {
      guard errno == EINTR else { throw .interface(name: name, reason: String(cString: clinux_error_description(errno))) }
    }
    return descriptors[1].revents == 0
  }

  private func write(_ frame: CapturedFrame, _ header: inout pcap_pkthdr) {
    guard let dumper else { return }
    frame.bytes.withUnsafeBufferPointer { pcap_dump(UnsafeMutablePointer(dumper), &header, $0.baseAddress) }
  }

  private func setFilter() throws(CaptureError) {
    for filter in Self.filters {
      var program = bpf_program()
      guard pcap_compile(handle, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0 else { continue }
      defer { pcap_freecode(&program) }
      guard pcap_setfilter(handle, &program) == 0 else { continue }
      return
    }
    throw .interface(name: name, reason: String(cString: pcap_geterr(handle)))
  }
}
