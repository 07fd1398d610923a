import Synchronization
import Testing

@testable import anycast_ospfd

/// Where tasks run that wait for a disk.
@Suite struct FileExecutorTests {
  private actor Store {
    func write() -> String { FileExecutorTests.threadName() }
  }

  private static func threadName() -> String {
    String(decoding: (try? FileAccess.read("/proc/thread-self/comm")) ?? [], as: UTF8.self)
  }

  @Test("A task that prefers the executor of files, and the actor that it calls, run on a thread of files, and others do not")
  func threads() async {
    let store = Store()
    for _ in 0..<50 {
      let names = await Task(executorPreference: FileExecutor.shared) {
        await Task.yield()
        return [
          Self.threadName(), await store.write(),
          await withTaskGroup { group in
            group.addTask { Self.threadName() }
            return await group.next() ?? ""
          },
        ]
      }.value
      #expect(names.allSatisfy { $0.hasPrefix("TP-#") }, "\(names)")
      let other = await Task.detached { Self.threadName() }.value
      #expect(!other.hasPrefix("TP-#"))
    }
  }

  @Test("A store writes its file on a thread of files, whoever runs it")
  func writer() async throws {
    try await withDirectory { directory in
      let names = Mutex<[String]>([])
      let store = DrainStore(stateDirectory: directory, problems: StandingProblems { _ in }) {
        names.withLock { $0.append(Self.threadName()) }
        return .now()
      }
      async let running: Void = store.run()
      for _ in 0..<20 {
        store.store([])
        #expect(await store.written() == nil)
      }
      store.finish()
      await running
      #expect(names.withLock { $0.count } >= 20)
      #expect(names.withLock { $0.allSatisfy { $0.hasPrefix("TP-#") } }, "\(names.withLock { $0 })")
    }
  }
}
