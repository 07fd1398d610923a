import Glibc
import LabHarness

/// Files that must stay the files that they are, with a reader on the other side.
enum FileInPlace {
  /// Writes over the beginning of a file, at once.
  static func write(_ octets: [UInt8], to path: String) throws {
    let file = open(path, O_WRONLY)
    guard file >= 0 else { throw LabError("\(path) cannot be opened: error \(errno)") }
    defer { close(file) }
    guard Glibc.write(file, octets, octets.count) == octets.count else {
      throw LabError("\(path) cannot be written: error \(errno)")
    }
  }
}
