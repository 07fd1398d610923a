/// How many labs there are at a time: most of a test is waiting, so that a few of them share a machine well.
///
/// First come, first served; a lab that wants the machine to itself waits until no other one does, so that the machine has to
/// become idle only once.
actor LabSlots {
  static let shared = LabSlots(count: 4)

  /// How much of the machine a lab takes.
  enum Share: Sendable {
    /// One slot beside others: the test waits for timers most of its time.
    case part
    /// Everything: the test is about processor time or amounts.
    case whole
  }

  private let count: Int
  private var free: Int
  private var waiting: (part: [CheckedContinuation<Void, Never>], whole: [CheckedContinuation<Void, Never>]) = ([], [])

  init(count: Int) {
    self.count = count
    free = count
  }

  /// Runs `body` when its share of the machine is free.
  func with<Result: Sendable>(_ share: Share, _ body: @Sendable () async throws -> Result) async throws -> Result {
    await withCheckedContinuation { continuation in
      switch share {
      case .part: waiting.part.append(continuation)
      case .whole: waiting.whole.append(continuation)
      }
      startNext()
    }
    defer {
      free += share == .whole ? count : 1
      startNext()
    }
    return try await body()
  }

  private func startNext() {
    while free > 0, !waiting.part.isEmpty {
      free -= 1
      waiting.part.removeFirst().resume()
    }
    if free == count, !waiting.whole.isEmpty {
      free = 0
      waiting.whole.removeFirst().resume()
    }
  }
}
