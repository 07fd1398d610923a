import FoundationEssentials
import PacketCapture
import Testing

/// A capture file in a temporary directory, removed after use.
enum TemporaryFile {
  @discardableResult
  static func with<Result>(_ bytes: [UInt8] = [], _ body: (String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory.path + "/capture-\(UInt64.random(in: .min ... .max)).pcap"
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }
}

/// Hand-made frames, and the capture files that hold them.
enum Frames {
  /// One frame of a hand-made file.
  struct Frame {
    var bytes: [UInt8]
    var originalLength: Int?
    var seconds: UInt32 = 0
  }

  /// A pcap file in the byte order of the network, which is not this machine's, with microseconds.
  static func pcap(linkType: UInt8, _ frames: [Frame]) -> [UInt8] {
    let header: [UInt8] = [0xA1, 0xB2, 0xC3, 0xD4, 0, 2, 0, 4] + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, linkType]
    return frames.reduce(header) { file, frame in
      file + octets(frame.seconds) + octets(5) + octets(UInt32(frame.bytes.count))
        + octets(UInt32(frame.originalLength ?? frame.bytes.count)) + frame.bytes
    }
  }

  /// Everything that the reader finds in a hand-made file.
  static func read(linkType: UInt8, _ frames: [Frame]) throws -> [CaptureRecord] {
    try TemporaryFile.with(pcap(linkType: linkType, frames)) { path in
      let reader = try CaptureReader(path: path)
      var records: [CaptureRecord] = []
      while let record = try reader.next() { records.append(record) }
      return records
    }
  }

  static func octets(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }

  /// What stands in for an OSPF packet: to the reader it is bytes.
  static let payload: [UInt8] = Array(1...48)

  /// An IPv4 header of 20 octets, and a payload, from 10.0.0.1 to 224.0.0.5.
  static func ipv4(
    payload: [UInt8] = payload, protocol number: UInt8 = 89, options: [UInt8] = [], flagsAndOffset: UInt16 = 0,
    identification: UInt16 = 7
  ) -> [UInt8] {
    let length = UInt16(20 + options.count + payload.count)
    return [0x45 + UInt8(options.count / 4), 0xC0, UInt8(length >> 8), UInt8(length & 0xFF)]
      + [UInt8(identification >> 8), UInt8(identification & 0xFF), UInt8(flagsAndOffset >> 8), UInt8(flagsAndOffset & 0xFF)]
      + [1, number, 0, 0, 10, 0, 0, 1, 224, 0, 0, 5] + options + payload
  }

  /// An IPv6 header and a payload, from fe80::1 to ff02::5.
  static func ipv6(nextHeader: UInt8 = 89, payload: [UInt8] = payload) -> [UInt8] {
    let zeros: [UInt8] = Array(repeating: 0, count: 13)
    return [0x60, 0, 0, 0, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF), nextHeader, 1] + [0xFE, 0x80] + zeros + [1]
      + [0xFF, 0x02] + zeros + [5]
  }

  static func ipv6Datagram(nextHeader: UInt8 = 89, payload: [UInt8] = payload) -> [UInt8] {
    ipv6(nextHeader: nextHeader, payload: payload) + payload
  }
}
