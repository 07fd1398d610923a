import FoundationEssentials
import Glibc
import Subprocess
import Synchronization

/// One machine of the lab: a network namespace with a directory of its own.
final class Host: Sendable {
  /// What the test calls it.
  let name: String
  /// The network namespace.
  let namespace: String
  /// Where its programs keep their files.
  let directory: String

  private let background = Mutex<[BackgroundProcess]>([])

  init(name: String, namespace: String, directory: String) async throws {
    self.name = name
    self.namespace = namespace
    self.directory = directory
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try await Shell.run("ip", ["netns", "add", namespace])
    try await ip("link", "set", "lo", "up")
    try await execute("sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv4.fib_multipath_hash_policy=1")
  }

  /// Runs `ip` in the namespace.
  @discardableResult
  func ip(_ arguments: String...) async throws -> String { try await Shell.run("ip", ["-n", namespace] + arguments) }

  /// Runs a program in the namespace, which must succeed, and gives back its standard output.
  @discardableResult
  func execute(_ arguments: String...) async throws -> String { try await execute(arguments) }

  /// Runs a program in the namespace, which must succeed, and gives back its standard output.
  @discardableResult
  func execute(_ arguments: [String], input: String = "") async throws -> String {
    try await Shell.run("ip", ["netns", "exec", namespace] + arguments, input: input)
  }

  /// Runs a program in the namespace, whatever its exit status.
  func attempt(_ arguments: [String]) async throws -> CommandResult {
    try await Shell.attempt("ip", ["netns", "exec", namespace] + arguments)
  }

  /// Starts a program that stays in the foreground. Its output is appended to `NAME.log` in the host's directory.
  func start(_ name: String, _ arguments: [String]) async throws -> BackgroundProcess {
    let process = try await BackgroundProcess(
      arguments: ["ip", "netns", "exec", namespace] + arguments, log: "\(directory)/\(name).log")
    background.withLock { $0.append(process) }
    return process
  }

  /// Ends what `start` started and waits for it.
  func stopAll() async {
    for process in background.withLock({ $0 }) where process.isRunning {
      process.signal(.kill)
      _ = await process.status
    }
  }

  /// Writes a file into the host's directory and gives back its path.
  func write(_ text: String, to name: String) throws -> String {
    let path = "\(directory)/\(name)"
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  /// The end of every log in the directory, for a failure's report.
  func logs() -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".log") }.sorted().map { log in
      let text = (try? String(contentsOfFile: "\(directory)/\(log)", encoding: .utf8)) ?? ""
      return "--- \(name)/\(log)\n" + text.split(separator: "\n").suffix(60).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}

/// A program that runs beside the test.
final class BackgroundProcess: Sendable {
  /// Where its standard output and standard error go.
  let log: String
  /// Its process identifier.
  let processID: Int32

  private let task: Task<TerminationStatus, any Error>
  private let hasEnded: HasEnded

  private final class HasEnded: Sendable {
    let value = Mutex(false)
  }

  init(arguments: [String], log: String) async throws {
    self.log = log
    if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(filePath: log)) }
    let (started, continuation) = AsyncStream<Int32>.makeStream()
    let hasEnded = HasEnded()
    self.hasEnded = hasEnded
    // The shell's redirection appends, so that a restart keeps what was said before; `exec` makes it the program itself.
    let shell = ["-c", #"log=$1; shift; exec "$@" >>"$log" 2>&1"#, "sh", log] + arguments
    task = Task {
      defer {
        hasEnded.value.withLock { $0 = true }
        continuation.finish()
      }
      let result = try await run(
        .name("sh"), arguments: Arguments(shell), input: .none, output: .discarded, error: .discarded
      ) { execution in
        continuation.yield(execution.processIdentifier.value)
      }
      return result.terminationStatus
    }
    var iterator = started.makeAsyncIterator()
    guard let processID = await iterator.next() else {
      throw LabError("\(arguments.joined(separator: " ")) could not be started")
    }
    self.processID = processID
  }

  /// Whether it has not ended yet.
  var isRunning: Bool { !hasEnded.value.withLock { $0 } }

  /// Sends a signal.
  func signal(_ signal: Signal) {
    if isRunning { kill(processID, signal.rawValue) }
  }

  /// Waits for its end; nil when it could not be waited for.
  var status: TerminationStatus? {
    get async { try? await task.value }
  }

  /// What it has printed so far.
  var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
}
