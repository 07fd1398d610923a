import OSPFTestSupport
import Subprocess

/// What tshark reads in a capture.
enum Tshark {
  /// The values of the named fields in each OSPF frame, in the order of the packet; empty where the packet has no such field.
  static func values(of fields: [String], in path: String) async throws -> [Int: [String: [String]]] {
    let arguments =
      ["-n", "-r", path, "-Y", "ospf", "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=|"]
      + (["frame.number"] + fields).flatMap { ["-e", $0] }
    let result = try await Subprocess.run(
      .name("tshark"), arguments: Arguments(arguments), output: .string(limit: 64 << 20), error: .string(limit: 1 << 20))
    guard result.terminationStatus.isSuccess else { throw TestFailure("tshark: \(result.standardError)") }
    var frames: [Int: [String: [String]]] = [:]
    for line in result.standardOutput.split(separator: "\n") {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard columns.count == fields.count + 1, let frame = Int(columns[0]) else { throw TestFailure("tshark: \(line)") }
      frames[frame] = Dictionary(
        uniqueKeysWithValues: zip(fields, columns.dropFirst().map { $0.split(separator: "|").map(String.init) }))
    }
    return frames
  }
}
