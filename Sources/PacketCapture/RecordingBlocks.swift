import FoundationEssentials

/// What libpcap passes over in a pcapng file: the devices that frames went through, and the entries of a journal between them.
public struct RecordingBlocks: Sendable {
  /// The entries in the order of the file.
  public private(set) var entries: [JournalEntry] = []
  private var devices: [String?] = []
  /// The device of each frame, as its place in `devices`.
  private var frames: [Int] = []

  /// Reads a file. Nothing is found where it is none of pcapng, or of another byte order than what this project writes.
  public init(path: String) {
    let contents = path == "-" ? nil : try? Data(contentsOf: URL(fileURLWithPath: path))
    self.init(contents.map { Array($0) } ?? [])
  }

  init(_ file: [UInt8]) {
    guard Self.number(file, at: 0) == 0x0A0D_0D0A, Self.number(file, at: 8) == 0x1A2B_3C4D else { return }
    var position = 0
    while let type = Self.number(file, at: position), let length = Self.number(file, at: position + 4), length >= 12,
      length % 4 == 0, length <= file.count - position
    {
      let body = file[(position + 8)..<(position + length - 4)]
      switch type {
      case 1: devices.append(Self.deviceName(body))
      case 6: frames.append(Self.number(file, at: position + 8) ?? -1)
      case 9: if let entry = JournalEntry(body) { entries.append(entry) }
      default: break
      }
      position += length
    }
  }

  /// The name of the device that a frame went through, counted from 1; nil where the file does not say it.
  public func device(ofFrame frame: Int) -> String? {
    guard frames.indices.contains(frame - 1), devices.indices.contains(frames[frame - 1]) else { return nil }
    return devices[frames[frame - 1]]
  }

  /// The option `if_name` of an Interface Description Block.
  private static func deviceName(_ body: ArraySlice<UInt8>) -> String? {
    var options = body.dropFirst(8)
    while options.count >= 4 {
      let octets = Array(options.prefix(4))
      let (code, length) = (Int(octets[0]) | Int(octets[1]) << 8, Int(octets[2]) | Int(octets[3]) << 8)
      options = options.dropFirst(4)
      guard code != 0, length <= options.count else { return nil }
      if code == 2 { return String(decoding: options.prefix(length), as: UTF8.self) }
      options = options.dropFirst((length + 3) & ~3)
    }
    return nil
  }

  private static func number(_ file: [UInt8], at position: Int) -> Int? {
    guard position >= 0, position + 4 <= file.count else { return nil }
    return (0..<4).reduce(0) { $0 | Int(file[position + $1]) << (8 * $1) }
  }
}
