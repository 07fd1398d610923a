import FoundationEssentials
import Subprocess

/// Removes a lab when it is over, however that comes about.
///
/// It is a shell that waits for the end of its standard input, which the lab's process holds open. When that has finished, or has
/// ended (a failed precondition and a kill signal included), it ends every process in the lab's namespaces, removes the namespaces
/// and the directory.
public final class Guardian: Sendable {
  /// Every network namespace of a lab begins with this, then comes the number of the process that made it.
  public static let prefix = "aospf-"

  private static let script = """
    trap '' INT TERM HUP
    cat >/dev/null
    namespaces=$(ip netns list | cut -d ' ' -f 1 | grep "^$1")
    for signal in TERM KILL; do
      for wait in 1 2 3 4 5 6 7 8 9 10; do
        pids=""
        for namespace in $namespaces; do pids="$pids $(ip netns pids "$namespace" 2>/dev/null | tr '\\n' ' ')"; done
        [ -n "$(echo $pids)" ] || break
        [ $wait -gt 1 ] || kill -$signal $pids 2>/dev/null
        sleep 0.1
      done
    done
    for namespace in $namespaces; do ip netns delete "$namespace"; done
    [ -z "$2" ] || rm -rf "$2"
    """

  private let task: Task<Void, any Error>
  private let end: AsyncStream<Void>.Continuation

  /// Begins to watch over the namespaces whose names begin with `prefix`, and over a directory; "" for none.
  init(prefix: String, directory: String) {
    let (stream, end) = AsyncStream<Void>.makeStream()
    self.end = end
    var options = PlatformOptions()
    // A keyboard interrupt reaches the process group of the tests, and must not reach this.
    options.createSession = true
    task = Task { [options] in
      _ = try await run(
        .name("sh"), arguments: ["-c", Self.script, "guardian", prefix, directory], platformOptions: options,
        input: .inputWriter, output: .discarded, error: .discarded
      ) { execution in
        for await _ in stream {}
        try await execution.standardInputWriter.finish()
      }
    }
  }

  /// Removes everything now, and waits until it is removed.
  func remove() async throws {
    end.finish()
    try await task.value
  }

  /// Removes the namespaces whose names begin with `prefix`, with all that runs in them, and a directory; "" for none.
  static func remove(prefix: String, directory: String) async throws {
    try await Shell.run("sh", ["-c", script, "guardian", prefix, directory])
  }

  /// Removes what labs of processes that no longer exist have left behind.
  public static func removeLeftovers() async throws {
    let namespaces = try await Shell.run("ip", ["netns", "list"]).split(separator: "\n")
    let owners = Set(
      namespaces.compactMap { line -> Int32? in
        guard line.hasPrefix(prefix) else { return nil }
        return line.dropFirst(prefix.count).split(separator: "-").first.flatMap { Int32($0) }
      })
    for owner in owners where !FileManager.default.fileExists(atPath: "/proc/\(owner)") {
      try await remove(prefix: "\(prefix)\(owner)-", directory: "")
    }
  }
}
