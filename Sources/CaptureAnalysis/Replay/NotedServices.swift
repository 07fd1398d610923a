import FlightRecords
import OSPFProtocol

/// A change of a service that a node has noted, with what its checks said then.
public struct NotedServiceChange: Sendable {
  /// Counted from the recording's first packet.
  public let time: Duration
  public let service: String
  public let from: String
  public let to: String
  public let reason: String
  /// What each check that was not passing had last said.
  public let checks: [String]
}

extension Recording {
  /// The changes of services while it was recorded.
  public var serviceChanges: [NotedServiceChange] {
    let start = packets.first?.datagram.timestamp ?? notes.all.first?.time ?? .zero
    var verdicts: [String: [String: (to: String, reason: String, time: Duration)]] = [:]
    var changes: [NotedServiceChange] = []
    for note in notes.all {
      let time = note.time - start
      switch note.fact {
      case .check(let service, let check, _, let to, let reason): verdicts[service, default: [:]][check] = (to, reason, time)
      case .service(let service, let from, let to, let reason) where time >= .zero:
        let checks = (verdicts[service] ?? [:]).filter { $0.value.to != "passing" }.sorted { $0.key < $1.key }.map { name, last in
          "check \(name) is \(last.to) since \(CaptureTime.seconds(last.time)) s: \(last.reason)"
        }
        changes.append(
          NotedServiceChange(time: time, service: service, from: from, to: to, reason: reason, checks: checks))
      default: break
      }
    }
    return changes
  }

  /// The configurations that were in force, by their digests, each with the time from which on; negative before the recording.
  public var configurations: [(time: Duration, digest: String)] {
    let start = packets.first?.datagram.timestamp ?? notes.all.first?.time ?? .zero
    return notes.all.compactMap { note in
      if case .configuration(let digest) = note.fact { (note.time - start, digest) } else { nil }
    }
  }
}
