import AnycastPolicy
import Configuration
import NIOCore
import OSPFWire
import ProbeWire

/// Asks each server with a Status-Server packet whether it is alive (RFC 5997).
struct RADIUSProbe: Probe {
  let check: RADIUSCheck
  let servers: [IPAddress]
  let eventLoop: any EventLoop

  func run() async -> Verdict {
    await verdict(ofAll: servers) { server in ("\(server)", await failure(asking: server)) }
  }

  private func failure(asking server: IPAddress) async -> String? {
    let request = RADIUSRequest(secret: check.secret)
    let exchange = MessageExchange(request: request.bytes, eventLoop: eventLoop) { message throws(MessageRefusal) in
      try RADIUSAnswer(message, to: request)
    }
    do {
      let answer = try await exchange.overUDP(to: try server.socketAddress(port: check.port))
      return answer.isAlive ? nil : "answered with code \(answer.code), expected Access-Accept or Accounting-Response"
    } catch {
      return socketFailure(error)
    }
  }
}
