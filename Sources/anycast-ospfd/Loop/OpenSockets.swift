import AnycastNode
import Glibc
import LinuxNetwork
import NIOCore
import OSPFProtocol
import OSPFWire

/// The raw sockets that are open. Lives on the protocol loop.
struct OpenSockets {
  private var sockets: [SocketID: OSPFSocket] = [:]

  /// Opens and closes sockets until exactly these are open, each a member of its groups. Returns those that are not so, and why.
  mutating func hold(
    _ wanted: [SocketID: Set<IPAddress>], on eventLoop: any EventLoop, callbacks: (SocketID) -> OSPFSocket.Callbacks
  ) -> [SocketID: SocketFailure] {
    for (id, socket) in sockets where wanted[id] == nil {
      socket.flush()
      socket.close()
      sockets[id] = nil
    }
    var failures: [SocketID: SocketFailure] = [:]
    for (id, groups) in wanted {
      do throws(SystemCallError) {
        if sockets[id] == nil { sockets[id] = try open(id, on: eventLoop, callbacks(id)) }
        failures[id] = join(groups, id)
      } catch {
        failures[id] = error.code == EPERM || error.code == EACCES ? .notPermitted : .notOpened("\(error)")
      }
    }
    return failures
  }

  private func open(
    _ id: SocketID, on eventLoop: any EventLoop, _ callbacks: OSPFSocket.Callbacks
  ) throws(SystemCallError) -> OSPFSocket {
    try OSPFSocket(
      id.instance.version.ipVersion, interfaceIndex: id.interfaceIndex, on: eventLoop, callbacks: callbacks)
  }

  private func join(_ groups: Set<IPAddress>, _ id: SocketID) -> SocketFailure? {
    do {
      try sockets[id]?.hold(groups)
      return nil
    } catch {
      return .notJoined("\(error)")
    }
  }

  /// Gives a packet to the socket that it leaves through; without one it is lost, as packets are.
  func send(_ transmission: Transmission, of instance: ProtocolInstance) {
    sockets[SocketID(instance: instance, interfaceIndex: transmission.interfaceIndex)]?.send(transmission)
  }

  /// Hands everything that waits to be sent to the kernel.
  func flush() {
    for socket in sockets.values { socket.flush() }
  }

  /// Those that are open.
  var ids: some Sequence<SocketID> { sockets.keys }

  /// What the kernel has dropped before it was read.
  var drops: [SocketID: UInt64] { sockets.mapValues(\.counters.dropped) }

  /// A socket has failed, and is closed.
  mutating func forget(_ id: SocketID) { sockets[id] = nil }

  mutating func closeAll() {
    flush()
    for socket in sockets.values { socket.close() }
    sockets = [:]
  }
}

extension OSPFVersion {
  /// The IP version that carries it.
  fileprivate var ipVersion: IPVersion {
    switch self {
    case .v2: .v4
    case .v3: .v6
    }
  }
}
