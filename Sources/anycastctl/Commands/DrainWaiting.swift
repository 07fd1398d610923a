import ControlAPI

/// How long an operator waits.
struct Patience {
  private let end: ContinuousClock.Instant?
  private let text: String

  /// Without end where no time is said.
  init(_ timeout: SpokenDuration?) {
    end = timeout.map { .now + .seconds($0.seconds) }
    text = timeout.map { Shown.age($0.seconds) } ?? ""
  }

  /// Waits for a second, or throws when that would be too long.
  func wait(for what: @autoclosure () -> String) async throws {
    if let end, .now + .seconds(1) > end {
      throw ControlClientError.refused(ControlError(.conflict, "gave up after \(text): \(what())"))
    }
    try await Task.sleep(for: .seconds(1))
  }
}

/// What a drain waits for before and after it has begun.
enum DrainWaiting {
  /// Asks until the drain has begun. Who no longer asks no longer waits: the daemon forgets it.
  static func drainExclusively(
    _ client: ControlClient, _ request: DrainRequest, _ patience: Patience
  ) async throws -> CommandReport {
    var told: [String] = []
    while true {
      let report = try await client.drainExclusively(request)
      guard !report.isBegun else { return CommandReport(messages: report.messages) }
      let sentences = report.waitsFor.map(\.sentence)
      for sentence in sentences where !told.contains(sentence) { Terminal.standardOutput.show("waiting: \(sentence)") }
      told = sentences
      try await patience.wait(for: sentences.joined(separator: "; "))
    }
  }

  /// Looks every second until nothing comes any more.
  static func untilSilent(
    _ client: ControlClient, _ silence: TrafficSilence, _ patience: Patience
  ) async throws -> CommandReport {
    var silence = silence
    while true {
      silence.look(at: try await client.services(), seconds: ContinuousClock.now)
      guard !silence.isSilent else { return CommandReport(messages: [silence.sentence]) }
      try await patience.wait(for: silence.sentence)
    }
  }
}
