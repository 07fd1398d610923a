import AnycastPolicy
import Configuration

/// Looks for a file. Whether it is there must be known: a directory that cannot be searched fails the check.
struct FileProbe: Probe {
  let path: String
  let condition: FileCheck.Condition

  func run() async -> Verdict {
    do {
      let exists = try await HostFile.exists(path)
      if exists == (condition == .exists) { return .passing(detail: nil) }
      return .failing(reason: exists ? "\(path) exists" : "\(path) does not exist")
    } catch {
      return .failing(reason: "\(error)")
    }
  }
}
