import CPcap
import Testing

@testable import PacketCapture

@Suite("The filter of a live capture")
struct CaptureFilterTests {
  /// Whether the kernel would hand the frame over.
  private func accepts(_ frame: [UInt8], filter: String, dataLink: Int32 = DLT_EN10MB) throws -> Bool {
    let handle = try #require(pcap_open_dead(dataLink, 65_535))
    defer { pcap_close(handle) }
    var program = bpf_program()
    try #require(pcap_compile(handle, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0)
    defer { pcap_freecode(&program) }
    var header = pcap_pkthdr()
    header.caplen = UInt32(frame.count)
    header.len = UInt32(frame.count)
    return frame.withUnsafeBufferPointer { pcap_offline_filter(&program, &header, $0.baseAddress) } != 0
  }

  private static let tags: [[UInt8]] = [[], [0x81, 0, 0, 5], [0x88, 0xA8, 0, 5, 0x81, 0, 0, 6]]
  private static let ipv4: [UInt8] = [8, 0]
  private static let ipv6: [UInt8] = [0x86, 0xDD]

  private static let wanted: [[UInt8]] = [
    ipv4 + Frames.ipv4(), ipv4 + Frames.ipv4(flagsAndOffset: 0x2000), ipv4 + Frames.ipv4(flagsAndOffset: 5),
    ipv4 + Frames.ipv4(protocol: 51), ipv6 + Frames.ipv6Datagram(), ipv6 + Frames.ipv6Datagram(nextHeader: 44),
    ipv6 + Frames.ipv6Datagram(nextHeader: 51),
  ]
  private static let unwanted: [[UInt8]] = [
    [8, 6] + Array(repeating: 0, count: 46), ipv4 + Frames.ipv4(protocol: 6), ipv6 + Frames.ipv6Datagram(nextHeader: 58),
  ]

  @Test("OSPF is captured, in fragments and behind an authentication header too, with no, one and two VLAN tags", arguments: tags)
  func accepted(tag: [UInt8]) throws {
    for packet in Self.wanted {
      #expect(try accepts(LinkLayerTests.ethernet + tag + packet, filter: PcapInterface.filters[0]), "\(packet)")
    }
  }

  @Test("What is not OSPF is not captured", arguments: tags)
  func refused(tag: [UInt8]) throws {
    for packet in Self.unwanted {
      #expect(try !accepts(LinkLayerTests.ethernet + tag + packet, filter: PcapInterface.filters[0]), "\(packet)")
    }
  }

  @Test("A link layer without tags has a filter without tags")
  func rawIP() throws {
    #expect(try accepts(Frames.ipv4(), filter: PcapInterface.filters[1], dataLink: DLT_RAW))
    #expect(try accepts(Frames.ipv6Datagram(), filter: PcapInterface.filters[1], dataLink: DLT_RAW))
    #expect(try !accepts(Frames.ipv4(protocol: 6), filter: PcapInterface.filters[1], dataLink: DLT_RAW))
  }
}
