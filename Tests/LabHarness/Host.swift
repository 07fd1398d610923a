import FoundationEssentials
import Glibc
public import Subprocess
import Synchronization

/// One machine of the lab: a network namespace with a directory of its own.
public final class Host: Sendable {
  /// What its lab calls it.
  public let name: String
  /// The network namespace.
  public let namespace: String
  /// Where its programs keep their files.
  public let directory: String

  private let background = Mutex<[BackgroundProcess]>([])

  /// Link-local addresses are there at once, without a search for duplicates.
  init(name: String, namespace: String, directory: String, forwards: Bool) async throws {
    self.name = name
    self.namespace = namespace
    self.directory = directory
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try await Shell.run("ip", ["netns", "add", namespace])
    try await ip("link", "set", "lo", "up")
    let forwarding = forwards ? ["net.ipv4.ip_forward=1", "net.ipv4.fib_multipath_hash_policy=1"] : []
    try await execute(["sysctl", "-q", "-w", "net.ipv6.conf.default.accept_dad=0"] + forwarding)
  }

  /// Runs `ip` in the namespace.
  @discardableResult
  public func ip(_ arguments: String...) async throws -> String { try await ip(arguments) }

  /// Runs `ip` in the namespace.
  @discardableResult
  public func ip(_ arguments: [String]) async throws -> String { try await Shell.run("ip", ["-n", namespace] + arguments) }

  /// Runs a program in the namespace, which must succeed, and gives back its standard output.
  @discardableResult
  public func execute(_ arguments: String...) async throws -> String { try await execute(arguments) }

  /// Runs a program in the namespace, which must succeed, and gives back its standard output.
  @discardableResult
  public func execute(_ arguments: [String], input: String = "") async throws -> String {
    try await Shell.run("ip", ["netns", "exec", namespace] + arguments, input: input)
  }

  /// Runs a program in the namespace, whatever its exit status.
  public func attempt(_ arguments: [String]) async throws -> CommandResult {
    try await Shell.attempt("ip", ["netns", "exec", namespace] + arguments)
  }

  /// Starts a program that stays in the foreground. Its output is appended to `NAME.log` in the host's directory.
  public func start(_ name: String, _ arguments: [String]) async throws -> BackgroundProcess {
    let process = try await BackgroundProcess(
      arguments: ["ip", "netns", "exec", namespace] + arguments, log: "\(directory)/\(name).log")
    background.withLock { $0.append(process) }
    return process
  }

  /// Ends what `start` started and waits for it.
  func endBackground() async {
    for process in background.withLock({ $0 }) where process.isRunning {
      process.signal(.kill)
      _ = await process.status
    }
  }

  /// Ends everything that runs on it, whoever started it, and waits for it.
  public func stop() async throws {
    await endBackground()
    try await eventually("nothing runs on \(name)") {
      let processes = try await Shell.run("ip", ["netns", "pids", namespace]).split(separator: "\n").compactMap { pid_t($0) }
      for process in processes { kill(process, SIGKILL) }
      return processes.isEmpty
    }
  }

  /// The process that a program of the host's directory says to be, in `NAME.pid`.
  func processID(of name: String) async throws -> Int32 {
    var processID: Int32?
    try await eventually("\(name) on \(self.name) says which process it is") {
      processID = Int32(try String(contentsOfFile: "\(directory)/\(name).pid", encoding: .utf8).filter(\.isNumber))
      return processID != nil
    }
    guard let processID else { throw LabError("there is no \(name)") }
    return processID
  }

  /// Writes a file into the host's directory and gives back its path.
  public func write(_ text: String, to name: String) throws -> String {
    let path = "\(directory)/\(name)"
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  /// The end of every log in the directory, for a failure's report.
  public func logs() -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".log") }.sorted().map { log in
      let text = (try? String(contentsOfFile: "\(directory)/\(log)", encoding: .utf8)) ?? ""
      return "--- \(name)/\(log)\n" + text.split(separator: "\n").suffix(60).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}

/// A program that runs in the background.
public final class BackgroundProcess: Sendable {
  /// Where its standard output and standard error go.
  public let log: String
  /// Its process identifier.
  public let processID: Int32

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
  public var isRunning: Bool { !hasEnded.value.withLock { $0 } }

  /// Sends a signal.
  public func signal(_ signal: Signal) {
    if isRunning { kill(processID, signal.rawValue) }
  }

  /// Waits for its end; nil when it could not be waited for.
  public var status: TerminationStatus? {
    get async { try? await task.value }
  }

  /// What it has printed so far.
  public var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
}
