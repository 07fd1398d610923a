import Foundation
import Synchronization

/// A program that was run, with what it printed.
struct Command {
  enum End: Equatable {
    case exited(Int32)
    case signaled(Int32)
    /// It printed what it was to be stopped at.
    case stopped
    case tooLate
  }

  var end: End
  var lines: [String]
  var seconds: Double

  /// `processorSeconds`: how long it may compute, which is the same on a busy machine; while it waits it has ten times as long. An endless
  /// loop that also grows must not take the machine with it.
  static func run(
    _ words: [String], environment: [String: String] = [:], processorSeconds: Double? = nil,
    stopAt: (String) -> Bool = { _ in false }
  ) throws -> Command {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let limits = processorSeconds.map { "ulimit -v 6000000; ulimit -c 0; ulimit -St \(Int($0.rounded(.up))); " } ?? ""
    process.arguments = ["-c", limits + "exec \"$@\"", "sh"] + words
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    let start = ContinuousClock.now
    try process.run()
    let pid = process.processIdentifier
    let isLate = Late()
    let timer = DispatchWorkItem {
      isLate.flag.store(true, ordering: .relaxed)
      kill(pid, SIGKILL)
    }
    if let processorSeconds { DispatchQueue.global().asyncAfter(deadline: .now() + 10 * processorSeconds, execute: timer) }

    var lines: [String] = []
    var partial: [UInt8] = []
    var isStopped = false
    while true {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty { break }
      partial += data
      while let end = partial.firstIndex(of: 10) {
        let line = String(decoding: partial[..<end], as: UTF8.self)
        partial.removeSubrange(...end)
        lines.append(line)
        if !isStopped, stopAt(line) {
          isStopped = true
          kill(pid, SIGKILL)
        }
      }
    }
    if !partial.isEmpty { lines.append(String(decoding: partial, as: UTF8.self)) }
    process.waitUntilExit()
    timer.cancel()
    let taken = ContinuousClock.now - start
    let status = process.terminationStatus
    let isSignaled = process.terminationReason == .uncaughtSignal
    let isTooLate = isLate.flag.load(ordering: .relaxed) || isSignaled && status == SIGXCPU
    let end: End = isStopped ? .stopped : isTooLate ? .tooLate : isSignaled ? .signaled(status) : .exited(status)
    return Command(
      end: end, lines: lines, seconds: Double(taken.components.seconds) + Double(taken.components.attoseconds) * 1e-18)
  }

  private final class Late: Sendable { let flag = Atomic(false) }
}

/// The same work on each of `items`, `workers` at a time, in the order in which they end.
func concurrently<Item: Sendable, Answer: Sendable>(
  _ items: [Item], workers: Int, _ work: @escaping @Sendable (Item) throws -> Answer, _ take: (Answer) throws -> Void
) async throws {
  try await withThrowingTaskGroup(of: Answer.self) { group in
    var rest = items[...]
    for _ in 0..<workers { if let next = rest.popFirst() { group.addTask { try work(next) } } }
    while let answer = try await group.next() {
      if let next = rest.popFirst() { group.addTask { try work(next) } }
      try take(answer)
    }
  }
}
