import Configuration
import ControlAPI

/// The configuration files, in their order.
struct ConfigurationFiles: Sendable {
  /// Where the configuration is unless the command line says otherwise.
  static let defaultPath = "/etc/anycast-ospfd/anycast-ospfd.conf"

  /// Why there is no configuration: one line for each error.
  struct Failure: Error, CustomStringConvertible {
    var lines: [String]

    var description: String { lines.joined(separator: "\n") }
  }

  let paths: [String]

  /// No paths mean the default one.
  init(paths: [String]) { self.paths = paths.isEmpty ? [Self.defaultPath] : paths }

  /// Reads and validates all files.
  func load() throws(Failure) -> ParsedConfiguration {
    var files: [SourceFile] = []
    var errors: [String] = []
    for path in paths {
      do {
        files.append(SourceFile(path: path, bytes: try FileAccess.read(path)))
      } catch {
        errors.append("\(error)\(paths == [Self.defaultPath] ? "; name another file with --config" : "")")
      }
    }
    guard errors.isEmpty else { throw Failure(lines: errors) }
    do {
      return try Configuration.parse(files)
    } catch {
      throw Failure(lines: error.errors.map(\.description))
    }
  }
}
