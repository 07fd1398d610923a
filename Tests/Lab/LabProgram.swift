import Dispatch
import FoundationEssentials
import Glibc
import LabHarness

/// Builds networks for scripts: a command on each line that comes in, and an answer on each that goes out.
@main
enum LabProgram {
  private static let help = """
    Usage: lab [--owner PROCESS] [--programs DIRECTORY] [--keep]

    Builds a network of Linux network namespaces and starts routers and daemons on it,
    as the commands say that come in on standard input, one on each line. Each is
    answered with one line, when it has been done or refused:

      ok [PROCESS...]
      error line NUMBER: what was expected

    Before the first command it says

      ok PREFIX DIRECTORY

    The namespace of host NAME is called PREFIXNAME, and its files are in
    DIRECTORY/lab/NAME: configurations are to be there before what reads them is started,
    and logs, sockets and process IDs appear there. Nothing is done for an empty line and
    for one that begins with #.

    \(LabCommand.table)
    Everything is removed, with all that runs on the hosts and with DIRECTORY, when the
    input ends, however that comes about. The exit status is 0 if nothing was refused.
    Hosts need root.

      --owner PROCESS       end when this process ends, even if another one holds the
                            input open
      --programs DIRECTORY  where `daemon` finds anycast-ospfd
      --keep                leave DIRECTORY behind
      --help                this text
    """

  private struct Options {
    var owner: Int32?
    var programs: String?
    var keepsFiles = false

    /// Nil where help is asked for.
    init?(_ arguments: [String]) throws(LabError) {
      var rest = arguments[...]
      while let word = rest.popFirst() {
        switch word {
        case "--help", "-h": return nil
        case "--keep": keepsFiles = true
        case "--programs":
          programs = rest.popFirst()
          guard programs != nil else { throw LabError("--programs needs a directory") }
        case "--owner":
          owner = rest.popFirst().flatMap { Int32($0) }
          guard owner != nil else { throw LabError("--owner needs the number of a process") }
        default: throw LabError("unknown argument \(word)")
        }
      }
    }
  }

  static func main() async {
    // A keyboard interrupt is for the owner. What is started here gets the usual handlers back.
    for signal in [SIGINT, SIGTERM, SIGHUP] { Glibc.signal(signal, SIG_IGN) }
    do {
      guard let options = try Options(Array(CommandLine.arguments.dropFirst())) else { return print(help) }
      exit(try await serve(options) ? 0 : 1)
    } catch {
      say("lab: \(error) (--help tells)", to: STDERR_FILENO)
      exit(2)
    }
  }

  /// Whether nothing was refused.
  private static func serve(_ options: Options) async throws -> Bool {
    let lab = try Lab(keepsFiles: options.keepsFiles)
    var builder = LabBuilder(lab: lab, programs: options.programs)
    answer("ok \(lab.prefix) \(lab.directory)")
    let (lines, continuation) = AsyncStream<String>.makeStream()
    // It waits in a thread of its own.
    DispatchQueue(label: "input").async {
      while let line = readLine() { continuation.yield(line) }
      continuation.finish()
    }
    let watch = options.owner.map { owner in
      Task {
        try await Shell.run("tail", ["--pid", String(owner), "--follow", "/dev/null"])
        continuation.finish()
      }
    }
    var number = 0
    var isClean = true
    for await line in lines {
      number += 1
      do {
        let command = try LabCommand(line)
        if case .end = command { break }
        answer((["ok"] + (try await builder.run(command)).map(String.init)).joined(separator: " "))
      } catch {
        isClean = false
        let reason = "\(error)".split(whereSeparator: \.isNewline).joined(separator: "; ")
        answer("error line \(number): \(reason)")
      }
    }
    watch?.cancel()
    _ = await watch?.result
    try await lab.end()
    return isClean
  }

  private static func answer(_ line: String) { say(line, to: STDOUT_FILENO) }

  /// At once, and past the C library's buffers, whose flush would wait for the thread that reads.
  private static func say(_ line: String, to descriptor: CInt) {
    let text = line + "\n"
    _ = write(descriptor, text, text.utf8.count)
  }
}
