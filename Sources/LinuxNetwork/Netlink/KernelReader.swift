import CLinux
import Glibc
import OSPFProtocol

/// What rtnetlink tells of one kind of things, message by message.
protocol KernelTable {
  /// Everything that is known, for whoever wants it.
  associatedtype Snapshot: Equatable & Sendable

  /// The groups (RTMGRP_*) whose events change the table.
  static var groups: Int32 { get }
  /// Asks the kernel for all of it.
  static func list(_ netlink: NetlinkSocket) throws(NetlinkError) -> Self
  /// Everything that is known.
  var snapshot: Snapshot { get }
  /// Takes in one message. Messages about anything else are ignored. False when the message changes things that no message tells, so
  /// that all must be asked for anew.
  mutating func apply(_ message: NetlinkMessage) throws(MalformedNetlinkMessage) -> Bool
}

/// What a `KernelWatcher` reads from.
protocol SnapshotReader<Snapshot>: AnyObject {
  associatedtype Snapshot: Equatable & Sendable

  /// Where events arrive: readable when there are any.
  var events: NetlinkSocket { get }
  /// How often events were lost.
  var overruns: Int { get }
  /// What was known after the last `resynchronize` or `catchUp`; nil before the first.
  var snapshot: Snapshot? { get }
  /// Learns everything anew.
  func resynchronize() throws(NetlinkError)
  /// Takes in the events that have arrived. If any were lost, learns everything anew.
  func catchUp() throws(NetlinkError)
}

/// Keeps a table in step with the kernel: a dump first, then events; when events are lost, a dump again.
///
/// Events have a socket of their own. It is opened before the first dump, so whatever changes during or after a dump is told by an
/// event that is taken in after the dump: the last word about a thing is always the newest.
final class KernelReader<Table: KernelTable>: SnapshotReader {
  let events: NetlinkSocket
  private let requests: NetlinkSocket
  private var table: Table?
  private(set) var overruns = 0

  /// Opens the sockets in the network namespace of the calling thread, and begins to collect events.
  convenience init(receiveBufferOctets: Int32) throws(SystemCallError) {
    let events = try NetlinkSocket(groups: Table.groups)
    try events.descriptor.setBuffer(
      force: SO_RCVBUFFORCE, limited: SO_RCVBUF, octets: receiveBufferOctets, "receive")
    self.init(events: events, requests: try NetlinkSocket())
  }

  /// Reads from sockets that are open already.
  init(events: NetlinkSocket, requests: NetlinkSocket) {
    self.events = events
    self.requests = requests
  }

  var snapshot: Table.Snapshot? { table?.snapshot }

  func resynchronize() throws(NetlinkError) { table = try Table.list(requests) }

  func catchUp() throws(NetlinkError) {
    var isIncomplete = false
    var isOverrun = false
    // An overrun is over, and the kernel tells of the next, only after everything was read: so it is first read to the end.
    reading: while true {
      switch try nextReading() {
      case .none:
        break reading
      case .overrun:
        isOverrun = true
      case .messages(let messages):
        isIncomplete = !take(messages) || isIncomplete
      }
    }
    if isOverrun { overruns += 1 }
    if isOverrun || isIncomplete { try resynchronize() }
  }

  private func nextReading() throws(NetlinkError) -> NetlinkSocket.Reading {
    do {
      return try events.readWithoutWaiting()
    } catch {
      throw .refused(error)
    }
  }

  /// Applies messages; false when what they say is not all that has changed, or one is malformed.
  private func take(_ messages: [NetlinkMessage]) -> Bool {
    var isComplete = true
    for message in messages {
      do {
        isComplete = try table?.apply(message) ?? false && isComplete
      } catch {
        isComplete = false
      }
    }
    return isComplete
  }
}
