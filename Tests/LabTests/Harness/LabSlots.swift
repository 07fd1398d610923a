/// How many labs there are at a time: most of a test is waiting, so that a few of them share a machine well.
///
/// First come, first served; a lab that wants more of the machine waits until no other one wants less, so that the machine has to
/// become idle only once.
actor LabSlots {
  static let shared = LabSlots(count: 5)

  /// How much of the machine a lab takes.
  enum Share: CaseIterable, Sendable {
    /// One slot beside others: the test waits for timers most of its time.
    case part
    /// Beside one other of the kind: the test counts what is lost meanwhile.
    case half
    /// Everything: the test is about processor time or amounts.
    case whole
  }

  private let count: Int
  private var free: Int
  private var waiting: [Share: [CheckedContinuation<Void, Never>]] = [:]

  init(count: Int) {
    self.count = count
    free = count
  }

  /// Runs `body` when its share of the machine is free.
  func with<Result: Sendable>(_ share: Share, _ body: @Sendable () async throws -> Result) async throws -> Result {
    await withCheckedContinuation { continuation in
      waiting[share, default: []].append(continuation)
      startNext()
    }
    defer {
      free += slots(for: share)
      startNext()
    }
    return try await body()
  }

  private func slots(for share: Share) -> Int {
    switch share {
    case .part: 1
    case .half: count / 2
    case .whole: count
    }
  }

  /// The small ones first: those that want more wait until no smaller one does.
  private func startNext() {
    for share in Share.allCases {
      while free >= slots(for: share), let next = waiting[share]?.first {
        free -= slots(for: share)
        waiting[share]?.removeFirst()
        next.resume()
      }
      guard waiting[share]?.isEmpty ?? true else { return }
    }
  }
}
