import FirstConfiguration
import Glibc
import LinuxNetwork
import NIOCore
import NIOPosix
import OSPFProtocol
import OSPFWire

/// Looks at the host and listens for routers, for `anycast-ospfd init`. It lives on one event loop, and sends nothing.
final class HostObserver {
  private let eventLoop: any EventLoop
  private let outcome: EventLoopPromise<HostView>
  private let listening: Int
  private var links: [Link]?
  private var routes: Set<KernelRoute>?
  private var hellos: [HeardHello] = []
  private var sockets: [OSPFSocket] = []
  private var watchers: (links: LinkWatcher, routes: RouteWatcher)?

  /// What is seen of the host, and what is heard in `listening` seconds. `begins` is called when it will take that long.
  static func observe(listening: Int, begins: () -> Void) throws -> HostView {
    begins()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { try? group.syncShutdownGracefully() }
    let eventLoop = group.next()
    do {
      return try eventLoop.flatSubmit {
        let observer = HostObserver(on: eventLoop, listening: listening)
        return observer.start()
      }.wait()
    } catch let error as SystemCallError {
      throw OperatorError(lines: ["cannot look at the network: \(error)"])
    }
  }

  private init(on eventLoop: any EventLoop, listening: Int) {
    self.eventLoop = eventLoop
    self.listening = listening
    outcome = eventLoop.makePromise()
  }

  private func start() -> EventLoopFuture<HostView> {
    do {
      watchers = (
        try LinkWatcher(
          on: eventLoop,
          changed: { links in
            self.links = self.links ?? links
            self.listenWhenKnown()
          }, notice: { _ in }),
        try RouteWatcher(
          on: eventLoop,
          changed: { routes in
            self.routes = self.routes ?? routes
            self.listenWhenKnown()
          }, notice: { _ in })
      )
    } catch {
      finish(.failure(error))
    }
    return outcome.futureResult
  }

  /// Goes on when both the links and the routes are known.
  private func listenWhenKnown() {
    guard let links, routes != nil, watchers != nil else { return }
    stopWatching()
    do {
      for link in links where link.isUp && !link.isLoopback {
        for version in OSPFVersion.allCases { try listen(on: link, version) }
      }
    } catch {
      let reason = error.code == EPERM ? "that needs root, or CAP_NET_RAW" : "\(error)"
      return finish(.success(view(.impossible(reason: reason))))
    }
    eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(listening))) {
      self.finish(.success(self.view(.listened(seconds: self.listening, self.hellos))))
    }
  }

  private func listen(on link: Link, _ version: OSPFVersion) throws(SystemCallError) {
    let socket = try OSPFSocket(
      version == .v2 ? .v4 : .v6, interfaceIndex: link.index, on: eventLoop,
      callbacks: .init(
        received: { self.heard($0, version) }, malformed: { _ in }, transmissionFailed: { _, _ in }, failed: { _ in }))
    sockets.append(socket)
    for group in Self.groups(version) {
      do {
        try socket.join(group)
      } catch  where error.code == ENODEV || error.code == EADDRNOTAVAIL {
        // The device does not speak this version of IP.
      }
    }
  }

  /// AllSPFRouters and AllDRouters (RFC 2328 appendix A.1, RFC 5340 appendix A.1).
  private static func groups(_ version: OSPFVersion) -> [IPAddress] {
    (version == .v2 ? ["224.0.0.5", "224.0.0.6"] : ["ff02::5", "ff02::6"]).compactMap { IPAddress($0) }
  }

  private func heard(_ datagram: Datagram, _ version: OSPFVersion) {
    guard let hello = HeardHello(datagram, version: version) else { return }
    hellos.removeAll { $0.isSameSender(as: hello) }
    hellos.append(hello)
  }

  private func view(_ reception: HostView.Reception) -> HostView {
    let gateways = (routes ?? []).filter { $0.prefix.length == 0 }.sorted { $0.metric < $1.metric }.compactMap { route in
      route.interfaceIndex.map { HostView.Gateway(interfaceIndex: $0, address: route.gateway) }
    }
    return HostView(links: links ?? [], gateways: gateways, reception: reception)
  }

  private func stopWatching() {
    watchers?.links.stop()
    watchers?.routes.stop()
    watchers = nil
  }

  private func finish(_ result: Result<HostView, any Error>) {
    stopWatching()
    for socket in sockets { socket.close() }
    sockets = []
    outcome.completeWith(result)
  }
}
