import FlightRecords
import OSPFProtocol
import OSPFWire

/// What a flight recorder had in memory at one instant, as a file: pcapng, with the packets in frames of Ethernet, and the events as entries of a
/// journal, which Wireshark shows between the packets.
///
/// Simple passwords are left out; digests say nothing of their keys.
public struct FlightRecording: Sendable {
  public var records: [FlightRecord]
  /// What the file says of itself.
  public var comment: String
  /// The names of the devices by their index.
  public var devices: [UInt32: String]
  /// Nanoseconds since 1970 at the instant zero.
  public var epoch: Int64

  public init(records: [FlightRecord], comment: String, devices: [UInt32: String], epoch: Int64) {
    self.records = records
    self.comment = comment
    self.devices = devices
    self.epoch = epoch
  }

  /// The file.
  public var pcapng: [UInt8] {
    var file = PcapngWriter()
    file.section(comment: comment, application: "anycast-ospfd")
    var interfaces: [UInt32: UInt32] = [:]
    for record in records.sorted(by: { $0.time < $1.time }) {
      let time = UInt64(clamping: epoch + record.time.nanoseconds)
      switch record.content {
      case .event(let words, let fact): file.journalEntry(words, fact?.fields ?? [], nanoseconds: time)
      case .packet(let packet):
        guard let frame = packet.frame else { continue }
        let index = packet.interfaceIndex
        if interfaces[index] == nil {
          interfaces[index] = UInt32(interfaces.count)
          file.interface(devices[index] ?? "interface \(index)")
        }
        file.packet(frame, interface: interfaces[index] ?? 0, isInbound: packet.direction == .inbound, nanoseconds: time)
      }
    }
    return file.octets
  }
}

extension FlightRecord.Packet {
  /// The IP datagram in a frame whose addresses stand for this node and for its neighbors.
  var frame: [UInt8]? {
    datagram.map { datagram in
      let (node, others): (UInt8, UInt8) = (1, 2)
      let (from, to) = direction == .inbound ? (others, node) : (node, others)
      return [2, 0, 0, 0, 0, to, 2, 0, 0, 0, 0, from] + (source.v4 == nil ? [0x86, 0xDD] : [0x08, 0x00]) + datagram
    }
  }

  /// The whole IP datagram; nil where the addresses are of two families, or it is too long for one.
  var datagram: [UInt8]? {
    let payload = withoutPassword
    let contents: [UInt8]
    switch kind {
    case .ospf: contents = payload
    case .bfd:
      // RFC 5881 section 4. The source port is not kept, and a checksum of 0 is none.
      contents =
        Self.octets(UInt16(49152)) + Self.octets(UInt16(3784)) + Self.octets(UInt16(truncatingIfNeeded: payload.count + 8)) + [
          0, 0,
        ]
        + payload
    }
    let number: UInt8 = kind == .ospf ? 89 : 17
    let ttl: UInt8 = kind == .ospf ? 1 : 255
    switch (source, destination) {
    case (.v4(let source), .v4(let destination)):
      guard let length = UInt16(exactly: contents.count + 20) else { return nil }
      var header: [UInt8] = [0x45, 0xC0] + Self.octets(length) + [0, 0, 0, 0, ttl, number, 0, 0]
      header += Self.octets(source.rawValue) + Self.octets(destination.rawValue)
      header.replaceSubrange(10..<12, with: Self.octets(InternetChecksum.compute(header.rawSpan)))
      return header + contents
    case (.v6(let source), .v6(let destination)):
      guard let length = UInt16(exactly: contents.count) else { return nil }
      return [0x6C, 0, 0, 0] + Self.octets(length) + [number, ttl] + source.octets + destination.octets + contents
    case (.v4, .v6), (.v6, .v4): return nil
    }
  }

  /// RFC 2328 section D.2: AuType 1, a password that everybody can read. RFC 5880 section 4.2 has the same.
  private var withoutPassword: [UInt8] {
    var bytes = bytes
    switch kind {
    case .ospf:
      guard bytes.count >= 24, bytes[0] == 2, bytes[14] == 0, bytes[15] == 1 else { break }
      for index in 16..<24 { bytes[index] = 0 }
    case .bfd:
      guard bytes.count > 26, bytes[1] & 0x04 != 0, bytes[24] == 1 else { break }
      for index in 27..<bytes.count { bytes[index] = 0 }
    }
    return bytes
  }

  private static func octets(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
