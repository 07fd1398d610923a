import AnycastPolicy

/// The changes of one service's state that its command has not been told yet, oldest first.
///
/// There is room for a few. When a command is so slow that more come, the two newest become one, so that the command is always told
/// of the latest state in the end.
struct ChangeQueue {
  /// How many changes wait at most.
  static let limit = 8

  private var waiting: [ServiceChange] = []

  /// How many changes wait.
  var count: Int { waiting.count }

  /// Takes a change.
  mutating func append(_ change: ServiceChange) {
    guard waiting.count >= Self.limit, let newest = waiting.popLast() else { return waiting.append(change) }
    // Back to the state that the command will have been told before: there is nothing to tell.
    guard newest.from != change.to else { return }
    var both = change
    both.from = newest.from
    waiting.append(both)
  }

  /// Takes out the oldest change; nil when none waits.
  mutating func next() -> ServiceChange? { waiting.isEmpty ? nil : waiting.removeFirst() }
}
