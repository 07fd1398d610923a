import CPcap
import Glibc
import OSPFWire

/// Finds out whether another host on a link has an address of ours, by the probe of RFC 5227 section 2.1.1: whoever has it answers. Its
/// packets never get past the kernel, which takes what comes from an address of its own for forged.
public enum AddressProbe {
  /// An address of ours, and the Ethernet device that has it.
  public struct Question: Hashable, Sendable {
    /// The device's name.
    public var device: String
    /// The device's hardware address.
    public var hardwareAddress: HardwareAddress
    /// The address.
    public var address: IPv4Address

    /// Asks about an address.
    public init(device: String, hardwareAddress: HardwareAddress, address: IPv4Address) {
      self.device = device
      self.hardwareAddress = hardwareAddress
      self.address = address
    }
  }

  /// Each question is asked twice. How long answers are waited for each time, in milliseconds from the beginning.
  private static let ends = [200, 400]

  /// The questions that another host answers, each with its hardware address. `own` are the hardware addresses of this host, which may have
  /// several devices on one link.
  public static func conflicts(
    _ questions: [Question], own: Set<HardwareAddress>
  ) throws(CaptureError) -> [Question: HardwareAddress] {
    var devices: [ProbedDevice] = []
    for (name, group) in Dictionary(grouping: questions, by: \.device) {
      devices.append(try ProbedDevice(name: name, questions: group))
    }
    let begin = milliseconds()
    var found: [Question: HardwareAddress] = [:]
    for next in ends {
      for device in devices { try device.ask() }
      try listen(to: devices, own: own, until: begin + next, &found)
    }
    return found
  }

  private static func listen(
    to devices: [ProbedDevice], own: Set<HardwareAddress>, until end: Int, _ found: inout [Question: HardwareAddress]
  ) throws(CaptureError) {
    while case let rest = end - milliseconds(), rest > 0, !devices.isEmpty {
      var descriptors = devices.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      guard poll(&descriptors, nfds_t(descriptors.count), Int32(rest)) > 0 else { continue }
      for device in devices {
        for claim in try device.claims() where !own.contains(claim.sender) {
          for question in device.questions where question.address == claim.address { found[question] = claim.sender }
        }
      }
    }
  }

  private static func milliseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000 + now.tv_nsec / 1_000_000
  }
}

/// The address of an Ethernet device.
public struct HardwareAddress: Hashable, Sendable, CustomStringConvertible {
  /// Six octets.
  public let octets: [UInt8]

  /// Takes six octets.
  public init?(octets: some Collection<UInt8>) {
    guard octets.count == 6 else { return nil }
    self.octets = Array(octets)
  }

  /// Reads `02:00:5e:00:53:01`.
  public init?(_ text: some StringProtocol) {
    self.init(
      octets: text.split(separator: ":").compactMap {
        $0.utf8.count == 2 && $0.allSatisfy(\.isHexDigit) ? UInt8($0, radix: 16) : nil
      })
  }

  public var description: String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }
}

/// ARP in an Ethernet frame (RFC 826).
struct ARPFrame {
  /// Who speaks.
  let sender: HardwareAddress
  /// The address that it says it has.
  let address: IPv4Address

  /// Ethernet, IPv4, and how long the addresses of each are.
  private static let kind: [UInt8] = [0, 1, 8, 0, 6, 4]

  /// Reads a frame; nil when it is another protocol's.
  init?(_ frame: [UInt8]) {
    guard frame.count >= 42, frame[12] == 8, frame[13] == 6, Array(frame[14..<20]) == Self.kind,
      let sender = HardwareAddress(octets: frame[22..<28])
    else { return nil }
    self.sender = sender
    address = IPv4Address(frame[28], frame[29], frame[30], frame[31])
  }

  /// The question who has an address, from somebody who does not say that it is its own.
  static func probe(_ question: AddressProbe.Question) -> [UInt8] {
    let own = question.hardwareAddress.octets
    let wanted = question.address.rawValue
    let header = [UInt8](repeating: 0xFF, count: 6) + own + [8, 6] + kind + [0, 1]
    let target = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: wanted >> $0) }
    return header + own + [0, 0, 0, 0] + [UInt8](repeating: 0, count: 6) + target
  }
}

/// A device on which is asked.
private final class ProbedDevice {
  let name: String
  let questions: [AddressProbe.Question]
  private let handle: OpaquePointer

  init(name: String, questions: [AddressProbe.Question]) throws(CaptureError) {
    self.name = name
    self.questions = questions
    var reason = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = pcap_create(name, &reason) else { throw .interface(name: name, reason: PcapHandle.text(reason)) }
    self.handle = handle
    pcap_set_snaplen(handle, 128)
    pcap_set_immediate_mode(handle, 1)
    let status = pcap_activate(handle)
    guard status >= 0 else { throw .interface(name: name, reason: PcapHandle.reason(status, handle)) }
    var program = bpf_program()
    guard pcap_datalink(handle) == DLT_EN10MB, pcap_compile(handle, &program, "arp", 1, PCAP_NETMASK_UNKNOWN) == 0 else {
      throw .interface(name: name, reason: "it is no Ethernet device")
    }
    defer { pcap_freecode(&program) }
    guard pcap_setfilter(handle, &program) == 0, pcap_setnonblock(handle, 1, &reason) == 0 else {
      throw .interface(name: name, reason: String(cString: pcap_geterr(handle)))
    }
  }

  deinit { pcap_close(handle) }

  var descriptor: Int32 { pcap_get_selectable_fd(handle) }

  func ask() throws(CaptureError) {
    for question in questions {
      let frame = ARPFrame.probe(question)
      guard pcap_inject(handle, frame, frame.count) == Int32(frame.count) else {
        throw .interface(name: name, reason: String(cString: pcap_geterr(handle)))
      }
    }
  }

  /// What others have said since.
  func claims() throws(CaptureError) -> [ARPFrame] {
    var claims: [ARPFrame] = []
    while true {
      switch PcapHandle.next(handle, number: 0) {
      case .frame(let frame, _): if let claim = ARPFrame(frame.bytes) { claims.append(claim) }
      case .none, .end: return claims
      case .failed(let reason): throw .interface(name: name, reason: reason)
      }
    }
  }
}
