import CLinux
import Glibc
import NIOCore
import OSPFProtocol

/// Packets on their way into a raw socket, in order, many in one system call.
///
/// They do not go through NIO's channel: it closes itself when a send fails with ENETDOWN or ENODEV, which links do and which must
/// not cost an adjacency on another subnet, and it has no way to say from which address a packet is sent.
final class TransmitQueue {
  /// How many packets wait at most for a socket that accepts no more.
  static let limit = 8192
  /// How long to wait before trying a full socket again...
  static let retryDelay = TimeAmount.milliseconds(2)
  /// ...and how long without success until what waits is given up.
  static let timeout = Duration.seconds(5)

  private let socket: OwnedDescriptor
  private let version: IPVersion
  private let interfaceIndex: UInt32
  private var waiting = CircularBuffer<Transmission>()
  private var arena: [UInt8] = []
  private var batch: [clinux_packet] = []
  private var blockedSince: Instant?

  /// Packets that the kernel took.
  private(set) var sent: UInt64 = 0

  init(socket: OwnedDescriptor, version: IPVersion, interfaceIndex: UInt32) {
    self.socket = socket
    self.version = version
    self.interfaceIndex = interfaceIndex
  }

  /// Appends a packet, or says why not.
  func append(_ transmission: Transmission) throws(TransmissionError) {
    guard transmission.source.family == version.family, transmission.destination.family == version.family else {
      throw .wrongVersion
    }
    guard waiting.count < Self.limit else { throw .queueFull(packets: waiting.count) }
    waiting.append(transmission)
  }

  /// Removes and returns what was not sent.
  func removeAll() -> [Transmission] {
    defer { waiting.removeAll() }
    return Array(waiting)
  }

  /// What became of a flush.
  struct FlushResult {
    /// Packets that the kernel refused, in order.
    var failures: [(Transmission, TransmissionError)] = []
    /// The socket's buffer is full; the rest still waits.
    var isBlocked = false
  }

  /// Hands every waiting packet to the kernel, as far as it takes them.
  func flush() -> FlushResult {
    var result = FlushResult()
    let waitingBefore = waiting.count
    while !waiting.isEmpty, !result.isBlocked {
      layOutBatch()
      sendBatch(&result)
    }
    if !result.isBlocked || waiting.count < waitingBefore { blockedSince = nil }
    if result.isBlocked { giveUpIfBlockedForTooLong(&result) }
    return result
  }

  private func giveUpIfBlockedForTooLong(_ result: inout FlushResult) {
    let now = MonotonicClock.now()
    let since = blockedSince ?? now
    blockedSince = since
    guard now - since >= Self.timeout else { return }
    result.failures += removeAll().map { ($0, .noBufferSpace) }
    result.isBlocked = false
    blockedSince = nil
  }

  private func layOutBatch() {
    arena.removeAll(keepingCapacity: true)
    batch.removeAll(keepingCapacity: true)
    for transmission in waiting.prefix(CLINUX_SEND_BATCH) {
      let source = transmission.source.halves
      let destination = transmission.destination.halves
      batch.append(
        clinux_packet(
          offset: arena.count, length: transmission.bytes.count, source_high: source.high, source_low: source.low,
          destination_high: destination.high, destination_low: destination.low))
      arena += transmission.bytes
    }
  }

  private func sendBatch(_ result: inout FlushResult) {
    var done = 0
    while done < batch.count {
      let taken = arena.withUnsafeBufferPointer { arena in
        batch.withUnsafeBufferPointer { batch in
          clinux_send(
            socket.value, version.family, interfaceIndex, arena.baseAddress, batch[done...].baseAddressOfSlice,
            batch.count - done)
        }
      }
      if taken > 0 {
        done += Int(taken)
        sent += UInt64(taken)
        waiting.removeFirst(Int(taken))
        continue
      }
      // A raw socket whose buffer is full says ENOBUFS, not EAGAIN.
      if [EAGAIN, ENOBUFS, ENOMEM].contains(-taken) {
        result.isBlocked = true
        return
      }
      done += 1
      let refused = waiting.removeFirst()
      result.failures.append((refused, TransmissionError(code: -taken, sending: refused)))
    }
  }
}

extension Slice where Base == UnsafeBufferPointer<clinux_packet> {
  /// The address of the slice's first element.
  fileprivate var baseAddressOfSlice: UnsafePointer<clinux_packet>? { UnsafeBufferPointer(rebasing: self).baseAddress }
}
