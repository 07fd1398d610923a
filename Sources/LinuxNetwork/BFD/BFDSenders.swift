import BFDProtocol
import CLinux
import Glibc
import OSPFWire

/// The sockets that sessions send from: one for each, because a session keeps a source port of its own (RFC 5881 section 4).
struct BFDSenders {
  /// The source ports that RFC 5881 section 4 allows.
  static let ports: ClosedRange<UInt16> = 49152...65535
  /// So many ports are tried when others have them.
  private static let mostAttempts = 64

  private var sockets: [SessionKey: OwnedDescriptor] = [:]
  /// The last error of each session, which is told only once.
  private var failures: [SessionKey: Int32] = [:]
  private var nextPort: UInt16

  init(seed: UInt64) {
    nextPort = Self.ports.lowerBound + UInt16(truncatingIfNeeded: seed % UInt64(Self.ports.count))
  }

  /// Sends a packet; returns what the kernel refused, unless it was the same the last time.
  mutating func send(_ transmission: SessionSink.Transmission, of octets: [UInt8]) -> SystemCallError? {
    let key = transmission.key
    do throws(SystemCallError) {
      let socket = try socket(for: key)
      let (high, low) = key.remote.halves
      let result = octets.withUnsafeBufferPointer { buffer in
        clinux_bfd_send(
          socket.value, key.remote.family, key.interfaceIndex, high, low,
          buffer.baseAddress?.advanced(by: transmission.range.lowerBound),
          transmission.range.count)
      }
      guard result == 0 else { throw SystemCallError("send to \(key.remote)", code: -result) }
      if !failures.isEmpty { failures[key] = nil }
      return nil
    } catch {
      // A device that was replaced wants a new socket.
      if error.code == ENODEV || error.code == ENXIO { sockets[key] = nil }
      defer { failures[key] = error.code }
      return failures[key] == error.code ? nil : error
    }
  }

  /// Forgets a session that has ended.
  mutating func close(_ key: SessionKey) {
    sockets[key] = nil
    failures[key] = nil
  }

  private mutating func socket(for key: SessionKey) throws(SystemCallError) -> OwnedDescriptor {
    if let socket = sockets[key] { return socket }
    let (high, low) = key.local.halves
    var result = -EADDRINUSE
    for _ in 0..<Self.mostAttempts where result == -EADDRINUSE {
      result = clinux_open_bfd_sender(key.local.family, key.interfaceIndex, high, low, nextPort)
      nextPort = nextPort == Self.ports.upperBound ? Self.ports.lowerBound : nextPort + 1
    }
    let socket = try OwnedDescriptor(result, "open a socket for BFD from \(key.local)")
    sockets[key] = socket
    return socket
  }
}
