import NIOPosix

/// The threads on which files are written. A task that waits for a disk would keep a thread of the concurrent pool, which has one for each
/// processor, from everybody else who needs it, the control socket among them.
final class FileExecutor: TaskExecutor {
  static let shared = FileExecutor()

  /// Two, so that a recording of some megabytes holds up no drain.
  private let threads = NIOThreadPool(numberOfThreads: 2)

  private init() { threads.start() }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    threads.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// A store whose files are written by a task of its own, so that a slow disk delays nobody.
protocol FileWriter: StateStore {
  /// Writes what comes, until `finish`. Blocks while it writes: `run` is how it is called.
  func writeUntilFinished() async
  /// Nothing more comes.
  func finish()
}

extension FileWriter {
  /// Writes what comes, on a thread of files, until `finish`.
  func run() async {
    await withTaskExecutorPreference(FileExecutor.shared) { await writeUntilFinished() }
  }
}
