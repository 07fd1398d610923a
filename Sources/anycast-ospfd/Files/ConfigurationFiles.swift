import Configuration
import ControlAPI
import Dispatch

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

  /// Reads and validates all files, for a program that begins: pipes too, as a shell makes them.
  func load() throws(Failure) -> ParsedConfiguration { try load(.regularAndPipes(timeout: .seconds(10))) }

  /// The same for a daemon that runs. Only regular files are read, and on a thread that nobody waits for any longer than
  /// `timeout`: a file system that hangs holds up neither the operator nor the end of the process.
  func loadAnew(within timeout: Duration = .seconds(10)) async throws(Failure) -> ParsedConfiguration {
    let (results, ended) = AsyncStream.makeStream(of: Result<ParsedConfiguration, Failure>.self)
    DispatchQueue.global().async {
      ended.yield(Result { () throws(Failure) in try load(.regular) })
    }
    let alarm = Task {
      try await Task.sleep(for: timeout)
      let seconds = timeout.components.seconds
      ended.yield(.failure(Failure(lines: paths.map { "\($0): reading did not end within \(seconds) s" })))
    }
    defer { alarm.cancel() }
    guard let result = await results.first(where: { _ in true }) else { throw Failure(lines: ["reading was interrupted"]) }
    return try result.get()
  }

  private func load(_ kinds: FileAccess.Kinds) throws(Failure) -> ParsedConfiguration { try parse(read(kinds)) }

  /// Reads all files, of whatever program, for `import`.
  func read() throws(Failure) -> [SourceFile] { try read(.regularAndPipes(timeout: .seconds(10))) }

  private func read(_ kinds: FileAccess.Kinds) throws(Failure) -> [SourceFile] {
    var files: [SourceFile] = []
    var errors: [String] = []
    for path in paths {
      do {
        files.append(SourceFile(path: path, bytes: try FileAccess.read(path, kinds: kinds)))
      } catch {
        errors.append("\(error)\(paths == [Self.defaultPath] ? "; name another file with --config" : "")")
      }
    }
    guard errors.isEmpty else { throw Failure(lines: errors) }
    return files
  }

  /// Validates what has been read.
  func parse(_ files: [SourceFile]) throws(Failure) -> ParsedConfiguration {
    do {
      return try Configuration.parse(files)
    } catch {
      throw Failure(lines: error.errors.map(\.description))
    }
  }
}
