import CLinux
import Glibc
import Testing

@testable import LinuxNetwork

/// A kernel that says what a test wants it to say: the other end of a pair of sockets.
struct ScriptedKernel {
  let socket: NetlinkSocket
  private let end: OwnedDescriptor

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0 else { throw Failure("socketpair: \(errno)") }
    socket = try NetlinkSocket(OwnedDescriptor(ends[0], "open it"))
    end = try OwnedDescriptor(ends[1], "open it")
  }

  /// Lays up an answer to the request with `sequenceNumber`.
  func answer(_ sequenceNumber: UInt32, type: Int32, flags: Int32 = 0, code: Int32 = 0, cutOff: Int = 0) throws {
    var message = NetlinkRequest(type: Int(type), flags: flags)
    message.append(code)
    try send(message, sequenceNumber: sequenceNumber, cutOff: cutOff)
  }

  /// Lays up a message of whatever contents.
  func send(_ message: NetlinkRequest, sequenceNumber: UInt32, cutOff: Int = 0) throws {
    let octets = message.finished(sequenceNumber: sequenceNumber).dropLast(cutOff)
    let sent = octets.withUnsafeBytes { Glibc.send(end.value, $0.baseAddress, $0.count, 0) }
    guard sent == octets.count else { throw Failure("send: \(errno)") }
  }

  /// The sequence numbers of the requests that have come.
  func requests() -> [UInt32?] {
    var requests: [UInt32?] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let length = recv(end.value, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard length > 0 else { return requests }
      requests.append(KernelOctets(buffer[..<length]).integer(at: 8))
    }
  }
}

@Suite("Conversations with the kernel")
struct NetlinkSocketTests {
  private let request = NetlinkRequest(type: RTM_GETLINK, flags: NLM_F_DUMP)
  private let entry = Int32(RTM_NEWLINK)

  @Test("A dump is everything between the request and its end, in as many datagrams as it takes")
  func dump() throws {
    let kernel = try ScriptedKernel()
    try kernel.answer(1, type: entry)
    try kernel.answer(1, type: entry)
    try kernel.answer(1, type: NLMSG_DONE)
    #expect(try kernel.socket.dump(request, "list the links").count == 2)
    #expect(kernel.requests() == [1])
  }

  @Test("A dump that was interrupted by a change is begun anew")
  func interruption() throws {
    let kernel = try ScriptedKernel()
    try kernel.answer(1, type: entry)
    try kernel.answer(1, type: entry, flags: NLM_F_DUMP_INTR)
    try kernel.answer(1, type: NLMSG_DONE)
    try kernel.answer(2, type: entry)
    try kernel.answer(2, type: NLMSG_DONE)
    #expect(try kernel.socket.dump(request, "list the links").count == 1)
    #expect(kernel.requests() == [1, 2])
  }

  @Test("A dump that is interrupted again and again is given up")
  func endlessInterruption() throws {
    let kernel = try ScriptedKernel()
    for sequenceNumber in 1...UInt32(20) {
      try kernel.answer(sequenceNumber, type: NLMSG_DONE, flags: NLM_F_DUMP_INTR)
    }
    #expect(throws: NetlinkError.interrupted) { try kernel.socket.dump(request, "list the links") }
    #expect(kernel.requests().count == 20)
  }

  @Test("Answers to other requests are not taken for ours")
  func otherAnswers() throws {
    let kernel = try ScriptedKernel()
    try kernel.answer(99, type: entry)
    try kernel.answer(0, type: NLMSG_ERROR, code: -EPERM)
    try kernel.answer(1, type: NLMSG_ERROR)
    try kernel.socket.perform(request, "do it")
  }

  @Test("The kernel's refusal is told with what was asked")
  func refusal() throws {
    let kernel = try ScriptedKernel()
    try kernel.answer(1, type: NLMSG_ERROR, code: -EPERM)
    #expect(throws: NetlinkError.refused(SystemCallError("do it", code: EPERM))) {
      try kernel.socket.perform(request, "do it")
    }
    try kernel.answer(2, type: NLMSG_DONE, code: -EBUSY)
    #expect(throws: NetlinkError.refused(SystemCallError("list it", code: EBUSY))) {
      try kernel.socket.dump(request, "list it")
    }
  }

  @Test("An answer that is cut off is not believed")
  func malformed() throws {
    let kernel = try ScriptedKernel()
    try kernel.answer(1, type: entry, cutOff: 1)
    #expect(throws: NetlinkError.malformedAnswer("list it")) { try kernel.socket.dump(request, "list it") }
    try kernel.answer(2, type: entry, cutOff: 1)
    guard case .overrun = try kernel.socket.readWithoutWaiting() else {
      Issue.record("it was believed")
      return
    }
  }
}
