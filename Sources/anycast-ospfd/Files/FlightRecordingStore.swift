import AnycastNode
import ControlAPI
import FoundationEssentials

/// Writes recordings into the state directory, and keeps the newest. It has no thread of the protocol: a slow disk delays no Hello.
actor FlightRecordingStore {
  /// So many recordings are kept.
  static let limit = 20

  let directory: String

  init(stateDirectory: String) { directory = stateDirectory + "/recordings" }

  /// Writes a recording of now, which `make` puts together here, and not on the protocol loop; returns its path.
  func write(
    for occasion: FlightRecorder.Occasion, at now: Timestamp, _ make: @Sendable () -> FlightRecording
  ) throws -> String {
    try FileAccess.makeDirectory(directory)
    let time = "\(now)".map { $0 == ":" ? "-" : $0 }
    let path = "\(directory)/\(String(time))-\(occasion.rawValue).pcapng"
    try FileAccess.replace(path, with: make().pcapng)
    for name in names.dropLast(Self.limit) { try FileAccess.remove("\(directory)/\(name)") }
    return path
  }

  /// The names of the recordings, the oldest first: they begin with the time.
  private var names: [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return all.filter { $0.hasSuffix(".pcapng") }.sorted()
  }
}
