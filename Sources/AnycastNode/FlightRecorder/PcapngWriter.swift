/// Blocks of a pcapng file (draft-ietf-opsawg-pcapng), least significant octet first.
struct PcapngWriter {
  private(set) var octets: [UInt8] = []

  /// LINKTYPE_ETHERNET. Raw IP would do, but libpcap refuses a second interface of that type.
  private static let ethernet: UInt16 = 1
  private static let snapLength: UInt32 = 262_144

  /// Section 4.1.
  mutating func section(comment: String, application: String) {
    block(0x0A0D_0D0A) { block in
      block.append(UInt32(0x1A2B_3C4D))
      block.append(UInt16(1))
      block.append(UInt16(0))
      // How long the section is, is not said.
      block.append(UInt64.max)
      block.append(option: 1, Array(comment.utf8))
      block.append(option: 4, Array(application.utf8))
      block.endOptions()
    }
  }

  /// Section 4.2. Times are in nanoseconds.
  mutating func interface(_ name: String) {
    block(1) { block in
      block.append(Self.ethernet)
      block.append(UInt16(0))
      block.append(Self.snapLength)
      block.append(option: 2, Array(name.utf8))
      block.append(option: 9, [9])
      block.endOptions()
    }
  }

  /// Section 4.3: an Enhanced Packet Block.
  mutating func packet(_ bytes: [UInt8], interface: UInt32, isInbound: Bool, nanoseconds: UInt64) {
    block(6) { block in
      block.append(interface)
      block.append(UInt32(truncatingIfNeeded: nanoseconds >> 32))
      block.append(UInt32(truncatingIfNeeded: nanoseconds))
      block.append(UInt32(bytes.count))
      block.append(UInt32(bytes.count))
      block.octets += bytes
      block.pad()
      // epb_flags
      block.append(option: 2, [isInbound ? 1 : 2, 0, 0, 0])
      block.endOptions()
    }
  }

  /// A systemd Journal Export Block: an entry in the Journal Export Format.
  mutating func journalEntry(_ message: String, _ fields: [(name: String, value: String)], nanoseconds: UInt64) {
    let lines =
      [
        // The journal knows microseconds; what is said of a packet must not come before it.
        ("__REALTIME_TIMESTAMP", String(nanoseconds / 1000)), ("REALTIME_NANOSECONDS", String(nanoseconds)),
        ("SYSLOG_IDENTIFIER", "anycast-ospfd"), ("MESSAGE", message),
      ] + fields
    block(9) { block in
      for (name, value) in lines {
        // A line feed would end the field.
        block.octets += Array("\(name)=\(String(value.map { $0.isNewline ? " " : $0 }))\n".utf8)
      }
      block.pad()
    }
  }

  private mutating func block(_ type: UInt32, _ body: (inout PcapngWriter) -> Void) {
    var block = PcapngWriter()
    body(&block)
    let length = UInt32(block.octets.count + 12)
    append(type)
    append(length)
    octets += block.octets
    append(length)
  }

  private mutating func append(option code: UInt16, _ value: [UInt8]) {
    append(code)
    append(UInt16(clamping: value.count))
    octets += value.prefix(Int(UInt16.max))
    pad()
  }

  private mutating func endOptions() { append(UInt32(0)) }

  private mutating func pad() { while octets.count % 4 != 0 { octets.append(0) } }

  private mutating func append(_ value: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { octets.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
}
