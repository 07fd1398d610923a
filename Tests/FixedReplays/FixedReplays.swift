import Glibc

/// `fixed-replays NAME` does the work of that name once, inside the function that scripts/count-instructions counts; without a name it
/// lists them.
@main
enum FixedReplays {
  static func main() {
    guard let name = CommandLine.arguments.dropFirst().first else {
      for replay in FixedReplay.allCases { print(replay.rawValue) }
      return
    }
    guard let replay = FixedReplay(rawValue: name) else {
      print("fixed-replays: there is no \(name)")
      exit(2)
    }
    do {
      countedWork(try replay.prepared())
    } catch {
      print("fixed-replays: \(error)")
      exit(1)
    }
  }
}

/// Its name is what valgrind looks for.
@inline(never)
func countedWork(_ work: () -> Void) { work() }
