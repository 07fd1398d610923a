import CPcap
import OSPFWire

/// Writes OSPF packets to a pcap file that every tool reads, timestamps to the nanosecond.
public final class CaptureWriter {
  /// What the frames begin with.
  public enum Encapsulation: Sendable {
    /// The IP header.
    case rawIP
    /// An Ethernet header whose addresses are made from the IP addresses.
    case ethernet
  }

  private let path: String
  private let encapsulation: Encapsulation
  private let handle: OpaquePointer
  private var dumper: OpaquePointer?

  /// The file is created, or emptied.
  public init(path: String, encapsulation: Encapsulation = .rawIP) throws(CaptureError) {
    self.path = path
    self.encapsulation = encapsulation
    let dataLink =
      switch encapsulation {
      case .rawIP: DLT_RAW
      case .ethernet: DLT_EN10MB
      }
    let precision = UInt32(PCAP_TSTAMP_PRECISION_NANO)
    guard let handle = pcap_open_dead_with_tstamp_precision(dataLink, 262_144, precision) else {
      throw .write(path: path, reason: "out of memory")
    }
    guard let dumper = pcap_dump_open(handle, path) else {
      defer { pcap_close(handle) }
      throw .write(path: path, reason: String(cString: pcap_geterr(handle)))
    }
    self.handle = handle
    self.dumper = dumper
  }

  deinit {
    if let dumper { pcap_dump_close(dumper) }
    pcap_close(handle)
  }

  /// Appends a packet, in one IP datagram without options. Throws `.datagram` when it does not fit into one.
  public func write(_ datagram: CapturedDatagram) throws(CaptureError) {
    guard let dumper else { throw .write(path: path, reason: "closed") }
    let frame = try IPHeader.ethernetHeader(datagram, encapsulation) + IPHeader.header(datagram) + datagram.bytes
    let (seconds, attoseconds) = datagram.timestamp.components
    var header = pcap_pkthdr()
    header.ts.tv_sec = Int(seconds)
    header.ts.tv_usec = Int(attoseconds / 1_000_000_000)
    header.caplen = UInt32(frame.count)
    header.len = UInt32(frame.count)
    Self.dump(frame, &header, to: dumper)
  }

  /// Writes out what is buffered and closes the file. Throws when not everything could be written.
  public func close() throws(CaptureError) {
    guard let dumper else { return }
    self.dumper = nil
    let isWritten = pcap_dump_flush(dumper) == 0
    pcap_dump_close(dumper)
    guard isWritten else { throw .write(path: path, reason: "not everything could be written") }
  }

  private static func dump(_ frame: [UInt8], _ header: inout pcap_pkthdr, to dumper: OpaquePointer) {
    frame.withUnsafeBufferPointer { pcap_dump(UnsafeMutablePointer(dumper), &header, $0.baseAddress) }
  }
}
