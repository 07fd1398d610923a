import CLinux
import Glibc

/// Why something asked of rtnetlink was not done.
enum NetlinkError: Error, Hashable {
  /// The kernel refused.
  case refused(SystemCallError)
  /// What it described changed while it was describing it (NLM_F_DUMP_INTR).
  case interrupted
  /// Its answer is not what netlink answers look like, or is missing its end.
  case malformedAnswer(String)
}

/// An rtnetlink socket. Used by one thread at a time.
final class NetlinkSocket: @unchecked Sendable {
  /// Longer than any datagram that the kernel sends on a routing socket: dumps come in parts of at most 32 KiB.
  private static let datagramLimit = 64 << 10
  /// How long the kernel may take for a part of an answer.
  private static let answerTimeout = 10
  /// How often a dump is begun anew because of changes during it.
  private static let dumpAttempts = 20

  let descriptor: OwnedDescriptor
  private var buffer = [UInt8](repeating: 0, count: datagramLimit)
  private var sequenceNumber: UInt32 = 0

  /// Opens a socket in the network namespace of the calling thread, member of the groups RTMGRP_*.
  convenience init(groups: Int32 = 0) throws(SystemCallError) {
    try self.init(
      OwnedDescriptor(clinux_open_netlink(NETLINK_ROUTE, UInt32(bitPattern: groups)), "open an rtnetlink socket"))
  }

  /// Opens a socket of another netlink protocol (NETLINK_*) in the network namespace of the calling thread.
  convenience init(protocol number: Int32) throws(SystemCallError) {
    try self.init(OwnedDescriptor(clinux_open_netlink(number, 0), "open a netlink socket"))
  }

  /// Talks through a socket that is open already.
  init(_ descriptor: OwnedDescriptor) throws(SystemCallError) {
    self.descriptor = descriptor
    let timeout = timeval(tv_sec: Self.answerTimeout, tv_usec: 0)
    try descriptor.set(SOL_SOCKET, SO_RCVTIMEO, to: timeout, "limit the wait for an answer")
  }

  /// What a read without waiting has found.
  enum Reading {
    case messages([NetlinkMessage])
    /// Nothing is waiting.
    case none
    /// The kernel had more to say than fits into the socket's buffer, and some of it is lost.
    case overrun
  }

  /// Reads one datagram if there is one.
  func readWithoutWaiting() throws(SystemCallError) -> Reading {
    do {
      guard let messages = try receive(flags: Int32(MSG_DONTWAIT)) else { return .overrun }
      return .messages(messages)
    } catch {
      switch error.code {
      case EAGAIN: return .none
      case ENOBUFS: return .overrun
      default: throw error
      }
    }
  }

  /// Sends a request that has one answer, an acknowledgment, and waits for it.
  func perform(_ request: NetlinkRequest, _ operation: String) throws(NetlinkError) {
    _ = try answers(to: request, operation)
  }

  /// Sends a request for a dump and returns all of it, begun anew as often as it was interrupted by a change.
  func dump(_ request: NetlinkRequest, _ operation: String) throws(NetlinkError) -> [NetlinkMessage] {
    for _ in 1..<Self.dumpAttempts {
      do {
        return try answers(to: request, operation)
      } catch {
        guard error == .interrupted else { throw error }
      }
    }
    return try answers(to: request, operation)
  }

