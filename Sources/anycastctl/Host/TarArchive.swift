/// An archive in the format of POSIX (ustar), as far as this program needs it: regular files for their owner alone.
struct TarArchive {
  private static let block = 512
  private var contents: [UInt8] = []
  private let modified: Int64

  /// `modified` is the time of all files, in seconds since 1970.
  init(modified: Int64) { self.modified = modified }

  /// Names of at most 100 octets have room in a header.
  mutating func add(_ name: String, _ octets: [UInt8]) {
    var header = [UInt8](repeating: 0, count: Self.block)
    func put(_ text: String, at offset: Int, limit: Int) {
      for (index, octet) in text.utf8.prefix(limit).enumerated() { header[offset + index] = octet }
    }
    func put(_ number: Int64, at offset: Int, digits: Int) {
      let text = String(max(number, 0), radix: 8)
      put(String(repeating: "0", count: max(digits - text.count, 0)) + text, at: offset, limit: digits)
    }
    put(name, at: 0, limit: 100)
    put(0o600, at: 100, digits: 7)
    put(0, at: 108, digits: 7)
    put(0, at: 116, digits: 7)
    put(Int64(octets.count), at: 124, digits: 11)
    put(modified, at: 136, digits: 11)
    put("0", at: 156, limit: 1)
    put("ustar", at: 257, limit: 5)
    put("00", at: 263, limit: 2)
    // The checksum counts its own field as spaces.
    put(String(repeating: " ", count: 8), at: 148, limit: 8)
    put(header.reduce(0) { $0 + Int64($1) }, at: 148, digits: 6)
    header[154] = 0
    contents += header + octets
    contents += [UInt8](repeating: 0, count: (Self.block - octets.count % Self.block) % Self.block)
  }

  /// The whole archive, with the two empty blocks at its end.
  var octets: [UInt8] { contents + [UInt8](repeating: 0, count: 2 * Self.block) }
}
