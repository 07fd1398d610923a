import AnycastPolicy
import NIOCore
import OSPFWire

/// Connects to every port of every target and closes again at once. All must accept.
struct TCPProbe: Probe {
  let targets: [IPAddress]
  let ports: [UInt16]
  let eventLoop: any EventLoop

  func run() async -> Verdict {
    let endpoints = targets.flatMap { address in ports.map { (address: address, port: $0) } }
    return await verdict(ofAll: endpoints) { endpoint in
      ("\(endpoint.address) port \(endpoint.port)", await failure(connectingTo: endpoint.address, port: endpoint.port))
    }
  }

  private func failure(connectingTo address: IPAddress, port: UInt16) async -> String? {
    do {
      try await withConnection(to: try address.socketAddress(port: port), on: eventLoop) { _ in }
      return nil
    } catch {
      return socketFailure(error)
    }
  }
}
