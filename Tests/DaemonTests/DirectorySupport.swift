import FoundationEssentials
import Glibc

/// Calls `body` with the path of a directory that is not there yet, and removes it afterwards with all that is in it.
func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let directory = "/tmp/anycast-ospfd-state-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  defer { try? FileManager.default.removeItem(atPath: directory) }
  return try await body(directory)
}
