import CLinux
import Glibc
import OSPFProtocol

/// Keeps a `LinkTable` in step with the kernel: a dump first, then events; when events are lost, a dump again.
///
/// Events have a socket of their own. It is opened before the first dump, so whatever changes during or after a dump is told by an
/// event that is taken in after the dump: the last word about a link is always the newest.
final class LinkReader {
  /// Where events arrive: readable when there are any.
  let events: NetlinkSocket
  private let requests: NetlinkSocket
  private var table = LinkTable()

  /// How often events were lost.
  private(set) var overruns = 0

  /// Opens the sockets in the network namespace of the calling thread, and begins to collect events.
  convenience init(receiveBufferOctets: Int32) throws(SystemCallError) {
    let events = try NetlinkSocket(groups: RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)
    try events.descriptor.setBuffer(
      force: SO_RCVBUFFORCE, limited: SO_RCVBUF, octets: receiveBufferOctets, "receive")
    self.init(events: events, requests: try NetlinkSocket())
  }

  /// Reads from sockets that are open already.
  init(events: NetlinkSocket, requests: NetlinkSocket) {
    self.events = events
    self.requests = requests
  }

  /// Every link with its addresses, as of the last `resynchronize` or `catchUp`.
  var snapshot: [Link] { table.snapshot }

  /// Learns everything anew.
  func resynchronize() throws(NetlinkError) { table = try requests.listLinks() }

  /// Takes in the events that have arrived. If any were lost, learns everything anew.
  func catchUp() throws(NetlinkError) {
    var isIncomplete = false
    // An overrun is over, and the kernel tells of the next, only after everything was read: so it is first read to the end.
    reading: while true {
      switch try nextReading() {
      case .none:
        break reading
      case .overrun:
        isIncomplete = true
      case .messages(let messages):
        isIncomplete = !take(messages) || isIncomplete
      }
    }
    guard isIncomplete else { return }
    overruns += 1
    try resynchronize()
  }

  private func nextReading() throws(NetlinkError) -> NetlinkSocket.Reading {
    do {
      return try events.readWithoutWaiting()
    } catch {
      throw .refused(error)
    }
  }

  /// Applies messages; false when one is malformed.
  private func take(_ messages: [NetlinkMessage]) -> Bool {
    var areWellFormed = true
    for message in messages {
      do {
        try table.apply(message)
      } catch {
        areWellFormed = false
      }
    }
    return areWellFormed
  }
}
