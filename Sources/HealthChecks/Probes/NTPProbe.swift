import AnycastPolicy
import Configuration
import NIOCore
import OSPFWire
import ProbeWire

/// Asks each server for the time, and looks at how good it says that it is.
struct NTPProbe: Probe {
  let check: NTPCheck
  let servers: [IPAddress]
  let eventLoop: any EventLoop

  func run() async -> Verdict {
    await verdict(ofAll: servers) { server in ("\(server)", await failure(asking: server)) }
  }

  private func failure(asking server: IPAddress) async -> String? {
    let request = NTPRequest()
    let exchange = MessageExchange(request: request.bytes, eventLoop: eventLoop) { message throws(MessageRefusal) in
      try NTPAnswer(message, to: request)
    }
    do {
      return mismatch(of: try await exchange.overUDP(to: try server.socketAddress(port: check.port)))
    } catch {
      return socketFailure(error)
    }
  }

  /// What is wrong with the server's clock; nil when nothing is.
  func mismatch(of answer: NTPAnswer) -> String? {
    if let code = answer.kissCode { return "answered with a kiss-o'-death packet, \(code)" }
    guard answer.leapIndicator != 3, answer.stratum <= 15 else { return "the server's clock is not synchronized" }
    guard answer.stratum <= check.maxStratum else { return "stratum \(answer.stratum), at most \(check.maxStratum) wanted" }
    return nil
  }
}
