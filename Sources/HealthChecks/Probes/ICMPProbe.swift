import AnycastPolicy
import CLinux
import Glibc
import NIOCore
import NIOPosix
import OSPFWire
import ProbeWire

/// Sends an echo request and waits for its reply.
///
/// The kernel gives a socket for that to everybody whose group is in `net.ipv4.ping_group_range`; to others a raw socket is left,
/// which needs CAP_NET_RAW.
struct ICMPProbe: Probe {
  let address: IPAddress
  let eventLoop: any EventLoop

  func run() async -> Verdict {
    do {
      try await exchange()
      return .passing(detail: nil)
    } catch {
      return .failing(reason: "\(address): \(socketFailure(error))")
    }
  }

  private func exchange() async throws {
    let family = address.v4 == nil ? AF_INET6 : AF_INET
    var isRaw: CInt = 0
    let socket = clinux_open_icmp_socket(family, &isRaw)
    guard socket >= 0 else { throw ICMPSocketUnavailable(reason: errorText(-socket)) }
    let request = ICMPEchoRequest(address.v4 == nil ? .v6 : .v4)
    let delivery: ICMPEchoRequest.Delivery = isRaw == 1 ? .all : .own
    let exchange = MessageExchange(request: request.bytes, eventLoop: eventLoop) { message throws(MessageRefusal) in
      try request.accept(message, delivery)
    }
    // ICMP has no ports, but to the kernel a socket without one is not connected.
    let target = try address.socketAddress(port: 1)
    try await exchange.overDatagrams { bootstrap in
      bootstrap.withBoundSocket(socket).flatMap { channel in channel.connect(to: target).map { channel } }
    }
  }
}

/// Neither kind of socket is to be had.
private struct ICMPSocketUnavailable: Error, CustomStringConvertible {
  let reason: String

  var description: String { "cannot open a socket for ICMP: \(reason)" }
}