  /// Sends messages to nfnetlink that are carried out together or not at all, and waits until that is decided.
  func perform(batch: [NetlinkRequest], subsystem: UInt16, _ operation: String) throws(NetlinkError) {
    var octets: [UInt8] = []
    let first = sequenceNumber &+ 1
    for var request in [.batchLimit(NetfilterBatch.begin, subsystem)] + batch + [.batchLimit(NetfilterBatch.end, subsystem)] {
      sequenceNumber &+= 1
      // One acknowledgment tells of all; refusals come unasked.
      if sequenceNumber == first &+ UInt32(batch.count) { request.add(flags: NLM_F_ACK) }
      octets += request.finished(sequenceNumber: sequenceNumber)
    }
    let last = first &+ UInt32(batch.count)
    let result = octets.withUnsafeBytes { clinux_netlink_send(descriptor.value, $0.baseAddress, $0.count) }
    guard result == 0 else { throw .refused(SystemCallError(operation, code: -result)) }
    var refusal: Int32 = 0
    while true {
      for message in try nextAnswers(operation) where Int32(message.type) == NLMSG_ERROR {
        let code = message.errorCode ?? EPROTO
        if refusal == 0 { refusal = code }
        // Where the first is refused, the rest was not looked at.
        guard message.sequenceNumber == last || message.sequenceNumber == first else { continue }
        guard refusal == 0 else { throw .refused(SystemCallError(operation, code: refusal)) }
        return
      }
    }
  }

  private func answers(to request: NetlinkRequest, _ operation: String) throws(NetlinkError) -> [NetlinkMessage] {
    sequenceNumber &+= 1
    let message = request.finished(sequenceNumber: sequenceNumber)
    let result = message.withUnsafeBytes { clinux_netlink_send(descriptor.value, $0.baseAddress, $0.count) }
    guard result == 0 else { throw .refused(SystemCallError(operation, code: -result)) }

    var answers: [NetlinkMessage] = []
    var isInterrupted = false
    while true {
      for message in try nextAnswers(operation) where message.sequenceNumber == sequenceNumber {
        isInterrupted = isInterrupted || message.flags & UInt16(NLM_F_DUMP_INTR) != 0
        switch Int32(message.type) {
        case NLMSG_ERROR, NLMSG_DONE:
          // NLMSG_DONE carries an error too: of a dump that could not be finished.
          let code = message.errorCode ?? 0
          guard code == 0 else { throw .refused(SystemCallError(operation, code: code)) }
          if isInterrupted { throw .interrupted }
          return answers
        case NLMSG_NOOP:
          continue
        default:
          answers.append(message)
        }
      }
    }
  }

  private func nextAnswers(_ operation: String) throws(NetlinkError) -> [NetlinkMessage] {
    let messages: [NetlinkMessage]?
    do {
      messages = try receive(flags: 0)
    } catch {
      throw .refused(SystemCallError(operation, code: error.code))
    }
    guard let messages else { throw .malformedAnswer(operation) }
    return messages
  }

  /// Receives one datagram; nil when it is truncated or not made of messages.
  private func receive(flags: Int32) throws(SystemCallError) -> [NetlinkMessage]? {
    let length = buffer.withUnsafeMutableBytes {
      clinux_netlink_receive(descriptor.value, $0.baseAddress, $0.count, flags)
    }
    guard length >= 0 else { throw SystemCallError("read from rtnetlink", code: Int32(-length)) }
    guard length <= buffer.count else { return nil }
    // Copied, so that the messages do not make the next read copy the whole buffer.
    return NetlinkMessage.split(ArraySlice(Array(buffer[..<length])))
  }
}

extension NetlinkSocket {
  /// Asks for every link and address of the network namespace.
  func listLinks() throws(NetlinkError) -> LinkTable {
    var links = NetlinkRequest(type: RTM_GETLINK, flags: NLM_F_DUMP)
    links.appendLinkHeader()
    var addresses = NetlinkRequest(type: RTM_GETADDR, flags: NLM_F_DUMP)
    addresses.appendAddressHeader()

    var table = LinkTable()
    for message in try dump(links, "list the links") + dump(addresses, "list the addresses") {
      do {
        try table.apply(message)
      } catch {
        throw .malformedAnswer("list the links and addresses")
      }
    }
    return table
  }
}

extension NetlinkError: CustomStringConvertible {
  var description: String {
    switch self {
    case .refused(let error): error.description
    case .interrupted: "what was being listed kept changing"
    case .malformedAnswer(let operation): "cannot \(operation): the kernel's answer is malformed"
    }
  }
}
