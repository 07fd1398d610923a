import CLinux
import Glibc
import NIOCore
import NIOPosix
import OSPFProtocol
import OSPFWire

/// The routes that this daemon puts into the kernel. They carry a protocol number of their own, so that a later run knows those of
/// one that crashed, and routes of others are never touched.
public final class ServiceRoutes: Sendable {
  /// `rtm_protocol` of our routes: `ip route show proto 89`.
  public static let protocolNumber = KernelRoute.serviceProtocol

  private let eventLoop: any EventLoop
  private let keeper: RouteKeeper
  private let threadPool: NIOThreadPool

  /// Opens a netlink socket for the network namespace of the calling thread.
  public init(on eventLoop: any EventLoop) throws(SystemCallError) {
    self.eventLoop = eventLoop
    keeper = RouteKeeper(try NetlinkSocket())
    threadPool = NIOThreadPool(numberOfThreads: 1)
    threadPool.start()
  }

  deinit { threadPool.shutdownGracefully { _ in } }

  /// Makes the kernel have exactly these routes of ours. The result has those that it does not have, and those that it could not be made
  /// to let go of, and why.
  public func replace(with routes: Set<InstalledRoute>) -> EventLoopFuture<[InstalledRoute: String]> {
    threadPool.runIfActive(eventLoop: eventLoop) { [keeper] in keeper.replace(with: routes) }
  }

  /// Finishes what was begun, then ends the thread. Leaves the routes as they are. The future succeeds when the thread has ended.
  public func close() -> EventLoopFuture<Void> {
    let promise = eventLoop.makePromise(of: Void.self)
    // Goes through the queue, because shutting the pool down cancels what still waits in it.
    threadPool.submit { [threadPool] _ in
      threadPool.shutdownGracefully { error in
        if let error { promise.fail(error) } else { promise.succeed() }
      }
    }
    return promise.futureResult
  }
}

/// Talks to the kernel. Used by one thread at a time.
final class RouteKeeper: @unchecked Sendable {
  private let netlink: NetlinkSocket
  /// What the kernel was asked for, and may have.
  private var held: Set<InstalledRoute> = []

  init(_ netlink: NetlinkSocket) { self.netlink = netlink }

  func replace(with routes: Set<InstalledRoute>) -> [InstalledRoute: String] {
    held.formUnion(routes)
    let links: [Link]
    let present: Set<KernelRoute>
    do {
      links = try LinkTable.list(netlink).snapshot
      present = try RouteTable.list(netlink).snapshot
    } catch {
      return Dictionary(held.map { ($0, error.description) }) { first, _ in first }
    }
    let wanted = Set(routes.map(\.prefix))
    var failures: [InstalledRoute: String] = [:]
    for route in present where route.protocolNumber == ServiceRoutes.protocolNumber && !wanted.contains(route.prefix) {
      guard let failure = failure(ofRemoving: route.prefix) else { continue }
      for name in names(of: route, links) { failures[name] = failure }
    }
    let indexes = Dictionary(links.map { ($0.name, $0.index) }) { first, _ in first }
    for route in routes { failures[route] = failure(ofAdding: route, indexes) }
    held = routes.union(failures.keys)
    return failures
  }

  /// A route of the kernel as it was asked for; as the kernel tells it where an earlier run has asked.
  private func names(of route: KernelRoute, _ links: [Link]) -> Set<InstalledRoute> {
    let asked = held.filter { $0.prefix == route.prefix }
    let device = links.first { $0.index == route.interfaceIndex }?.name
    return asked.isEmpty ? [InstalledRoute(prefix: route.prefix, gateway: route.gateway, device: device)] : asked
  }

  private func failure(ofAdding route: InstalledRoute, _ indexes: [String: UInt32]) -> String? {
    var request = NetlinkRequest(type: RTM_NEWROUTE, flags: NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK)
    request.appendRoute(
      to: route.prefix, scope: route.gateway == nil ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE)
    if let gateway = route.gateway { request.appendAttribute(Int(RTA_GATEWAY.rawValue), gateway.octets) }
    if let device = route.device {
      guard let index = indexes[device] else { return "there is no device \(device)" }
      request.appendAttribute(Int(RTA_OIF.rawValue), numbers: index)
    }
    do {
      try netlink.perform(request, "install the route to \(route.prefix)")
      return nil
    } catch {
      return error.description
    }
  }

  private func failure(ofRemoving prefix: IPPrefix) -> String? {
    var request = NetlinkRequest(type: RTM_DELROUTE, flags: NLM_F_ACK)
    request.appendRoute(to: prefix, scope: RT_SCOPE_NOWHERE)
    do {
      try netlink.perform(request, "remove the route to \(prefix)")
    } catch .refused(let error) where error.code == ESRCH {
      return nil
    } catch {
      return error.description
    }
    return nil
  }
}

extension NetlinkRequest {
  /// `rtmsg` of one of our unicast routes in the main table, and its destination.
  fileprivate mutating func appendRoute(to prefix: IPPrefix, scope: rt_scope_t) {
    let destination = prefix.address
    append(UInt8(truncatingIfNeeded: destination.family))
    append(UInt8(truncatingIfNeeded: prefix.length))
    append(UInt8(0))  // source length
    append(UInt8(0))  // type of service
    append(UInt8(truncatingIfNeeded: RT_TABLE_MAIN.rawValue))
    append(ServiceRoutes.protocolNumber)
    append(UInt8(truncatingIfNeeded: scope.rawValue))
    append(UInt8(truncatingIfNeeded: Int(RTN_UNICAST)))
    append(UInt32(0))  // flags
    appendAttribute(Int(RTA_DST.rawValue), destination.octets)
  }
}
