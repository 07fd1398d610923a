import AnycastNode
import ControlAPI
import FlightRecords
import LinuxNetwork
import OSPFProtocol

/// The last minutes of this node, in memory and on the disk.
extension ProtocolLoop {
  /// Writes down what is in memory; returns the file.
  func record(for occasion: FlightRecorder.Occasion, because reason: String) async throws -> String {
    let now = MonotonicClock.now()
    let clock = Timestamp.now
    let devices = Dictionary(node.links.map { ($0.index, $0.name) }) { first, _ in first }
    let (recorder, traced) = (recorder, await bfdTrace())
    return try await withTaskExecutorPreference(FileExecutor.shared) {
      try await recordings.write(for: occasion, at: clock) {
        let bfd = traced.filter { now - $0.time <= FlightRecorder.period }.map { packet in
          FlightRecord(
            time: packet.time,
            content: .packet(
              FlightRecord.Packet(
                interfaceIndex: packet.interfaceIndex, source: packet.source, destination: packet.destination,
                direction: packet.isInbound ? .inbound : .outbound, kind: .bfd, bytes: packet.octets)))
        }
        return FlightRecording(
          records: recorder.records(at: now) + bfd, comment: "anycast-ospfd \(ProductVersion.described): \(reason)",
          devices: devices,
          epoch: clock.millisecondsSince1970 * 1_000_000 - now.nanoseconds)
      }
    }
  }

  /// An event is kept; where it is one of those that somebody will ask about, what led to it is written down.
  func keep(_ event: NodeEvent, _ message: String, at now: Instant) {
    recorder.note(message, event.fact, at: now)
    guard let occasion = recorder.occasion(of: event, at: now), node.state == .running || node.state == .suspended else { return }
    Task {
      do {
        let path = try await record(for: occasion, because: message)
        eventLog.report(.recordingWritten, .notice, "what led to this is recorded: \(path)")
      } catch {
        eventLog.report(.recordingFailed, .error, "what led to this could not be recorded: \(error)")
      }
    }
  }

  /// A configuration has come into force. Its digest is made elsewhere: to put ten thousand services into words takes a while.
  func noteConfiguration(digest: String) {
    let fact = RecordedFact.configuration(digest: digest)
    recorder.note(fact.description, fact, at: MonotonicClock.now())
  }

  private func bfdTrace() async -> [TracedBFDPacket] {
    guard let bfdThread else { return [] }
    return await withCheckedContinuation { continuation in
      bfdThread.trace { continuation.resume(returning: $0) }
    }
  }
}
