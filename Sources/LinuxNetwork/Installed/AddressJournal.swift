import CLinux
import Glibc
import OSPFWire

/// Why the address journal could not be read or written.
public enum JournalError: Error, Hashable, Sendable {
  /// A file could not be read or written.
  case system(path: String, SystemCallError)
  /// The journal is not what this daemon has written. It was put aside under the name `keptAs`.
  case corrupt(path: String, line: Int, expected: String, keptAs: String)
}

extension JournalError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let path, let error): "\(path): \(error)"
    case .corrupt(let path, let line, let expected, let keptAs):
      "\(path):\(line): the address journal is corrupt: expected \"\(expected)\"; it was put aside as \(keptAs)"
    }
  }
}

/// Remembers, in a file, which addresses this daemon has added, so that it knows them again after a crash.
///
/// An address is in the journal, durably, before it is on the device, and leaves it after it has left the device. A crash between
/// the two leaves an entry without an address, which harms nobody. Where the disk takes nothing, the entries go on in memory.
struct AddressJournal {
  private let directory: String
  private let life: AddressJournalText.Life
  /// The addresses, with the index that the device had when they were added.
  private(set) var entries: [InstalledAddress: UInt32]
  /// What the file says; nil where that is not known.
  private var stored: [InstalledAddress: UInt32]?
  /// Why the file does not say what is in `entries`; nil when it does.
  private(set) var failure: JournalError?

  private var path: String { directory + "/addresses" }

  /// Opens the journal in `directory`, which is made if it does not exist. A journal that cannot be read is empty, and `problem`
  /// says why. Entries of another boot or network namespace are in `forgotten`.
  init(directory: String, life: AddressJournalText.Life, problem: inout JournalError?, forgotten: inout Set<InstalledAddress>) {
    self.directory = directory
    self.life = life
    entries = [:]
    do {
      guard let octets = try Self.read(path) else {
        // A file that is not there says as much as one without entries.
        stored = [:]
        return
      }
      let contents = try parse(octets)
      if contents.life == life {
        entries = contents.entries
        stored = entries
      } else {
        forgotten = Set(contents.entries.keys)
      }
    } catch {
      problem = error
    }
  }

  /// Takes other entries, and writes them unless the file says so already.
  mutating func replaceEntries(_ entries: [InstalledAddress: UInt32]) {
    self.entries = entries
    guard stored != entries else { return }
    do {
      try write()
      stored = entries
      failure = nil
    } catch {
      // The new file may be in its place although it is not known to be durable.
      stored = nil
      failure = error
    }
  }

  private func write() throws(JournalError) {
    try Self.makeDirectory(directory)
    let text = AddressJournalText(life: life, entries: entries).text
    let temporary = path + ".new"
    do throws(SystemCallError) {
      try Self.write(text, to: temporary)
      guard rename(temporary, path) == 0 else { throw SystemCallError("rename it to \(path)", code: errno) }
    } catch {
      throw .system(path: temporary, error)
    }
    do {
      // The new name is durable when the directory is.
      try Self.synchronize(Self.open(directory, O_RDONLY | O_DIRECTORY))
    } catch {
      throw .system(path: directory, error)
    }
  }

  private func parse(_ octets: [UInt8]) throws(JournalError) -> AddressJournalText {
    do {
      return try AddressJournalText(parsing: String(decoding: octets, as: UTF8.self))
    } catch {
      let keptAs = path + ".corrupt"
      guard rename(path, keptAs) == 0 else {
        throw .system(path: path, SystemCallError("put the corrupt journal aside", code: errno))
      }
      throw .corrupt(path: path, line: error.line, expected: error.expected, keptAs: keptAs)
    }
  }

  // MARK: Files

  private static func makeDirectory(_ path: String) throws(JournalError) {
    guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
    throw .system(path: path, SystemCallError("make the directory", code: errno))
  }

  private static func open(_ path: String, _ flags: Int32) throws(SystemCallError) -> OwnedDescriptor {
    let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o644)
    return try OwnedDescriptor(descriptor < 0 ? -errno : descriptor, "open it")
  }

  /// The file's contents; nil when there is no file.
  private static func read(_ path: String) throws(JournalError) -> [UInt8]? {
    do {
      return try TextFile.read(open(path, O_RDONLY))
    } catch {
      if error.code == ENOENT { return nil }
      throw .system(path: path, error)
    }
  }

  private static func write(_ text: String, to path: String) throws(SystemCallError) {
    let file = try open(path, O_WRONLY | O_CREAT | O_TRUNC)
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(file.value, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw SystemCallError("write it", code: written < 0 ? errno : ENOSPC) }
      rest = rest.dropFirst(written)
    }
    try synchronize(file)
  }

  private static func synchronize(_ file: OwnedDescriptor) throws(SystemCallError) {
    guard fsync(file.value) == 0 else { throw SystemCallError("write it to the disk", code: errno) }
  }
}

/// Reads small files whole.
enum TextFile {
  private static let limit = 16 << 20

  static func read(_ file: OwnedDescriptor) throws(SystemCallError) -> [UInt8] {
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(file.value, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw SystemCallError("read it", code: errno) }
      guard count > 0 else { return octets }
      guard octets.count + count <= limit else { throw SystemCallError("read it", code: EFBIG) }
      octets += buffer[..<count]
    }
  }
}

extension AddressJournalText.Life {
  /// The present boot and the network namespace of the calling thread.
  static func current() throws(JournalError) -> Self {
    let bootPath = "/proc/sys/kernel/random/boot_id"
    let namespacePath = "/proc/thread-self/ns/net"
    do throws(SystemCallError) {
      let descriptor = Glibc.open(bootPath, O_RDONLY | O_CLOEXEC)
      let file = try OwnedDescriptor(descriptor < 0 ? -errno : descriptor, "open it")
      let bootID = try String(decoding: TextFile.read(file).prefix { $0 != 0x0A }, as: UTF8.self)
      var name = [UInt8](repeating: 0, count: 64)
      let length = name.withUnsafeMutableBytes { octets in
        octets.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { readlink(namespacePath, $0, octets.count) } ?? 0 }
      }
      guard length > 0 else { throw SystemCallError("read \(namespacePath)", code: errno) }
      return Self(bootID: bootID, networkNamespace: String(decoding: name.prefix(length), as: UTF8.self))
    } catch {
      throw .system(path: bootPath, error)
    }
  }
}
