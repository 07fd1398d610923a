import AnycastPolicy
import ControlAPI
import Logging
import NIOCore

/// Keeps the drains in force in a file, so that a restart does not undo what an operator has done. Written by a task of its own:
/// a slow disk delays nobody.
final class DrainStore: Sendable {
  private struct Contents: Codable {
    var savedAt: Timestamp
    var drains: [StoredDrain]
  }

  private let path: String
  private let directory: String
  private let logger: Logger
  private let pending: AsyncStream<[StoredDrain]>
  private let continuation: AsyncStream<[StoredDrain]>.Continuation

  init(stateDirectory: String, logger: Logger) {
    directory = stateDirectory
    path = stateDirectory + "/drains.json"
    self.logger = logger
    (pending, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// The drains that were in force when they were last stored, less the time that has passed since. None, and a line in the log,
  /// when the file cannot be read.
  func load() -> [StoredDrain] {
    do {
      let contents = try JSONCoding.decode(Contents.self, from: ByteBuffer(bytes: try FileAccess.read(path)))
      let passed = Double(Timestamp.now.millisecondsSince1970 - contents.savedAt.millisecondsSince1970) / 1000
      return contents.drains.compactMap { $0.reduced(by: passed) }
    } catch let error as FileAccess.Failure where error.isMissingFile {
      return []
    } catch {
      logger.error("the drains of the last run are lost: \(path) cannot be read: \(error)")
      return []
    }
  }

  /// Takes the drains in force, to be written soon.
  func store(_ drains: [StoredDrain]) { continuation.yield(drains) }

  /// No more drains come.
  func finish() { continuation.finish() }

  /// Writes what is given to `store`, until `finish`.
  func run() async {
    for await drains in pending {
      do {
        try FileAccess.makeDirectory(directory)
        let contents = try JSONCoding.encode(Contents(savedAt: .now, drains: drains))
        try FileAccess.replace(path, with: Array(contents.readableBytesView))
      } catch {
        logger.error("the drains could not be stored, a restart will forget them: \(error)")
      }
    }
  }
}
