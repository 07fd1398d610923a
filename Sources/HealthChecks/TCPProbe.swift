import AnycastPolicy
import NIOCore
import NIOPosix
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
      let target = try address.socketAddress(port: port)
      try await withChannelCanceller { canceller in
        let channel = try await ClientBootstrap(group: eventLoop)
          .connectTimeout(.hours(1))
          .channelInitializer { channel in
            canceller.adopt(channel)
            return channel.eventLoop.makeSucceededVoidFuture()
          }
          .connect(to: target).get()
        channel.close(promise: nil)
      }
      return nil
    } catch {
      return socketFailure(error)
    }
  }
}
