import AnycastNode
import Configuration
import Glibc
import Logging
import Synchronization

/// Keeps the services that are added at run time and are to outlive a restart: a file for each, so that a change costs the same however
/// many there are. Written by a task of its own: a slow disk delays nobody.
final class ServiceStore: FileWriter {
  /// So many octets of a file are read.
  private static let longest = 1 << 20
  private static let suffix = ".conf"

  private let directory: String
  private let problems: StandingProblems
  private let logger: Logger
  private let pending: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  private let state = Mutex(State())

  /// What is to be written, and who waits for it.
  private struct State {
    /// The texts, and nil for the files that are to go.
    var changes: [String: String?] = [:]
    var isWriting = false
    var isFinished = false
    /// Why a file is not as it is to be.
    var failures: [String: String] = [:]
    /// What could not be written.
    var failed: [String: String?] = [:]
    var waiting: [CheckedContinuation<Void, Never>] = []

    var isWritten: Bool { (changes.isEmpty && !isWriting) || isFinished }
  }

  init(stateDirectory: String, problems: StandingProblems, logger: Logger) {
    directory = stateDirectory + "/services"
    self.problems = problems
    self.logger = logger
    (pending, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  // MARK: - At the start

  /// The services of the last run beside those of a configuration: those that have a file, and those that a graceful restart hands over.
  /// What cannot be used is left out, stays in its file, and is named in the log with its place.
  func load(beside configuration: Configuration, handedOver: [NodeMemory.AddedService] = []) -> RuntimeServices {
    var services = RuntimeServices(beside: configuration)
    var leftOut: [String] = []
    for (name, path) in files() {
      do {
        let bytes = try FileAccess.read(path, limit: Self.longest)
        let parsed = try configuration.parseService(name, SourceFile(path: path, bytes: bytes))
        try services.put(
          RuntimeService(configuration: parsed.service, text: String(decoding: bytes, as: UTF8.self), isPersistent: true))
      } catch let error as ConfigurationErrors {
        for one in error.errors { logger.error("\(one)") }
        logger.error("service \(name) of the last run is left out: its file has errors")
        leftOut.append(name)
      } catch let error as FileAccess.Failure {
        logger.error("service \(name) of the last run is left out: \(error)")
        leftOut.append(name)
      } catch {
        logger.error("service \(name) of the last run is left out: \(path): \(error)")
        leftOut.append(name)
      }
    }
    for added in handedOver where services[added.name] == nil && !leftOut.contains(added.name) {
      do {
        let source = SourceFile(path: added.name, bytes: Array(added.text.utf8))
        let service = try configuration.parseService(added.name, source).service
        try services.put(RuntimeService(configuration: service, text: added.text, isPersistent: added.isPersistent))
      } catch {
        logger.error("service \(added.name), which was added at run time, is left out: \(error)")
      }
    }
    if !leftOut.isEmpty {
      problems.raise(
        .servicesNotRead, "services of the last run are left out, and stay in their files: \(leftOut.joined(separator: ", "))")
    }
    if services.count > 0 { logger.notice("services of the last run: \(services.count)") }
    return services
  }

  /// The files in the order of their names, which is the only one that a directory has.
  private func files() -> [(name: String, path: String)] {
    let all: [String]
    do {
      all = try FileAccess.names(in: directory)
    } catch {
      if !error.isMissingFile {
        problems.raise(.servicesNotRead, "services of the last run are left out, if there are any: \(error)")
      }
      return []
    }
    let names = all.filter { $0.hasSuffix(Self.suffix) }.map { String($0.dropLast(Self.suffix.count)) }
    return names.sorted().map { ($0, path(of: $0)) }
  }

  private func path(of name: String) -> String { directory + "/" + name + Self.suffix }

  // MARK: - While it runs

  /// Takes the text of a service, or nil to forget it, to be written soon.
  func store(_ name: String, _ text: String?) {
    state.withLock { $0.changes[name] = .some(text) }
    continuation.yield()
  }

  /// Waits until what was given to `store` before is written, or could not be. Returns why a file is not as it is to be.
  func written(_ name: String) async -> String? {
    await withCheckedContinuation { waiter in
      let isWritten = state.withLock { state in
        guard !state.isWritten else { return true }
        state.waiting.append(waiter)
        return false
      }
      if isWritten { waiter.resume() }
    }
    return state.withLock { $0.failures[name] }
  }

  func retry() {
    guard problems.stands(.servicesNotWritten) else { return }
    state.withLock { state in state.changes.merge(state.failed) { newer, _ in newer } }
    continuation.yield()
  }

  /// No more services come.
  func finish() { continuation.finish() }

  /// Writes what is given to `store`, until `finish`.
  func writeUntilFinished() async {
    for await _ in pending { writePending() }
    writePending()
    release { $0.isFinished = true }
  }

  private func writePending() {
    let changes = state.withLock { state in
      defer { state.changes = [:] }
      state.isWriting = !state.changes.isEmpty
      return state.changes
    }
    guard !changes.isEmpty else { return }
    var failures: [String: String] = [:]
    for (name, text) in changes {
      do throws(FileAccess.Failure) {
        try write(name, text)
      } catch {
        failures[name] = "\(error)"
      }
    }
    let remaining = state.withLock { state in
      for (name, text) in changes {
        state.failures[name] = failures[name]
        state.failed[name] = failures[name] == nil ? nil : .some(text)
      }
      return state.failures
    }
    if let (name, reason) = remaining.min(by: { $0.key < $1.key }) {
      problems.raise(
        .servicesNotWritten,
        "what was changed of services at run time cannot be stored, and a restart undoes it: \(name)"
          + (remaining.count > 1 ? " and \(remaining.count - 1) more" : "") + ": \(reason)")
    } else {
      problems.mend(.servicesNotWritten)
    }
    release { $0.isWriting = false }
  }

  private func write(_ name: String, _ text: String?) throws(FileAccess.Failure) {
    guard let text else {
      guard unlink(path(of: name)) == 0 || errno == ENOENT else {
        throw FileAccess.Failure(path: path(of: name), code: errno)
      }
      return
    }
    try FileAccess.makeDirectory(directory)
    try FileAccess.replace(path(of: name), with: Array(text.utf8))
  }

  /// Wakes those who wait, unless there is more to be written.
  private func release(_ change: (inout State) -> Void) {
    let waiting = state.withLock { state in
      change(&state)
      guard state.isWritten else { return [CheckedContinuation<Void, Never>]() }
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in waiting { waiter.resume() }
  }
}
