/// An answer that is worked out at most once in its lifetime, however many ask for it: those who ask meanwhile wait for the same one. So
/// what the protocol's loop is asked does not grow with the number of browsers.
actor SharedAnswer<Value: Sendable> {
  private let lifetime: Duration
  private var latest: (value: Value, at: ContinuousClock.Instant)?
  private var underWay: Task<Value, any Error>?

  init(lifetime: Duration) { self.lifetime = lifetime }

  /// The latest answer where it is young enough, else what `make` gives.
  func value(_ make: @escaping @Sendable () async throws -> Value) async throws -> Value {
    if let latest, latest.at.duration(to: .now) < lifetime { return latest.value }
    if let underWay { return try await underWay.value }
    let task = Task { try await make() }
    underWay = task
    defer { underWay = nil }
    let value = try await task.value
    latest = (value, .now)
    return value
  }
}

/// What a server has worked out for whoever looks at it.
struct WebAnswers: Sendable {
  let page = SharedAnswer<StatusPage>(lifetime: .seconds(1))
  let metrics = SharedAnswer<String>(lifetime: .seconds(1))
  /// Walking the link state database for every prefix is more than a scrape is worth.
  let fleet = SharedAnswer<[FleetReport]>(lifetime: .seconds(15))
  /// Streams that are open.
  let streams = ConnectionGate(limit: 16)
}
