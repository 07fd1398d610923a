import OSPFProtocol
import OSPFWire

/// The link state database as the updates that one router of a recording is sent leave it.
public struct RecordedDatabase: Sendable {
  /// The newest instance of each LSA that was flooded and not flushed.
  public private(set) var headers: [LSAKey: LSAHeader] = [:]

  /// Takes every sound update of the recording in order, but for those of `router` itself.
  public init(_ recording: Recording, at router: RecordedRouter) {
    for packet in recording.packets where packet.header?.version == router.version && !recording.isPacket(packet, of: router) {
      for lsa in packet.lsas where lsa.problems.isEmpty { take(lsa.header) }
    }
  }

  private mutating func take(_ header: LSAHeader) {
    if let known = headers[header.key] {
      // At the same sequence number the one at MaxAge is the newer one (RFC 2328 section 13.1).
      guard header.sequenceNumber > known.sequenceNumber || header.sequenceNumber == known.sequenceNumber && header.isAtMaxAge
      else { return }
    }
    headers[header.key] = header
  }

  /// Whether the LSA is there, and not on its way out.
  public func has(_ key: LSAKey) -> Bool { headers[key].map { !$0.isAtMaxAge } ?? false }
}
