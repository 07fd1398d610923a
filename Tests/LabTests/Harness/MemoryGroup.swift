import FoundationEssentials
import Glibc
import LabHarness

/// A control group that limits how much memory its processes may take from now on; what they have already stays with the group that they
/// come from. At the limit they wait for memory, and are not ended.
struct MemoryGroup: Sendable {
  private static let hierarchy = "/sys/fs/cgroup"
  private let directory: String
  /// Whether the host has the hierarchies of before Linux 4.5, one for each controller.
  private let isFirstVersion: Bool

  /// Makes a group for `body`. What runs in it afterwards goes back to where the host has its processes.
  static func with(named name: String, _ body: (MemoryGroup) async throws -> Void) async throws {
    let group = try MemoryGroup(named: name)
    var failure: (any Error)?
    do { try await body(group) } catch { failure = error }
    try group.remove()
    if let failure { throw failure }
  }

  private init(named name: String) throws {
    isFirstVersion = FileManager.default.fileExists(atPath: Self.hierarchy + "/memory")
    directory = Self.hierarchy + (isFirstVersion ? "/memory/" : "/") + name
    if !isFirstVersion { try Self.write("+memory", to: Self.hierarchy + "/cgroup.subtree_control") }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    if isFirstVersion { try write("1", to: "memory.oom_control") }
  }

  func add(_ process: Int32) throws { try write("\(process)", to: "cgroup.procs") }

  /// Gives the processes so many octets more than they have taken in this group, or as many as there are.
  func limit(to octets: Int?) throws {
    let used = try Int(read(isFirstVersion ? "memory.usage_in_bytes" : "memory.current").filter(\.isNumber)) ?? 0
    let limit = octets.map { "\(used + $0)" }
    if isFirstVersion {
      try write(limit ?? "-1", to: "memory.limit_in_bytes")
    } else {
      try write(limit ?? "max", to: "memory.high")
    }
  }

  /// Whether a process waits for memory, or has waited.
  func isExhausted() throws -> Bool {
    if isFirstVersion { return try read("memory.oom_control").contains("under_oom 1") }
    return try !read("memory.events").split(separator: "\n").contains("high 0")
  }

  private func remove() throws {
    try limit(to: nil)
    let parent = Self.hierarchy + (isFirstVersion ? "/memory" : "")
    for process in try read("cgroup.procs").split(separator: "\n") {
      try Self.write(String(process), to: parent + "/cgroup.procs")
    }
    guard rmdir(directory) == 0 else { throw LabError("\(directory) cannot be removed: error \(errno)") }
  }

  private func read(_ name: String) throws -> String { try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8) }
  private func write(_ text: String, to name: String) throws { try Self.write(text, to: "\(directory)/\(name)") }

  private static func write(_ text: String, to path: String) throws { try FileInPlace.write(Array(text.utf8), to: path) }
}
