import OSPFWire

/// The contents of the address journal: which addresses this daemon has added, and in which life of the kernel.
struct AddressJournalText: Hashable {
  /// The boot and the network namespace that the entries belong to.
  struct Life: Hashable {
    /// The kernel's boot ID, which changes with each boot.
    var bootID: String
    /// The network namespace's inode, `net:[4026531840]`.
    var networkNamespace: String
  }

  /// A line of the journal that is not as it should be.
  struct Corruption: Error, Hashable {
    /// Counted from 1.
    var line: Int
    var expected: String
  }

  var life: Life
  /// The addresses, with the index that the device had.
  var entries: [InstalledAddress: UInt32] = [:]

  private static let title = "anycast-ospfd addresses 1"

  /// The text: a title, the life, an address for each line, and their number, by which a text that was cut off is known.
  var text: String {
    var lines = [Self.title, "boot \(life.bootID)", "namespace \(life.networkNamespace)"]
    for (entry, index) in entries.sorted(by: { $0.key < $1.key }) {
      lines.append("address \(entry.address) index \(index) device \(entry.device)")
    }
    lines.append("end \(entries.count)")
    return lines.joined(separator: "\n") + "\n"
  }

  init(life: Life, entries: [InstalledAddress: UInt32] = [:]) {
    self.life = life
    self.entries = entries
  }

  /// Reads a text that `text` has written.
  init(parsing text: String) throws(Corruption) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first.map({ $0 == Self.title }) ?? false else { throw Corruption(line: 1, expected: Self.title) }
    life = Life(
      bootID: try Self.value(of: "boot", in: lines, at: 1), networkNamespace: try Self.value(of: "namespace", in: lines, at: 2))
    var position = 3
    while position < lines.count, lines[position].hasPrefix("address ") {
      let (entry, index) = try Self.entry(lines[position], line: position + 1)
      entries[entry] = index
      position += 1
    }
    let count = try Self.value(of: "end", in: lines, at: position)
    guard Int(count) == entries.count else { throw Corruption(line: position + 1, expected: "end \(entries.count)") }
    guard lines.count == position + 2, lines[position + 1].isEmpty else {
      throw Corruption(line: position + 2, expected: "the end of the file")
    }
  }

  private static func value(of key: String, in lines: [Substring], at position: Int) throws(Corruption) -> String {
    guard position < lines.count, lines[position].hasPrefix(key + " ") else {
      throw Corruption(line: position + 1, expected: key)
    }
    return String(lines[position].dropFirst(key.count + 1))
  }

  private static func entry(_ line: Substring, line number: Int) throws(Corruption) -> (InstalledAddress, UInt32) {
    let words = line.split(separator: " ", maxSplits: 5)
    guard words.count == 6, words[2] == "index", words[4] == "device", let address = IPAddress(words[1]),
      let index = UInt32(words[3])
    else { throw Corruption(line: number, expected: "address ADDRESS index INDEX device NAME") }
    return (InstalledAddress(address, device: String(words[5])), index)
  }
}
